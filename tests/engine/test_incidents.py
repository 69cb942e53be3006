"""Incidents say what is wrong now, and people who no longer act complete nothing."""

from __future__ import annotations

from typing import Any

import pytest

import engine
from engine import NotAllowed, Unit, Work
from tests.engine.bpmn import diagrams as d
from tests.engine.conftest import ADA, APOLLO, BOB, EVE, ROOT, Broken, Letters, bundle, do, open_task, signature


class Torn(Broken):
    """The ribbon is torn."""

    def __str__(self) -> str:
        return "The ribbon is torn."


def signed_by_all(unit: Unit) -> None:
    do(unit, ADA, {"text": "Dear Eve"})
    for by in (BOB, EVE):
        do(unit, by, {"decision": "approved"})


def test_a_step_that_fails_again_says_why_it_fails_now(unit: Unit, letters: Letters, letter: str) -> None:
    letters.jammed = True
    signed_by_all(unit)
    (first,) = engine.incidents(unit)
    assert first.cause == "The printer is out of paper."

    def tear(work: Work) -> Any:
        raise Torn

    letters.steps["letter.print"] = tear
    assert not engine.retry(unit, first.id, ROOT, "There is paper again")
    (again,) = engine.incidents(unit)
    assert (again.id, again.cause) == (first.id, "The ribbon is torn.")
    (event,) = engine.events(unit, kind="incident.changed", subject=APOLLO)
    assert event.said == {"cause": "The ribbon is torn."}
    assert not engine.retry(unit, first.id, ROOT, "Perhaps now")
    assert len(engine.events(unit, kind="incident.changed", subject=APOLLO)) == 1, "nothing new, nothing told"


def test_whoever_was_deactivated_completes_nothing_by_name(unit: Unit, letter: str) -> None:
    do(unit, ADA, {"text": "Dear Eve"})
    task, answers = open_task(unit, BOB), {"decision": "approved"}
    presented = signature(unit, task, answers, BOB)
    engine.set_active(unit, BOB.person, False, ROOT, "Has left")
    unit.session.commit()
    for act in (
        lambda: engine.complete(unit, task.id, answers, BOB, signature=presented),
        lambda: engine.rehearse(unit, task.id, answers, BOB),
        lambda: engine.claim(unit, task.id, BOB),
    ):
        with pytest.raises(NotAllowed, match="deactivated"):
            act()
        unit.session.rollback()
    engine.set_active(unit, BOB.person, True, ROOT, "Is back")
    engine.complete(unit, task.id, answers, BOB, signature=presented)


def test_who_completes_another_task_has_not_dealt_with_what_failed(unit: Unit, letters: Letters) -> None:
    """A branch that has failed is ended by the other branch: that is the process, and nobody's deed."""
    nodes = [
        d.start("begin"), d.both("fork"), d.service("print", "letter.print"), d.user("stop", name="Stop it"),
        d.end("over", "<bpmn:terminateEventDefinition/>"), d.end("done"),
    ]  # fmt: skip
    lanes = {"Writer": ["begin", "fork", "print", "stop", "over", "done"]}
    drawn = d.diagram(d.process("press", nodes, "begin -> fork; fork -> print -> done; fork -> stop -> over", lanes))
    engine.deploy(unit, bundle(press_bpmn=drawn), ROOT)
    letters.jammed = True
    press = engine.start(unit, "press", APOLLO, {}, ADA)
    unit.session.commit()
    assert len(engine.incidents(unit)) == 1
    do(unit, ADA, {}, "stop")
    (ended,) = engine.incidents(unit, status="ended", instance=press)
    assert ended.ended_by == engine.SYSTEM
    (event,) = engine.events(unit, kind="incident.ended", instance=press)
    assert event.person == engine.SYSTEM


def test_whoever_retries_or_cancels_has_dealt_with_what_failed(unit: Unit, letters: Letters, letter: str) -> None:
    letters.jammed = True
    signed_by_all(unit)
    engine.cancel(unit, letter, ROOT, "There is no paper")
    (ended,) = engine.incidents(unit, status="ended", instance=letter)
    assert ended.ended_by == ROOT.person
