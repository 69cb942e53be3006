"""What attacks on signatures have in common: how they are made, and what must be as it was after each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import orjson
import pytest
from werkzeug.test import TestResponse

import engine
import processes
from engine import Unit
from engine.tables import InstanceRow
from tests.factories import PASSWORD
from tests.stories.diagrams import without
from tests.stories.office import Office
from tests.stories.task_page import TaskPage

BEFORE, AFTER = date(2026, 4, 30), date(2026, 5, 20)
"""The target of M1 as it was signed, and as the change asks for it."""
YES = {"decision": "approved"}
WRONG = "seven wooden goats"


def unmoved(office: Office) -> None:
    """The plan is what both stakeholders signed, and nothing in the ledger was altered."""
    assert office.targets()["M1"] == BEFORE
    assert office.baseline() == 0
    with office.looking() as unit:
        assert processes.plan(unit, office.project).revision == 1
    assert office.verdict().findings == ()


def approvers(office: Office, change: str = "C1") -> set[str]:
    """Who has approved the newest revision of a change, as far as it counts."""
    with office.looking() as unit:
        record = engine.current(unit, "change-request", office.project, change)
        return set(engine.approvals(unit, record.id))


def instance_of(office: Office, change: str = "C1") -> engine.Instance:
    with office.looking() as unit:
        return engine.instance(unit, processes.change(unit, office.project, change).instance)


def signed(page: TaskPage, password: str = PASSWORD, **more: str) -> TestResponse:
    """Send a filled form with a password, and whatever else was typed into it by hand."""
    return page.send({"_do": "complete", "password": password, **more})


def edit_state(office: Office, instance: str, edit: Callable[[dict], None]) -> None:
    """Change the state of an instance in the database, past the program."""
    with office.writing() as unit:
        row = unit.session.get(InstanceRow, instance)
        state = orjson.loads(row.state)
        edit(state)
        row.state = orjson.dumps(state)


def without_decisions(diagram: bytes) -> bytes:
    """The change approval with nobody asked: from its classification straight to the plan."""
    gone = {
        "change-urgent", "call-sponsor", "decide-emergency", "judge-emergency", "emergency-agreed", "apply-at-once",
        "communicate-at-once", "choose-approvers", "anybody-to-ask", "record-forecast", "forecast-recorded",
        "name-approvers", "decide-change", "judge-decisions", "all-heard", "change-outcome", "in-force-already",
        "why-back", "revise-change", "part-approved", "split-change", "request-rest", "refused-afterwards",
        "reverse-change", "request-reversal", "change-refused", "approvers-late", "approvers-overdue",
        "remind-approvers", "note-unanswered", "approvers-reminded", "unanswered-noted", "reject-change",
        "consider-rejection", "rejection-next", "raise-again", "request-again", "change-raised-again",
        "change-rejected",
    }  # fmt: skip
    return without(diagram, gone, redirect={"f-change-stale-change-urgent": "apply-change"})


def at_once(*acts: Callable[[], int]) -> list[int]:
    """What came of acts that begin at the same moment."""
    gate, found = threading.Barrier(len(acts)), [0] * len(acts)

    def run(at: int, act: Callable[[], int]) -> None:
        gate.wait(timeout=30)
        found[at] = act()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
    return found


def refused(
    office: Office, refusal: type[BaseException] | tuple[type[BaseException], ...], act: Callable[[Unit], Any]
) -> None:
    """Whatever is tried within one unit of work is refused, and the unit is rolled back."""
    with pytest.raises(refusal), office.writing() as unit:
        act(unit)
