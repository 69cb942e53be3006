"""A process that only waits, and how tests wait for what happens in other threads and processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from flask import Flask

from engine import THE_SYSTEM, Bundle, deploy, instance, start
from tests.factories import DIAGRAM, FORM, PROJECT
from web.work import reading, work

Found = TypeVar("Found")

TIMER = """<bpmn:intermediateCatchEvent id="wait" name="Two days later"><bpmn:incoming>Flow_2</bpmn:incoming>
  <bpmn:outgoing>Flow_3</bpmn:outgoing><bpmn:timerEventDefinition id="Timer">
  <bpmn:timeDuration xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="bpmn:tFormalExpression">
  "P2D"</bpmn:timeDuration>
  </bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
  <bpmn:endEvent id="Done" name="Done"><bpmn:incoming>Flow_3</bpmn:incoming></bpmn:endEvent>"""


def until(condition: Callable[[], Found], seconds: float = 20) -> Found:
    """What a condition gives once it holds. Fails when it does not hold in time."""
    pause, end = threading.Event(), time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "what was waited for did not happen"
        pause.wait(0.02)
    return found


def waiting_bundle() -> Bundle:
    """The small process with a timer of two days in place of its task."""
    drawn = DIAGRAM.replace(
        '<bpmn:endEvent id="Done" name="Done"><bpmn:incoming>Flow_2</bpmn:incoming></bpmn:endEvent>', TIMER
    )
    task = drawn[drawn.index("<bpmn:userTask") : drawn.index("</bpmn:userTask>") + len("</bpmn:userTask>")]
    for old, new in (
        (task, ""),
        ("<bpmn:flowNodeRef>greet</bpmn:flowNodeRef>", "<bpmn:flowNodeRef>wait</bpmn:flowNodeRef>"),
        ('id="Flow_1" sourceRef="Begin" targetRef="greet"', 'id="Flow_2" sourceRef="Begin" targetRef="wait"'),
        ('id="Flow_2" sourceRef="greet" targetRef="Done"', 'id="Flow_3" sourceRef="wait" targetRef="Done"'),
        ("<bpmn:outgoing>Flow_1</bpmn:outgoing></bpmn:startEvent>",
         "<bpmn:outgoing>Flow_2</bpmn:outgoing></bpmn:startEvent>"),
        ('bpmnElement="greet"', 'bpmnElement="wait"'),
        ('bpmnElement="Flow_1"', 'bpmnElement="Flow_3"'),
    ):  # fmt: skip
        drawn = drawn.replace(old, new)
    files = {"hello.bpmn": drawn.encode(), "greeting.form": FORM.encode()}
    return Bundle(key="waiting", title="Waiting", edition="1.0", files=files)


def start_waiting(app: Flask, how_many: int) -> list[str]:
    """Instances that wait for two days."""
    with app.app_context(), work() as unit:
        deploy(unit, waiting_bundle(), THE_SYSTEM)
        return [start(unit, "hello", PROJECT, {}, THE_SYSTEM, title=f"Wait {one + 1}") for one in range(how_many)]


def statuses(app: Flask, instances: list[str]) -> list[str]:
    """Where instances stand."""
    with app.app_context():
        return [instance(reading(), one).status for one in instances]
