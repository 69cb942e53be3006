"""The judge finds each thing that must not be, and nothing in what is as it must be."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.kills.judging import Found, judge
from tests.kills.load import Heard
from tests.kills.questions import ASKERS

ASKED, REPLIED, LATE = "ask 0", "reply", "late reply"


def sound() -> Found:
    """Two questions were asked by the first asker; one was replied to, the other was too late."""
    askers = {f"asker {number}": ("asking", None, "running") for number in range(ASKERS)}
    asked = {ASKED: "ask", "ask 1": "ask"}
    open_asks = {f"open {number}": (asker, "ask", "open") for number, asker in enumerate(askers)}
    tasks = open_asks | dict.fromkeys(asked, ("asker 0", "ask", "completed"))
    tasks |= {REPLIED: ("one", "reply", "completed"), "signed": ("one", "sign", "completed"),
              LATE: ("two", "reply", "cancelled")}  # fmt: skip
    submitted = asked | {REPLIED: "reply", "signed": "sign"}
    events = {
        "task.completed": Counter((task, tasks[task][0]) for task in submitted),
        "task.opened": Counter((task, where) for task, (where, _, _) in tasks.items()),
        "task.cancelled": Counter([(LATE, "two")]),
        "timer.fired": Counter([("rest", "one"), ("late", "two")]),
    }
    return Found(
        submitted, tasks,
        {**askers, "one": ("answering", "hello", "completed"), "two": ("answering", "bye", "completed")},
        Counter(["hello", "bye"]), events, Counter([REPLIED]), Counter(["signed"]), Counter(asked.keys()),
        frozenset(asked), {"timer": 0}, {"SUCCESS": 4}, (),
    )  # fmt: skip


SOUND = sound()


def heard(**more: Any) -> Heard:
    """People were told of all but one of the completions they sent."""
    attempted = {ASKED, "ask 1", REPLIED, "signed", "never came"}
    return Heard(**{"attempted": attempted, "acknowledged": [ASKED, REPLIED, "signed"], **more})


def events_with(kind: str, one: tuple[str, str], times: int = 0) -> dict[str, Counter[tuple[str, str]]]:
    """The events, with one of them so many times."""
    return {**SOUND.events, kind: Counter({**SOUND.events[kind], one: times})}


def test_nothing_is_found_in_what_is_sound() -> None:
    assert judge(SOUND, heard()) == []


FAULTS: dict[str, dict[str, Any]] = {
    "left undone": {"left": {"timer": 1}},
    "jobs without success": {"jobs": {"SUCCESS": 3, "PENDING": 1}},
    "verification": {"verdict": ("event 3",)},
    "acknowledged and lost": {"submitted": {k: v for k, v in SOUND.submitted.items() if k != REPLIED}},
    "completed by nobody": {"submitted": {**SOUND.submitted, "ghost": "ask"}},
    "without its event": {"events": events_with("task.completed", ("ghost", "one"), 1)},
    "events of one completion": {"events": events_with("task.completed", (REPLIED, "one"), 2)},
    "without a completed task": {"tasks": {**SOUND.tasks, REPLIED: ("one", "reply", "open")}},
    "events task.cancelled": {"events": events_with("task.cancelled", (LATE, "two"))},
    "events task.opened": {"events": events_with("task.opened", (LATE, "two"), 2)},
    "letters that do not fit": {"letters": Counter({ASKED: 2, "ask 1": 1})},
    "letters outside": {"lines": SOUND.lines | {"ghost"}},
    "records that do not fit": {"records": Counter({REPLIED: 2})},
    "signatures that do not fit": {"signatures": Counter()},
    "without their one answering instance": {"asked": Counter(["hello", "bye", "lost"])},
    "without their one open task": {"tasks": {**SOUND.tasks, "open 1": ("asker 0", "ask", "open")}},
    "timers that elapsed twice": {"events": events_with("timer.fired", ("rest", "one"), 2)},
    "without their one elapsed timer": {"events": events_with("timer.fired", ("late", "two"))},
    "stand where they cannot": {"instances": {**SOUND.instances, "two": ("answering", "bye", "running")}},
}


@pytest.mark.parametrize("sentence", FAULTS)
def test_each_fault_is_found(sentence: str) -> None:
    assert any(sentence in one for one in judge(replace(SOUND, **FAULTS[sentence]), heard()))


def test_what_people_saw_counts() -> None:
    assert any("a server failed" in one for one in judge(SOUND, heard(failures=["GET /inbox: 500"])))
    assert any("acknowledged twice" in one for one in judge(SOUND, heard(acknowledged=[ASKED, ASKED])))
