"""The one-time code with which the first administrator is made on the first visit. Only its hash is kept, in a file."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from pathlib import Path

from web.config import Config
from web.people.passwords import new_code
from web.secret import write_private

HOURS = 24


def offer_setup(config: Config, now: datetime) -> str:
    """A new code, valid for a day; the one before it is void."""
    code = new_code()
    until = now + timedelta(hours=HOURS)
    write_private(_file(config), json.dumps({"sha256": _hash(code), "until": until.isoformat()}).encode())
    return code


def setup_open(config: Config, now: datetime) -> bool:
    """Whether a code waits to be used."""
    return _offered(config, now) is not None


def setup_fits(config: Config, code: str, now: datetime) -> bool:
    """Whether this is the code that waits to be used."""
    offered = _offered(config, now)
    return offered is not None and hmac.compare_digest(offered, _hash(code.strip().lower()))


def close_setup(config: Config) -> None:
    """The code has been used."""
    _file(config).unlink(missing_ok=True)


def _offered(config: Config, now: datetime) -> str | None:
    try:
        kept = json.loads(_file(config).read_text(encoding="utf-8"))
        return kept["sha256"] if now < datetime.fromisoformat(kept["until"]) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _hash(code: str) -> str:
    """A plain hash is enough: the code has 74 random bits, too many to be tried."""
    return hashlib.sha256(code.encode()).hexdigest()


def _file(config: Config) -> Path:
    return config.data / "setup.json"
