"""The pages that explain findings: those of the engine's rules, and those of the procedure's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import engine
from engine import RulePage

PAGES = Path(__file__).parent / "pages"
"""The pages of what the procedure itself finds."""


@cache
def rulebook() -> Mapping[str, RulePage]:
    """All pages by the names of their rules."""
    return MappingProxyType(dict(sorted({**engine.rulebook(), **engine.rulebook(PAGES)}.items())))
