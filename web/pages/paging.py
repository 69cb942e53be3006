"""Long lists in sheets: which part is shown, and the addresses of the sheets before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

SIZE = 50
"""Lines on one sheet."""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a long list."""

    lines: Sequence[Any]
    first: int
    last: int
    before: str | None
    after: str | None


def offset() -> int:
    """Where the asked sheet begins; 0 when the address says nothing sensible."""
    text = request.args.get("from", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def sheet(found: Sequence[Any], begin: int, size: int = SIZE) -> Sheet:
    """The sheet of lines that were asked for with one more than its size, to know whether more follow."""
    lines = found[:size]
    return Sheet(
        lines,
        begin + 1,
        begin + len(lines),
        _address(max(0, begin - size)) if begin else None,
        _address(begin + size) if len(found) > size else None,
    )


def _address(begin: int) -> str:
    """This very page, from another line on. What an address asks never becomes an argument of `url_for` itself."""
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "from"]
    query = urlencode([*asked, ("from", str(begin))] if begin else asked)
    here = url_for(request.endpoint or "", **(request.view_args or {}))
    return f"{here}?{query}" if query else here
