"""From posted names to nested data, and the buttons of repeating groups, which work without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .errors import NamesRefused, RowsRefused
from .values import Upload

MOST_NAMES = 10_000
MOST_DEPTH = 8
MOST_INDEX = 2_000

_ACTION = re.compile(r"(add|remove|up|down):([A-Za-z0-9_.]{1,300})")
_INDEX = re.compile(r"[0-9]{1,4}")


def unflatten(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Nested data of posted pairs: “milestones.0.name” goes into a list of rows, repeated names become lists.

    Names whose last part is “_row” only say that the row exists; names that begin with “_” belong to the page and are
    left out.

    Raises:
        NamesRefused: more than 10,000 names, more than 8 levels, a row above 2,000, or names that contradict others.
    """
    root: dict[str, Any] = {}
    for count, (name, value) in enumerate(pairs):
        parts = name.split(".", MOST_DEPTH) if isinstance(name, str) else []
        if count >= MOST_NAMES or not parts or len(parts) > MOST_DEPTH or len(name) > 500:
            raise NamesRefused
        if parts[0].startswith("_"):
            continue
        node = root
        for part in parts[:-1]:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise NamesRefused
        last = parts[-1]
        if last == "_row":
            continue
        if isinstance(node.get(last), dict):
            raise NamesRefused
        if last not in node:
            node[last] = value
        elif isinstance(node[last], list):
            node[last].append(value)
        else:
            node[last] = [node[last], value]
    left = [MOST_NAMES]
    return {name: _listed(part, left) for name, part in root.items()}


def flatten(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """The pairs from which `unflatten` makes this value again under this name; rows that say nothing are kept."""
    if isinstance(value, Mapping):
        yield from (pair for key, part in value.items() for pair in flatten(part, f"{name}.{key}"))
    elif isinstance(value, list) and value and all(isinstance(part, Mapping) for part in value):
        for at, row in enumerate(value):
            yield f"{name}.{at}._row", "1"
            yield from flatten(row, f"{name}.{at}")
    elif isinstance(value, (list, tuple)):
        yield from (pair for part in value for pair in flatten(part, name))
    elif isinstance(value, Upload):
        yield name, f"upload:{value.sha256}"
    elif value is not None:
        yield name, str(value)


def _listed(node: Any, left: list[int]) -> Any:
    if not isinstance(node, dict):
        return node
    if not node or not all(_INDEX.fullmatch(key) and key.isascii() for key in node):
        return {key: _listed(part, left) for key, part in node.items()}
    places = {int(key): part for key, part in node.items()}
    length = max(places) + 1
    left[0] -= length
    # Rows between are made as well, so that a row keeps its number; together they are bounded like the names.
    if length > MOST_INDEX or left[0] < 0 or len(places) < len(node):
        raise NamesRefused
    return [_listed(places.get(at, {}), left) for at in range(length)]


def edit_rows(raw: Mapping[str, Any], action: str) -> dict[str, Any]:
    """The raw data after a button: “add:milestones”, “remove:milestones.3”, “up:milestones.3” or “down:milestones.3”.

    The data given is left as it is. Moving the first row up or the last row down changes nothing.

    Raises:
        RowsRefused: the action cannot be read, or there is no such row.
    """
    found = _ACTION.fullmatch(action) if isinstance(action, str) else None
    if not found:
        raise RowsRefused
    verb, parts = found[1], found[2].split(".")
    if len(parts) > MOST_DEPTH:
        raise RowsRefused
    if verb == "add":
        return _changed(raw, parts, _added)
    at = int(parts[-1]) if _INDEX.fullmatch(parts[-1]) else -1
    if verb == "remove":
        return _changed(raw, parts[:-1], lambda rows: _without(rows, at))
    return _changed(raw, parts[:-1], lambda rows: _moved(rows, at, verb == "up"))


def _changed(node: Any, parts: list[str], change: Any) -> Any:
    """A copy along the path, with the rows at its end changed."""
    if not parts:
        return change([] if node is None or node == "" else node)
    name, rest = parts[0], parts[1:]
    if isinstance(node, list):
        if not _INDEX.fullmatch(name) or int(name) >= len(node):
            raise RowsRefused
        at = int(name)
        return [*node[:at], _changed(node[at], rest, change), *node[at + 1:]]
    if isinstance(node, Mapping):
        return {**node, name: _changed(node.get(name), rest, change)}
    if node is None and not name.isdigit():
        return {name: _changed(None, rest, change)}
    raise RowsRefused


def _added(rows: Any) -> list[Any]:
    if not isinstance(rows, list) or len(rows) >= MOST_INDEX:
        raise RowsRefused
    return [*rows, {}]


def _without(rows: Any, at: int) -> list[Any]:
    if not isinstance(rows, list) or not 0 <= at < len(rows):
        raise RowsRefused
    return [*rows[:at], *rows[at + 1:]]


def _moved(rows: Any, at: int, up: bool) -> list[Any]:
    if not isinstance(rows, list) or not 0 <= at < len(rows):
        raise RowsRefused
    to = at - 1 if up else at + 1
    if not 0 <= to < len(rows):
        return list(rows)
    moved = list(rows)
    moved[at], moved[to] = moved[to], moved[at]
    return moved
