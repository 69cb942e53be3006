"""An organisation at work: the app over the real procedure, people at browsers, a clock that stories turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

import engine
import processes
from engine import Actor, Completed, Signature, Task, Unit, Verdict
from processes.demo import MEMBERS, PEOPLE, Persona
from tests.factories import TestClock, Visitor, visitor
from tests.stories.task_page import TaskPage, problems
from web.database import only_reading
from web.people import actor_of
from web.work import about, reading, work

APOLLO = "apollo"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday."""
BY_LOGIN: Mapping[str, Persona] = {one.login: one for one in PEOPLE}
IDLE = timedelta(minutes=20)
"""After this long a person signs in again, before the session runs out."""

TEAM = {role: [one.id for one in MEMBERS if one.role == role] for role in {one.role for one in MEMBERS}}


def id_of(login: str) -> str:
    """The person id behind a login."""
    return BY_LOGIN[login].id


def milestone(id: str, name: str, owner: str, target: str, **more: Any) -> dict[str, Any]:
    """A row of a milestone plan, owned by the person with this login."""
    return {
        "id": id, "name": name, "deliverable": f"{name} is delivered", "criterion": f"All 12 tests of {name} pass.",
        "owner": id_of(owner), "target": target, "type": "internal", "tolerance": 0, "weight": 1, "after": "", **more,
    }  # fmt: skip


PLAN: Mapping[str, Any] = {
    "purpose": "Fly there and come back",
    "tools": "",
    "milestones": [
        milestone("M1", "Design", "tomas", "2026-04-30"),
        milestone("M2", "Build", "mei", "2026-06-30", after="M1"),
        milestone("M3", "Release", "rahul", "2026-09-30", after="M2"),
    ],
}
MOVE = {"action": "move", "milestone": "M1", "target": "2026-05-20"}
CHANGE: Mapping[str, Any] = {
    "reason": "Parts come late", "cause": "external", "urgency": "normal", "items": [MOVE], "options": "Wait, or ask.",
    "impact_schedule": "M1 later, nothing else",
}  # fmt: skip


@dataclass
class Office:
    """One Milepost with the SOP deployed, in its own data folder."""

    app: Flask
    clock: TestClock
    project: str = APOLLO
    _browsers: dict[str, tuple[Visitor, datetime]] = field(default_factory=dict)

    # looking and writing without a browser

    @contextmanager
    def looking(self) -> Iterator[Unit]:
        """A unit of work that only reads."""
        with self.app.app_context(), only_reading():
            yield reading()

    @contextmanager
    def writing(self) -> Iterator[Unit]:
        """A unit of work that is committed at its end, as a request's is."""
        with self.app.app_context(), work() as unit:
            yield unit

    def actor(self, unit: Unit, login: str) -> Actor:
        """The person as web presents them."""
        return actor_of(unit, id_of(login))

    def verdict(self) -> Verdict:
        """What a verification of the ledger finds."""
        with self.looking() as unit:
            return engine.verify(unit.session)

    def incidents(self) -> list[str]:
        """The causes of what failed."""
        with self.looking() as unit:
            return [one.cause for one in engine.incidents(unit)]

    def targets(self) -> dict[str, date]:
        """The plan as it holds now: milestone id -> target."""
        with self.looking() as unit:
            return {
                one.id: one.target for one in processes.plan(unit, self.project).milestones if one.dropped_on is None
            }

    def baseline(self) -> int | None:
        """The number of the baseline that holds now."""
        with self.looking() as unit:
            return processes.plan(unit, self.project).baseline

    def tasks(self, login: str, element: str | None = None) -> list[Task]:
        """What waits for a person, at one element if it is named."""
        with self.looking() as unit:
            found = engine.inbox(unit, self.actor(unit, login), "todo", limit=200)
        return [one for one in found if element in (None, one.element)]

    def task(self, login: str, element: str) -> Task:
        """The task that waits for this person at this element; of several, the one that is due first."""
        found = self.tasks(login, element)
        assert found, f"nothing waits for {login} at {element}, but {[one.element for one in self.tasks(login)]}"
        return found[0]

    def open(self, element: str) -> list[str | None]:
        """For whom this element is open, by person id; None where it is anybody's of its role."""
        with self.looking() as unit:
            found = engine.tasks(unit, subject=self.project, status="open")
        return sorted(one.assignee or "" for one in found if one.element == element)

    def flows(self) -> dict[str, set[str]]:
        """Process -> the sequence flows that its instances have travelled here."""
        found: dict[str, set[str]] = {}
        with self.looking() as unit:
            for one in engine.instances(unit, limit=5000):
                found.setdefault(one.process, set()).update(
                    flow for passed in engine.trail(unit, one.id) for flow in passed.flows
                )
        return found

    def do(self, login: str, element: str, answers: Mapping[str, Any] | None = None) -> Completed:
        """Complete a task through the engine with its real form, signed as a page would where it is asked for."""
        found, answers = self.task(login, element), dict(answers or {})

        def act(unit: Unit) -> Completed:
            by = self.actor(unit, login)
            return engine.complete(unit, found.id, answers, by, signature=self.signature(unit, found, answers, by))

        with self.app.app_context():
            return about(found.id, act)

    def signature(self, unit: Unit, task: Task, answers: Mapping[str, Any], by: Actor) -> Signature | None:
        """What a person presents who has read what is shown and given the password."""
        if not task.signature:
            return None
        clean = engine.rehearse(unit, task.id, answers, by)
        shown = engine.preview(unit, task, clean, by)
        assert shown
        return Signature(by.person, engine.meaning_of(task, clean) or "", shown.sha256)

    def wait(self, **span: float) -> None:
        """Let time pass; each timer that falls due on the way fires at its time, in a transaction of its own."""
        end = self.clock.now + timedelta(**span)
        while True:
            with self.writing() as unit:
                due = engine.next_timer(unit)
                if due is None or due > end:
                    break
                self.clock.now = max(self.clock.now, due)
                for timer in engine.due(unit, self.clock.now):
                    engine.fire(unit, timer)
        self.clock.now = end

    # a project's life, by its shortest way

    def register(self, **more: Any) -> None:
        """Set the project under the SOP."""
        given = {"members": TEAM, "start": date(2026, 4, 1), "zone": "Europe/Prague"} | more
        with self.writing() as unit:
            processes.register(unit, self.project, "Apollo", by=self.actor(unit, "lena"), **given)

    def accept_all(self) -> None:
        """Every owner accepts."""
        for login in ("tomas", "mei", "rahul"):
            for _ in self.tasks(login, "accept-ownership"):
                self.do(login, "accept-ownership", {"decision": "accepted"})

    def plan(self, **more: Any) -> None:
        """A plan that every owner has accepted, and that waits for its signatures."""
        self.register(**more)
        self.do("ines", "draft-plan", PLAN)
        self.accept_all()

    def run(self, **more: Any) -> None:
        """A project with an approved baseline."""
        self.plan(**more)
        for login in ("greta", "samuel"):
            self.do(login, "sign-baseline", {"decision": "approved"})

    def raise_change(self, login: str = "tomas", **more: Any) -> str:
        """A change that its requester has described and signed."""
        with self.writing() as unit:
            change = processes.request_change(unit, self.project, self.actor(unit, login))
        self.do(login, "describe-change", CHANGE | more)
        return change

    def decide(self, login: str, decision: str = "approved", comment: str = "Because") -> None:
        """Sign a decision on the change that waits."""
        self.do(login, "decide-change", {"decision": decision, "comment": comment})

    # people at browsers

    def browser(self, login: str) -> Visitor:
        """The person's browser, signed in."""
        known = self._browsers.get(login)
        if known is None or self.clock.now - known[1] >= IDLE:
            self._browsers[login] = (self.another_browser(login), self.clock.now)
        return self._browsers[login][0]

    def page(self, login: str, element: str, browser: Visitor | None = None) -> TaskPage:
        """Open the task that waits for a person, found in the inbox as a person finds it."""
        browser, task = browser or self.browser(login), self.task(login, element)
        assert f"/inbox/{task.id}" in browser.get("/inbox").text
        return TaskPage(browser, task.id, browser.get(f"/inbox/{task.id}"))

    def another_browser(self, login: str) -> Visitor:
        """A second browser in which the person has signed in."""
        came = visitor(self.app)
        assert came.sign_in(login).status_code == 302, f"{login} cannot sign in"
        return came

    def answer(self, login: str, element: str, answers: Mapping[str, Any] | None = None) -> TestResponse:
        """Fill in the form page of a task and send it; sign it with the password where the page asks for that."""
        sent = self.page(login, element).fill(answers or {}).finish()
        assert sent.status_code == 302, problems(sent)
        return sent
