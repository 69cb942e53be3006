"""Canonical JSON (RFC 8785) and its SHA-256: the one form in which anything is hashed."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import rfc8785

from engine.errors import Refused

LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON holds exactly (I-JSON, RFC 7493 section 2.2)."""


def canonical(value: Any) -> bytes:
    """The canonical JSON of a JSON value, as UTF-8.

    Dates and instants are the caller's to convert, so that nobody is surprised by their form.

    Raises Refused, naming the place, for what I-JSON cannot hold: whole numbers beyond 2**53 - 1, NaN and infinity,
    keys that are not text, text that is not Unicode, and values of any other type.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS) if _is_simple(value) else rfc8785.dumps(value)
    except RecursionError:
        raise Refused("This cannot be kept: it is nested too deeply.") from None
    except (rfc8785.CanonicalizationError, orjson.JSONEncodeError, UnicodeEncodeError) as error:
        raise Refused(_fault(value, "") or f"This cannot be kept: {error}.") from error


def _is_simple(value: Any) -> bool:
    """Whether orjson writes the value as RFC 8785 asks, some ten times quicker than rfc8785.

    The two part at fractions, and at the order of keys beyond ASCII: there RFC 8785 follows JavaScript.
    """
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return -LARGEST <= value <= LARGEST
    if kind is dict:
        return all(type(key) is str and key.isascii() and _is_simple(one) for key, one in value.items())
    return (kind is list or kind is tuple) and all(_is_simple(one) for one in value)


def digest(value: Any) -> str:
    """The SHA-256 of the canonical JSON of a value, in hex. Raises Refused as `canonical` does."""
    return hashlib.sha256(canonical(value)).hexdigest()


def is_canonical(text: str) -> bool:
    """Whether the text is JSON in its canonical form."""
    try:
        return canonical(json.loads(text)) == text.encode()
    except (ValueError, RecursionError, Refused):
        return False


def instant(value: datetime) -> str:
    """An aware instant as the ledger writes it: ISO 8601 in UTC to the microsecond, ending in Z.

    Raises ValueError for an instant without an offset.
    """
    if value.tzinfo is None:
        raise ValueError("an instant needs its offset")
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _fault(value: Any, path: str) -> str | None:
    """The sentence on the first thing in a value that I-JSON cannot hold."""
    where = path or "the value"
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return None if abs(value) <= LARGEST else f"The number at {where} is larger than 2^53 - 1: give it as text."
    if isinstance(value, float):
        return None if math.isfinite(value) else f"The number at {where} is not a finite number."
    if isinstance(value, str):
        return _text_fault(value, where)
    if isinstance(value, Mapping):
        return _mapping_fault(value, path)
    if isinstance(value, (list, tuple)):
        return next((said for at, one in enumerate(value) if (said := _fault(one, f"{path}[{at}]"))), None)
    return f"What stands at {where} is a {type(value).__name__}, and JSON has no such thing."


def _text_fault(text: str, where: str) -> str | None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return f"The text at {where} holds half a character (a lone surrogate). Type it again."
    return None


def _mapping_fault(value: Mapping[Any, Any], path: str) -> str | None:
    if not isinstance(value, dict):
        return f"What stands at {path or 'the value'} is a {type(value).__name__}: give a dict."
    for key, one in value.items():
        if not isinstance(key, str):
            return f"A key at {path or 'the value'} is not text: {key!r}."
        said = _text_fault(key, f"a key of {path or 'the value'}") or _fault(one, f"{path}.{key}" if path else key)
        if said:
            return said
    return None
