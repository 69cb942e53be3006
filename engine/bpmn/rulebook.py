"""The page of text that goes with each rule, and its right and wrong diagram: plain words for whoever draws."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

PAGES = Path(__file__).parent / "rules" / "pages"
"""The pages of the rules of this room, of what is found in files, and of the notes."""
_CODE = re.compile(r"`([^`]+)`")
_WRONG = re.compile(r"<!-- the finding is on: ([^ ].*) -->")
_CASES = ("right", "wrong")


@dataclass(frozen=True)
class Span:
    """A piece of text, set as code or not."""

    text: str
    is_code: bool = False


@dataclass(frozen=True)
class Block:
    """A part of a page: a `heading`, a `paragraph` or a `list`, whose every line is a row of spans."""

    kind: str
    lines: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True)
class RulePage:
    """What is to be said about a rule, and its diagrams: BPMN as text by case, `right` and `wrong`."""

    rule: str
    title: str
    blocks: tuple[Block, ...]
    diagrams: Mapping[str, bytes]

    @property
    def wrong(self) -> tuple[str, ...]:
        """The elements of the wrong diagram that the rule speaks of; its first comment names them."""
        found = _WRONG.search(self.diagrams.get("wrong", b"").decode())
        return tuple(found[1].split(", ")) if found else ()


@cache
def rulebook(folder: Path = PAGES) -> Mapping[str, RulePage]:
    """The pages of a folder by the names of their rules."""
    return MappingProxyType({file.stem: _page(file) for file in sorted(folder.glob("*.md"))})


def _page(file: Path) -> RulePage:
    title, *lines = file.read_text(encoding="utf-8").splitlines()
    found = {case: file.with_name(f"{file.stem}.{case}.bpmn") for case in _CASES}
    diagrams = {case: one.read_bytes() for case, one in found.items() if one.is_file()}
    return RulePage(file.stem, title.removeprefix("# "), tuple(_blocks(lines)), MappingProxyType(diagrams))


def _blocks(lines: list[str]) -> Iterator[Block]:
    listed: list[tuple[Span, ...]] = []
    for line in [*(line for line in lines if line.strip()), ""]:
        if line.startswith("- "):
            listed.append(tuple(_spans(line[2:])))
            continue
        if listed:
            yield Block("list", tuple(listed))
            listed = []
        if line.startswith("## "):
            yield Block("heading", (tuple(_spans(line[3:])),))
        elif line:
            yield Block("paragraph", (tuple(_spans(line)),))


def _spans(text: str) -> Iterator[Span]:
    for number, piece in enumerate(_CODE.split(text)):
        if piece:
            yield Span(piece, is_code=number % 2 == 1)
