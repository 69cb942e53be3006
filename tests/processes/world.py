"""A project, run by the real engine on the real diagrams, with a clock that the test holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

import engine as milepost
import processes
from engine import THE_SYSTEM, Actor, Signature, Unit

PEOPLE = {
    "pm": ("Pat Manager", ["Project Manager"]),
    "tom": ("Tom Team", ["Project Team"]),
    "tia": ("Tia Team", ["Project Team"]),
    "sue": ("Sue Stakeholder", ["Stakeholder"]),
    "sam": ("Sam Stakeholder", ["Stakeholder"]),
    "spo": ("Spo Sponsor", ["Sponsor"]),
}
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday."""


class HeldClock:
    """A clock that stands until it is told to move."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class World:
    """One project and its people, with the few verbs that a story needs. Every verb ends committed."""

    project = "apollo"

    def __init__(self, session: Session, clock: HeldClock) -> None:
        self.session, self.clock = session, clock
        self.unit = Unit(session, clock, processes.procedure())

    def actor(self, person: str) -> Actor:
        roles = processes.roles(self.unit, person)
        return Actor(person, PEOPLE[person][0], roles, barred=processes.barred(self.unit, person, roles))

    def register(self, **more: Any) -> None:
        team: dict[str, list[str]] = {role: [] for role in processes.ROLES}
        for person, (_, roles) in PEOPLE.items():
            for role in roles:
                team[role].append(person)
        given = {"members": team, "start": date(2026, 4, 1), "by": THE_SYSTEM, "zone": "Europe/Prague"} | more
        processes.register(self.unit, self.project, "Apollo", **given)
        self.session.commit()

    def tasks(self, person: str, element: str | None = None) -> list[milepost.Task]:
        found = milepost.inbox(self.unit, self.actor(person), "todo")
        return [one for one in found if element is None or one.element == element]

    def do(self, person: str, element: str, answers: dict[str, Any] | None = None) -> milepost.Completed:
        """Complete the person's open task at an element, signing as a page would where the diagram asks for it."""
        (task,) = self.tasks(person, element)
        by = self.actor(person)
        answers = answers or {}
        signature = None
        if task.signature:
            clean = milepost.rehearse(self.unit, task.id, answers, by)
            shown = milepost.preview(self.unit, task, clean, by)
            meaning = milepost.meaning_of(task, clean)
            signature = Signature(person, meaning, shown.sha256)
        try:
            done = milepost.complete(self.unit, task.id, answers, by, signature=signature)
        except BaseException:
            self.session.rollback()
            raise
        self.session.commit()
        return done

    def wait(self, **by: float) -> None:
        """Let time pass, and every timer that falls due on the way fire at its time."""
        end = self.clock.now + timedelta(**by)
        while (due := milepost.next_timer(self.unit)) is not None and due <= end:
            self.clock.now = max(self.clock.now, due)
            for timer in milepost.due(self.unit, self.clock.now, 100):
                milepost.fire(self.unit, timer)
            self.session.commit()
        self.clock.now = end

    def incidents(self) -> list[str]:
        return [one.cause for one in milepost.incidents(self.unit)]

    def instance(self, process: str) -> milepost.Instance:
        return milepost.instances(self.unit, process=process)[0]

    # what people answer

    def plan_answers(self, **more: Any) -> dict[str, Any]:
        rows = [
            {"id": "M1", "name": "Design", "deliverable": "Design document", "criterion": "Document signed by 2 people",
             "owner": "tom", "target": "2026-04-30", "tolerance": 5},
            {"id": "M2", "name": "Build", "deliverable": "Working build", "criterion": "All 40 tests pass",
             "owner": "tia", "target": "2026-06-30", "after": "M1"},
            {"id": "M3", "name": "Release", "deliverable": "Release 1.0", "criterion": "Release 1.0 is published",
             "owner": "tia", "target": "2026-09-30", "after": "M2", "weight": 2},
        ]  # fmt: skip
        return {"purpose": "Fly there", "milestones": rows} | more

    def accept_all(self) -> None:
        for person in ("tom", "tia"):
            self.do(person, "accept-ownership", {"decision": "accepted"})

    def baseline(self, **more: Any) -> None:
        """The shortest way to a running project."""
        self.register(**more)
        self.do("pm", "draft-plan", self.plan_answers())
        self.accept_all()
        for person in ("sue", "sam"):
            self.do(person, "sign-baseline", {"decision": "approved"})

    def change_answers(self, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {
            "reason": "Late parts", "cause": "external", "urgency": "normal", "items": list(items),
            "options": "Do nothing, or wait", "impact_schedule": "M1 later",
        } | more  # fmt: skip

    def raise_change(self, person: str, *items: dict[str, Any], **more: Any) -> str:
        change = processes.request_change(self.unit, self.project, self.actor(person))
        self.session.commit()
        self.do(person, "describe-change", self.change_answers(*items, **more))
        return change
