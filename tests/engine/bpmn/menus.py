"""What the random tests draw, and who says whether our engine runs it right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.engine.bpmn import random_blocks, random_events  # noqa: F401 - they fill the list of blocks
from tests.engine.bpmn.random_drawing import BLOCKS, Menu
from tests.engine.bpmn.random_walk import Referee
from tests.engine.bpmn.referees import ByTheStandard, ByTheStockEngine


@dataclass(frozen=True)
class Course:
    """A menu with its referees, and how many cases of the suite are drawn from it."""

    menu: Menu
    referees: Sequence[Referee]
    cases: int

    def larger(self) -> Menu:
        """The same with larger drawings, where there is time for them."""
        return replace(self.menu, most=self.menu.most * 2)


_FLOWS = {"user": 3, "choice": 2, "parallel": 2, "inclusive": 2, "rework": 2, "implicit": 1, "link": 1, "plain": 1,
          "early end": 1}  # fmt: skip
_EVENTS = {"user": 3, "parallel": 1, "catch": 1, "receive": 1, "first event": 1, "interrupted": 2, "reminded": 1,
           "knocked": 1, "watched": 2, "caught inside": 1, "error": 1, "escalation": 1, "terminate": 1, "signal": 1,
           "sub-process": 1}  # fmt: skip
_PARTS = {"user": 2, "everybody": 2, "everybody inside": 2, "again": 2, "sub-process": 1, "call": 2, "parallel": 1,
          "interrupted": 1}  # fmt: skip
_DATA = {name: 1 for name in BLOCKS if name not in ("first event", "link", "implicit")}
_STOCK = {"user": 4, "choice": 2, "parallel": 1, "sub-process": 1, "call": 1, "script": 1,
          "inclusive": 1}  # fmt: skip
_ALL = {name: 1 for name in BLOCKS if name != "condition"}

COURSES = {
    "flows": Course(Menu(_FLOWS, 5, picked=True, jumps=2), [ByTheStandard], 400),
    "events": Course(Menu(_EVENTS, 4, picked=True), [ByTheStandard], 400),
    "parts": Course(Menu(_PARTS, 4, picked=True), [ByTheStandard], 300),
    "everything": Course(Menu(_ALL, 3, picked=True, jumps=1), [ByTheStandard], 300),
    "variables": Course(Menu(_DATA, 3, jumps=1), [], 300),
    "the stock engine": Course(Menu(_STOCK, 5, picked=True), [ByTheStockEngine], 300),
}
