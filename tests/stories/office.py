"""An organisation at work: the app over the real procedure, its people at browsers, and a clock that the story turns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from lxml import html
from werkzeug.test import TestResponse

import engine
import processes
from engine import Actor, Completed, Signature, Task, Unit, Verdict
from processes.demo import MEMBERS, PEOPLE, Persona
from tests.factories import PASSWORD, TestClock, Visitor, visitor
from web.database import only_reading
from web.people import actor_of
from web.work import reading, work

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
            return {one.id: one.target for one in processes.plan(unit, self.project).milestones if one.dropped_on is None}

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
        """The one task that waits for this person at this element."""
        (found,) = self.tasks(login, element)
        return found

    def open(self, element: str) -> list[str | None]:
        """For whom this element is open, by person id; None where it is anybody's of its role."""
        with self.looking() as unit:
            found = engine.tasks(unit, subject=self.project, status="open")
        return sorted((one.assignee or "" for one in found if one.element == element))

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
        with self.writing() as unit:
            by = self.actor(unit, login)
            return engine.complete(unit, found.id, answers, by, signature=self.signature(unit, found, answers, by))

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
            came = visitor(self.app)
            assert came.sign_in(login).status_code == 302, f"{login} cannot sign in"
            self._browsers[login] = (came, self.clock.now)
        return self._browsers[login][0]

    def page(self, login: str, element: str) -> TaskPage:
        """Open the task that waits for a person, found in the inbox as a person finds it."""
        browser, task = self.browser(login), self.task(login, element)
        assert f"/inbox/{task.id}" in browser.get("/inbox").text
        return TaskPage(browser, task.id, browser.get(f"/inbox/{task.id}"))

    def answer(self, login: str, element: str, answers: Mapping[str, Any] | None = None) -> TestResponse:
        """Fill in the form page of a task and send it; sign it with the password where the page asks for that."""
        sent = self.page(login, element).fill(answers or {}).finish()
        assert sent.status_code == 302, problems(sent)
        return sent


@dataclass(frozen=True)
class TaskPage:
    """The page of a task as a browser without scripts shows it: fields are filled in, rows added, buttons pressed."""

    browser: Visitor
    task: str
    response: TestResponse
    typed: tuple[tuple[str, str], ...] | None = None

    @property
    def form(self) -> html.FormElement:
        """The form to fill in."""
        (found,) = (one for one in html.fromstring(self.response.text).forms if one.get("id") == "the-form")
        return found

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What would be sent now."""
        return list(self.form.form_values() if self.typed is None else self.typed)

    def fill(self, answers: Mapping[str, Any]) -> TaskPage:
        """Type answers into the fields that the page has; add the rows that they need."""
        page = self
        for path, count in _rows(answers):
            while count > len({name for name, _ in page.pairs if re.fullmatch(rf"{re.escape(path)}\.\d+\._row", name)}):
                page = page.press("_rows", f"add:{path}")
        wanted = _flat(answers)
        page = page._typed(wanted, missing_is_fine=True)
        if {name for name in wanted if wanted[name]} - page._names():
            page = page.press("_do", "refresh")._typed(wanted, missing_is_fine=False)
        return page

    def press(self, button: str, value: str, **more: str) -> TaskPage:
        """Press a button that brings the same page again."""
        assert button == "_do" or self.form.xpath(f".//button[@name={button!r} and @value={value!r}]"), value
        again = self.send({button: value, **more})
        assert again.status_code == 200, problems(again)
        return TaskPage(self.browser, self.task, again)

    def send(self, more: Mapping[str, str] | None = None, *, without: Sequence[str] = ()) -> TestResponse:
        """Send the form as it stands, with the pressed button's value."""
        data: dict[str, list[str]] = {}
        for name, value in [*self.pairs, *(more or {}).items()]:
            if name not in without and not (name in (more or {}) and name in data and name != "_do"):
                data.setdefault(name, []).append(value)
        data.update({name: [value] for name, value in (more or {}).items()})
        return self.browser.post(f"/tasks/{self.task}", data)

    def finish(self, password: str = PASSWORD) -> TestResponse:
        """Press the button that hands the answers in; read and sign the document if there is one."""
        (button,) = self.form.xpath(".//button[contains(@class, 'btn-primary')]")
        asks = self.form.xpath(".//input[@name='password']")
        sent = self.send({"_do": button.get("value"), **({"password": password} if asks else {})})
        if sent.status_code == 302 and sent.location.partition("?")[0].endswith("/sign"):
            return sign(self.browser, sent.location, password)
        return sent

    def review(self) -> str:
        """Hand the answers in to be read as they would be sealed; gives the address of that page."""
        sent = self.send({"_do": "review"})
        assert sent.status_code == 302, problems(sent)
        return sent.location

    def _names(self) -> set[str]:
        return {one.get("name") for one in self.form.xpath(".//*[@name and not(self::button)]")}

    def _typed(self, wanted: Mapping[str, Sequence[str]], *, missing_is_fine: bool) -> TaskPage:
        here = self._names()
        missing = {name for name, values in wanted.items() if values} - here
        assert missing_is_fine or not missing, f"the page has no fields {sorted(missing)}"
        for name, values in wanted.items():
            if name in here:
                _offered(self.form, name, values)
        kept = [(name, value) for name, value in self.pairs if name not in wanted]
        typed = [(name, value) for name, values in wanted.items() if name in here for value in values]
        return replace(self, typed=(*kept, *typed))


def sign(browser: Visitor, address: str, password: str = PASSWORD) -> TestResponse:
    """Read the document at this address and sign it."""
    page = browser.get(address)
    (form,) = (one for one in html.fromstring(page.text).forms if "signoff" in (one.get("class") or ""))
    return browser.post(form.get("action"), {**dict(form.form_values()), "password": password})


def problems(response: TestResponse) -> str:
    """What a page says is wrong, for the message of a failing test."""
    page = html.fromstring(response.text or "<p></p>")
    said = page.xpath("//*[@role='alert' or contains(@class, 'invalid-feedback') or contains(@class, 'problems')]")
    return f"{response.status_code}: {' | '.join(one.text_content().strip() for one in said) or response.text[-800:]}"


def _rows(answers: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, int]]:
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield f"{path}{name}", len(value)
            for at, row in enumerate(value):
                yield from _rows(row, f"{path}{name}.{at}.")


def _flat(answers: Mapping[str, Any], path: str = "") -> dict[str, list[str]]:
    """Name of a field -> what a browser sends for it; nothing for a box that is not ticked."""
    found: dict[str, list[str]] = {}
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            for at, row in enumerate(value):
                found |= _flat(row, f"{path}{name}.{at}.")
        elif isinstance(value, list):
            found[path + name] = [str(one) for one in value]
        elif isinstance(value, bool):
            found[path + name] = ["true"] if value else []
        else:
            found[path + name] = [] if value is None else [str(value)]
    return found


def _offered(form: html.FormElement, name: str, values: Sequence[str]) -> None:
    """A browser can only choose what the page offers."""
    options = form.xpath(f".//select[@name={name!r}]/option/@value")
    options += form.xpath(f".//input[@name={name!r} and (@type='radio' or @type='checkbox')]/@value")
    assert not options or set(values) <= set(options), f"{name} offers {options}, not {values}"
