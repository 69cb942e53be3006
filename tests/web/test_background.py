"""The background thread: due timers elapse, one transaction each, and what fails stops nothing else."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

import engine
from engine import THE_SYSTEM, Bundle, deploy, instance, start
from tests.factories import DIAGRAM, FORM, PROJECT, TestClock
from web.background import Background, tick
from web.work import milepost, reading, work

TIMER = """<bpmn:intermediateCatchEvent id="wait" name="Two days later"><bpmn:incoming>Flow_2</bpmn:incoming>
  <bpmn:outgoing>Flow_3</bpmn:outgoing><bpmn:timerEventDefinition id="Timer">
  <bpmn:timeDuration xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="bpmn:tFormalExpression">
  "P2D"</bpmn:timeDuration>
  </bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
  <bpmn:endEvent id="Done" name="Done"><bpmn:incoming>Flow_3</bpmn:incoming></bpmn:endEvent>"""


def waiting_bundle() -> Bundle:
    """The small process with a timer in place of its task."""
    drawn = DIAGRAM.replace(
        '<bpmn:endEvent id="Done" name="Done"><bpmn:incoming>Flow_2</bpmn:incoming></bpmn:endEvent>', TIMER
    )
    task = drawn[drawn.index("<bpmn:userTask") : drawn.index("</bpmn:userTask>") + len("</bpmn:userTask>")]
    drawn = drawn.replace(task, "").replace(
        "<bpmn:flowNodeRef>greet</bpmn:flowNodeRef>", "<bpmn:flowNodeRef>wait</bpmn:flowNodeRef>"
    )
    drawn = drawn.replace(
        '<bpmn:sequenceFlow id="Flow_1" sourceRef="Begin" targetRef="greet" />',
        '<bpmn:sequenceFlow id="Flow_2" sourceRef="Begin" targetRef="wait" />',
    )
    drawn = drawn.replace(
        '<bpmn:sequenceFlow id="Flow_2" sourceRef="greet" targetRef="Done" />',
        '<bpmn:sequenceFlow id="Flow_3" sourceRef="wait" targetRef="Done" />',
    )
    drawn = drawn.replace(
        "<bpmn:outgoing>Flow_1</bpmn:outgoing></bpmn:startEvent>",
        "<bpmn:outgoing>Flow_2</bpmn:outgoing></bpmn:startEvent>",
    )
    drawn = drawn.replace('bpmnElement="greet"', 'bpmnElement="wait"').replace(
        'bpmnElement="Flow_1"', 'bpmnElement="Flow_3"'
    )
    return Bundle(
        key="waiting",
        title="Waiting",
        edition="1.0",
        files={"hello.bpmn": drawn.encode(), "greeting.form": FORM.encode()},
    )


@pytest.fixture
def waiting(app: Flask) -> list[str]:
    """Two instances that wait for two days."""
    with app.app_context(), work() as unit:
        deploy(unit, waiting_bundle(), THE_SYSTEM)
        return [start(unit, "hello", PROJECT, {}, THE_SYSTEM, title=f"Wait {number}") for number in (1, 2)]


def statuses(app: Flask, instances: list[str]) -> list[str]:
    with app.app_context():
        return [instance(reading(), one).status for one in instances]


def test_a_tick_lets_elapse_what_is_due_and_nothing_else(app: Flask, clock: TestClock, waiting: list[str]) -> None:
    assert tick(app) == 0
    assert statuses(app, waiting) == ["running", "running"]
    clock.turn(days=2)
    assert tick(app) == 2
    assert statuses(app, waiting) == ["completed", "completed"]
    assert tick(app) == 0


def unreadable(_state: bytes) -> bytes:
    """A state that is refused when it is loaded."""
    return b"\0"


def odd(state: bytes) -> bytes:
    """A state that loads, and at which the program then trips."""
    whole = json.loads(state)
    for row in whole["tree"]:
        row[6:7] = [["x"]] if len(row) > 6 else []
    return json.dumps(whole).encode()


@pytest.mark.parametrize("spoil", [unreadable, odd])
def test_one_timer_that_cannot_elapse_does_not_hold_up_the_other(
    app: Flask, clock: TestClock, waiting: list[str], spoil: Callable[[bytes], bytes]
) -> None:
    with app.app_context(), work() as unit:
        which = {"id": waiting[0]}
        state = unit.session.execute(text("SELECT state FROM instance WHERE id = :id"), which).scalar_one()
        unit.session.execute(
            text("UPDATE instance SET state = :state WHERE id = :id"), {**which, "state": spoil(state)}
        )
    clock.turn(days=2)
    assert tick(app) == 1
    assert statuses(app, waiting) == ["running", "completed"]


def test_the_thread_ticks_until_it_is_told_to_stop(app: Flask, clock: TestClock, waiting: list[str]) -> None:
    clock.turn(days=2)
    seen = threading.Event()
    parts = app.extensions["milepost"]
    plain = parts.clock

    def noticing() -> object:
        if parts.heartbeat is not None:
            seen.set()
        return plain()

    parts.clock = noticing
    with Background(app, seconds=0.01) as background:
        assert seen.wait(10)
        assert background.running
    assert not background.running
    assert statuses(app, waiting) == ["completed", "completed"]


def test_a_failure_that_nobody_expected_does_not_end_the_thread(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    twice = threading.Event()
    calls: list[int] = []

    def failing(*_more: object) -> list[str]:
        calls.append(1)
        if len(calls) > 1:
            twice.set()
        raise RuntimeError

    monkeypatch.setattr(engine, "due", failing)
    with Background(app, seconds=0.01):
        assert twice.wait(10)


def test_stopping_does_not_wait_for_the_next_second(app: Flask) -> None:
    background = Background(app, seconds=3600)
    with background, app.app_context():
        assert milepost().config.tick
    assert not background.running
