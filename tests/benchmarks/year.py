"""A year of one project under the SOP, lived through its processes: each task by its form, each timer at its time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

import engine
import processes
from engine import THE_SYSTEM, Actor, Signature, Task, Unit
from tests import factories
from tests.benchmarks.measuring import Row
from web.database import open_engine
from web.migrations import upgrade

WEEKS, OWNERS, CHANGES = 52, 10, 20
BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
"""A Monday."""
PROJECT, MANAGER = "year", "pm"
STAKEHOLDERS, SPONSOR = ("st1", "st2"), "sp"
OWNED = tuple(f"o{number}" for number in range(1, OWNERS + 1))
MEMBERS: Mapping[str, tuple[str, ...]] = {
    "Project Manager": (MANAGER,), "Project Team": OWNED, "Stakeholder": STAKEHOLDERS, "Sponsor": (SPONSOR,),
}  # fmt: skip
EVERYBODY = tuple(person for people in MEMBERS.values() for person in people)


def year(folder: Path, share: float = 1) -> Row:
    """How long a year takes, or a share of it: updates of ten owners, monthly reviews, and changes of the plan."""
    changes = max(1, round(CHANGES * share))
    lived = Year(folder, max(WEEKS // 12 + 1, round(WEEKS * share)), changes)
    begun = time.perf_counter()
    lived.live()
    taken = time.perf_counter() - begun
    done = lived.done
    detail = (
        f"{done.total():,} tasks: {done['submit-update']} updates, {done['hold-review']} reviews,"
        f" {done['describe-change']} changes"
    )
    assert done["describe-change"] == changes
    return Row(f"a year of one project, {OWNERS} owners", taken, "s", 20, detail=detail)


@dataclass
class Year:
    """The people of one project, who do at once whatever waits for them."""

    folder: Path
    weeks: int
    changes: int
    done: Counter[str] = field(default_factory=Counter)
    """Element -> how many of its tasks were completed."""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self._engine = open_engine(f"sqlite:///{self.folder / 'year.sqlite'}")
        upgrade(self._engine)
        self._clock = factories.TestClock(BEGIN)
        self._procedure = processes.procedure()
        with self._work() as unit:
            for person in EVERYBODY:
                engine.add_person(unit, person, person.upper(), THE_SYSTEM)
            engine.deploy(unit, processes.bundle(), THE_SYSTEM)
            members = {role: list(people) for role, people in MEMBERS.items()}
            start = BEGIN.date() + timedelta(days=1)
            processes.register(unit, PROJECT, "A year", start=start, by=THE_SYSTEM, members=members)

    def live(self) -> None:
        """From the first draft of the plan to the last week."""
        end, between = BEGIN + timedelta(weeks=self.weeks), timedelta(weeks=self.weeks) / (self.changes + 1)
        raised = [BEGIN + between * number for number in range(1, self.changes + 1)]
        while True:
            self._work_off()
            with self._work() as unit:
                due = engine.next_timer(unit)
                moment = min(one for one in (due, raised[0] if raised else None, end) if one is not None)
                self._clock.now = max(self._clock.now, moment)
                if raised and moment == raised[0]:
                    owner = OWNED[len(raised) % OWNERS]
                    processes.request_change(unit, PROJECT, self._actor(unit, owner))
                    raised.pop(0)
                elif moment >= end:
                    return
                else:
                    for timer in engine.due(unit, self._clock.now):
                        engine.fire(unit, timer)

    def _work_off(self) -> None:
        while True:
            with self._work() as unit:
                waiting = engine.tasks(unit, subject=PROJECT, status="open")
            if not waiting:
                return
            for task in waiting:
                self._do(task)

    def _do(self, task: Task) -> None:
        self._clock.now += timedelta(seconds=20)
        with self._work() as unit:
            by = self._actor(unit, task.assignee or MEMBERS[task.role][0])
            task = engine.task(unit, task.id, by)
            if not task.open:
                return
            shown = engine.task_form(unit, task, by)
            given = self._answers(task, shown.values, by.person)
            assert shown.form
            clean = shown.form.load(given, choices=shown.choices, context=shown.context)
            engine.complete(unit, task.id, given, by, signature=_signature(unit, task, clean, by))
            self.done[task.element] += 1

    def _answers(self, task: Task, values: Mapping[str, Any], person: str) -> dict[str, Any]:
        today = self._clock().date()
        answers = _PLAIN.get(task.element)
        if answers is not None:
            return dict(answers)
        made = {"draft-plan": _plan, "submit-update": _update, "schedule-review": _call, "hold-review": _review,
                "describe-change": _change}[task.element]  # fmt: skip
        return made(values, today, person, self.done[task.element])

    @contextmanager
    def _work(self) -> Iterator[Unit]:
        with Session(self._engine) as session:
            yield Unit(session, self._clock, self._procedure)
            session.commit()

    @staticmethod
    def _actor(unit: Unit, person: str) -> Actor:
        return Actor(person, person.upper(), processes.roles(unit, person))


def _signature(unit: Unit, task: Task, answers: Mapping[str, Any], by: Actor) -> Signature | None:
    meaning = engine.meaning_of(task, answers)
    if meaning is None:
        return None
    shown = engine.preview(unit, task, answers, by)
    assert shown
    return Signature(by.person, meaning, shown.sha256)


_PLAIN: Mapping[str, Mapping[str, Any]] = {
    "accept-ownership": {"decision": "accepted"},
    "sign-baseline": {"decision": "approved", "comment": ""},
    "release-status": {"decision": "released"},
    "analyse-performance": {"trends": "Dates hold.", "bottlenecks": "None that lasts.", "improvements": [
        {"text": "Go on so", "owner": MANAGER, "due": "2027-12-31", "effect": "No slip"}]},
    "issue-report": {"note": ""},
    "give-input": {"comment": "", "no_comment": True},
    "open-meeting": {"attendees": list(EVERYBODY), "apologies": [], "delegates": ""},
    "draft-minutes": {"text": "All milestones were gone through.", "plan_statement": "no-change", "next_meeting": ""},
    "comment-minutes": {"decision": "agree"},
    "confirm-minutes": {"note": ""},
    "do-action": {"outcome": "done", "text": "Done.", "evidence": "List 1"},
    "verify-action": {"decision": "closed", "text": "Seen."},
    "decide-change": {"decision": "approved", "comment": ""},
    "confirm-implementation": {"done": True, "note": "The plan shows it."},
}  # fmt: skip


def _plan(_values: Mapping[str, Any], _today: date, _person: str, _number: int) -> dict[str, Any]:
    """Two milestones for each owner, spread over the time after the year, so that none of them ever ends it."""
    rows = [
        {
            "id": f"M{number}", "name": f"Part {number}", "deliverable": f"Part {number}", "owner": owner,
            "criterion": f"All {number + 3} tests of part {number} pass.", "type": "internal", "tolerance": 10,
            "target": (date(2027, 2, 1) + timedelta(weeks=number)).isoformat(), "weight": 1, "after": "",
        }
        for number, owner in enumerate((*OWNED, *OWNED), 1)
    ]  # fmt: skip
    return {"purpose": "A year of work", "tools": "", "milestones": rows}


def _update(values: Mapping[str, Any], _today: date, _person: str, number: int) -> dict[str, Any]:
    rows = [
        {**{name: row.get(name) for name in ("milestone", "name", "forecast")}, "status": "on-track",
         "percent": min(95, number // OWNERS)}
        for row in values.get("milestones", ())
    ]  # fmt: skip
    return {"milestones": rows, "achievements": "Another week's work.", "setbacks": [], "nothing_to_report": False}


def _call(_values: Mapping[str, Any], today: date, _person: str, _number: int) -> dict[str, Any]:
    meeting = today + timedelta(days=10)
    meeting += timedelta(days=(7 - meeting.weekday()) % 7 if meeting.weekday() > 4 else 0)
    return {"date": meeting.isoformat(), "time": "14:00", "place": "Room 1", "agenda": "Milestones",
            "invitees": list(EVERYBODY)}  # fmt: skip


def _review(values: Mapping[str, Any], today: date, _person: str, _number: int) -> dict[str, Any]:
    action = {"text": "Ask the supplier", "owner": OWNED[0], "due": (today + timedelta(days=7)).isoformat(),
              "priority": "normal"}  # fmt: skip
    return {
        "lines": [{**row, "remark": row.get("remark") or ""} for row in values.get("lines", ())],
        "items": [], "no_items": True, "decisions": [], "actions": [action],
    }  # fmt: skip


def _change(_values: Mapping[str, Any], _today: date, person: str, number: int) -> dict[str, Any]:
    target = date(2027, 3, 1) + timedelta(weeks=number)
    moved = {"action": "move", "milestone": f"M{OWNED.index(person) + 1}", "target": target.isoformat()}
    return {
        "reason": "Parts come late", "cause": "external", "urgency": "normal", "items": [moved], "resources": False,
        "scope": False, "options": "Wait, or ask.", "impact_schedule": "Only this one moves.", "impact_scope": "",
        "impact_resources": "", "impact_other": "",
    }  # fmt: skip
