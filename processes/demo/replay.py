"""Replaying the history: time goes from one timer or person's act to the next, all of them through the engine."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

import engine
from engine import Actor, Clock, Signature, Task, Unit
from processes.acceptance import claim_milestone
from processes.calendar import week_of
from processes.changes import request_change
from processes.demo.answers import ANSWERS, Scene
from processes.demo.pace import Pace
from processes.demo.people import DOROTHEA, INES, MEMBERS, PAVEL, PEOPLE, RAHUL, ROOT, Persona
from processes.demo.timeline import ZONE, Timeline
from processes.ending import close
from processes.people import roles
from processes.procedure import bundle
from processes.projects import register
from processes.revisions import give_duty
from processes.vocabulary import APPROVER, OWNER
from processes.written_days import written_day

FINISHED, RUNNING = "python-3-13", "python-3-13-under-way"
"""The ids of the two projects: the whole history, and the same one stopped in its middle."""

STOP = date(2024, 1, 16)
"""The day of the history at which the second project stands."""

BEGIN, CLOSE, LAST = "2023-06-19", "2024-10-10", "2024-11-15"

At = Callable[[Clock], AbstractContextManager[Unit]]
"""Gives a unit of work at a clock's instant, committed when it is left."""


@dataclass
class Replay:
    """One project lived through on a timeline, until an instant."""

    at: At
    project: str
    title: str
    timeline: Timeline
    until: datetime
    progress: Callable[[datetime], None] = lambda _moment: None
    now: datetime = datetime(2023, 6, 19, tzinfo=UTC)
    _agenda: list[tuple[datetime, int, Callable[[Unit], None]]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)
    _known: set[str] = field(default_factory=set)
    _times: Counter[tuple[str, str]] = field(default_factory=Counter)

    def run(self) -> None:
        """Live through it."""
        self._plan(self.timeline.at(BEGIN, "09:00"), self._register)
        self._plan(self.timeline.at("2024-01-12", "09:30"), lambda unit: self._request(unit, INES))
        self._plan(self.timeline.at("2024-09-24", "09:00"), lambda unit: self._request(unit, RAHUL))
        self._plan(self.timeline.at(CLOSE, "09:00"), self._close)
        while self._agenda or self._due() is not None:
            due, act = self._due(), self._agenda[0][0] if self._agenda else None
            moment = min(one for one in (due, act) if one is not None)
            if moment > self.until:
                return
            self.now = max(self.now, moment)
            self._turn(moment == due)
            self.progress(self.now)

    def _plan(self, moment: datetime, act: Callable[[Unit], None]) -> None:
        heapq.heappush(self._agenda, (moment, next(self._order), act))

    def _clock(self) -> datetime:
        return self.now

    def _due(self) -> datetime | None:
        with self.at(self._clock) as unit:
            return engine.next_timer(unit)

    def _turn(self, by_timer: bool) -> None:
        """One timer, or one person's act, in a transaction of its own; then see who has something new to do."""
        with self.at(self._clock) as unit:
            if by_timer:
                engine.fire(unit, engine.due(unit, self.now, 1)[0])
            else:
                heapq.heappop(self._agenda)[2](unit)
            self._look_around(unit)

    def _look_around(self, unit: Unit) -> None:
        """Let everybody see their new tasks and decide when to do them."""
        team = {one.id: one for one in MEMBERS}
        for task in engine.tasks(unit, subject=self.project, status="open"):
            if task.id in self._known:
                continue
            self._known.add(task.id)
            who = team[task.assignee] if task.assignee else next(one for one in MEMBERS if one.role == task.role)
            self._times[task.element, who.id] += 1
            times = self._times[task.element, who.id]
            moment = Pace(self.timeline).when(task, who, times, _period(task))
            if moment is not None:
                self._plan(max(moment, self.now), lambda unit, one=task, by=who, n=times: self._do(unit, one, by, n))

    def _do(self, unit: Unit, task: Task, who: Persona, times: int) -> None:
        """Complete a task as its person, unless the process has taken it away meanwhile."""
        by = actor(unit, who)
        task = engine.task(unit, task.id, by)
        if not task.open:
            return
        shown = engine.task_form(unit, task, by)
        assert shown.form
        scene = Scene(self.timeline, task, who, times, self.timeline.day(self.now), _period(task), shown.values,
                      shown.choices)  # fmt: skip
        given = ANSWERS[task.element](scene)
        clean = shown.form.load(given, choices=shown.choices, context=shown.context)
        engine.complete(unit, task.id, given, by, signature=sign(unit, task, clean, by))
        if task.element == "submit-update":
            self._claim(who, [line["milestone"] for line in given["milestones"] if line["status"] == "achieved"])

    def _register(self, unit: Unit) -> None:
        team = {role: [one.id for one in MEMBERS if one.role == role] for role in {one.role for one in MEMBERS}}
        register(
            unit, self.project, self.title, members=team, start=date(2023, 5, 22) + self.timeline.shift,
            by=actor(unit, ROOT), purpose="A feature release on an announced schedule.", zone=ZONE,
        )  # fmt: skip

    def _request(self, unit: Unit, who: Persona) -> None:
        request_change(unit, self.project, actor(unit, who))

    def _claim(self, who: Persona, reached: list[str]) -> None:
        """Whoever reports a milestone complete has it judged at once, and does not wait for the week's end."""
        for one in reached:
            self._plan(self.now, lambda unit, of=one: claim_milestone(unit, self.project, of, actor(unit, who)))

    def _close(self, unit: Unit) -> None:
        close(unit, self.project, actor(unit, INES), "The final is published; the history ends here.")


def actor(unit: Unit, who: Persona) -> Actor:
    """The person as web would present them: with the roles they hold now."""
    held = dict(roles(unit, who.id))
    if who.organisation:
        held[""] = frozenset({who.role})
    return Actor(who.id, who.name, held)


def sign(unit: Unit, task: Task, answers: dict, by: Actor) -> Signature | None:
    """The signature that web would present after the person has read what is shown and given the password."""
    meaning = engine.meaning_of(task, answers)
    if meaning is None:
        return None
    shown = engine.preview(unit, task, answers, by)
    assert shown
    return Signature(by.person, meaning, shown.sha256)


def _period(task: Task) -> str | None:
    """The ISO week of a weekly update, from its title; None for tasks of other processes."""
    day = written_day(task.instance_title.rpartition("week of ")[2]) if task.process == "weekly-update" else None
    return week_of(day) if day else None


def weeks_to(today: date) -> timedelta:
    """By how much the second project is moved: whole weeks, so that its last day is the last Tuesday before today."""
    return timedelta(weeks=(today - timedelta(days=1) - STOP).days // 7)


def replay(at: At, progress: Callable[[int, int], None], today: date) -> None:
    """Deploy the SOP, make the people known, and live through both projects; `progress(done, total)` in days.

    The first project is the history as it was recorded. The second is the same history, stopped at STOP and moved by
    whole weeks to this week, so that what is open in it is due now. `today` is the day by the machine's clock.
    """
    first = Timeline()
    second = Timeline(weeks_to(today))
    begun = first.at(BEGIN, "08:00")
    with at(lambda: begun) as unit:
        by = Actor(ROOT.id, ROOT.name, {"": frozenset({ROOT.role})})
        for one in PEOPLE:
            engine.add_person(unit, one.id, one.name, by)
        engine.deploy(unit, bundle(), by)
        give_duty(unit, PAVEL.id, OWNER, by)
        give_duty(unit, DOROTHEA.id, APPROVER, by)
    whole, part = (date.fromisoformat(CLOSE) - date.fromisoformat(BEGIN)).days, (STOP - date.fromisoformat(BEGIN)).days

    def told(timeline: Timeline, before: int, most: int) -> Callable[[datetime], None]:
        day = date.fromisoformat(BEGIN)
        return lambda moment: progress(before + min(most, (timeline.day(moment) - day).days), whole + part)

    Replay(at, FINISHED, "Python 3.13 release", first, first.at(LAST), told(first, 0, whole)).run()
    until = second.at(STOP, "12:00")
    Replay(at, RUNNING, "Python 3.13 release, under way", second, until, told(second, whole, part)).run()
    progress(whole + part, whole + part)
