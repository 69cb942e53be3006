"""The daily mail: at seven in the morning what is overdue, due, new and stale, and news that waited for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

import engine
from engine import Actor, Barred, PersonRow, Task, Unit
from web.config import Config
from web.jobs import Kind
from web.mail import wording
from web.mail.outbox import DUTIES, Mail, post
from web.mail.tables import MailRow
from web.mail.wording import Line
from web.people.tables import AccountRow

DAILY_MAIL = "daily mail"
MORNING = time(7)
LOOKS = timedelta(minutes=1)
AGAIN = timedelta(hours=6)
"""A job that was wished for is wished for again after this long, lest it was lost; one that is there stays one."""
MOST = 100
"""Tasks of one section that are named; the rest is counted."""


class Daily:
    """Writes the daily mails of one Milepost."""

    def __init__(
        self,
        config: Config,
        roles: Callable[[Unit, str], Mapping[str, frozenset[str]]],
        barred: Barred = engine.nothing_barred,
    ) -> None:
        self._config = config
        self._roles = roles
        self._barred = barred
        self._wished: dict[tuple[str, date], datetime] = {}
        self._looked: datetime | None = None

    def kind(self) -> Kind:
        """The kind of job: one person's mail of one day, in one transaction."""
        return Kind(DAILY_MAIL, self.write, tries=4, wanted=self.wanted)

    def wanted(self, unit: Unit) -> dict[str, dict[str, Any]]:
        """A mail for everybody in whose zone it is seven or later, once a day."""
        now = unit.clock()
        if self._looked is not None and abs(now - self._looked) < LOOKS:
            return {}
        self._looked, zones = now, _zones(unit)
        mornings = {
            zone: local.date()
            for zone in {self._config.zone, *zones.values()}
            if (local := now.astimezone(ZoneInfo(zone))).time() >= MORNING
        }
        fresh = {
            zone: day for zone, day in mornings.items() if now - self._wished.get((zone, day), now - AGAIN) >= AGAIN
        }
        if not fresh:
            return {}
        self._wished = dict.fromkeys(fresh.items(), now) | {
            key: at for key, at in self._wished.items() if now - at < AGAIN
        }
        return {
            f"daily:{fresh[zone].isoformat()}:{person}": {"person": person, "day": fresh[zone].isoformat()}
            for person in _people(unit)
            if (zone := self._zone(unit, zones, person)) in fresh
        }

    def write(self, unit: Unit, payload: Mapping[str, Any]) -> bool:
        """Write one person's mail, if there is anything to say; what waited for it has been told then."""
        row = unit.session.get(AccountRow, payload["person"])
        who = unit.session.get(PersonRow, payload["person"])
        if row is None or who is None or not who.active:
            return False
        held = self._roles(unit, who.id)
        absent = engine.stands_in(unit, who.id, self._roles, self._barred)
        actor = Actor(who.id, who.name, held, absent, self._barred(unit, who.id, held))
        zone = ZoneInfo(self._zone(unit, _zones(unit), who.id))
        waiting = unit.session.scalars(
            select(MailRow).where(MailRow.person == who.id, MailRow.state == "waiting").order_by(MailRow.at, MailRow.id)
        ).all()
        tasks = _tasks(unit, actor, zone, self._config.url, own=row.mail == DUTIES)
        sections = [*tasks, *_stale(unit, actor, self._config.url), *_news(waiting)]
        if not sections:
            return False
        title = f"Your day: {', '.join(f'{count} {words}' for words, count, _text in sections)}"
        text = "\n\n".join(f"{words.capitalize()}\n\n{said}" for words, _count, said in sections)
        mail = Mail(
            cause=f"daily:{payload['day']}:{who.id}", person=who.id, subject="", title=title,
            text=f"{text}\n\n{wording.foot(self._config)}", duty=True, gathers=True,
        )  # fmt: skip
        if not post(unit, self._config, [mail]):
            return False
        for one in waiting:
            one.state, one.ended_at = "gathered", unit.clock()
        return True

    def _zone(self, unit: Unit, zones: Mapping[str, str], person: str) -> str:
        """The zone of the first project that the person takes part in; the organisation's for nobody in any."""
        return next((zones[one] for one in sorted(self._roles(unit, person)) if one in zones), self._config.zone)


def _zones(unit: Unit) -> dict[str, str]:
    """Project -> its time zone."""
    import processes  # noqa: PLC0415  reads the whole bundle; an app that brings its own procedure does without

    return {one.id: one.zone for one in processes.projects(unit)}


def _people(unit: Unit) -> list[str]:
    query = select(AccountRow.person_id).join(PersonRow, PersonRow.id == AccountRow.person_id).where(PersonRow.active)
    return list(unit.session.scalars(query.order_by(AccountRow.person_id)))


def _tasks(unit: Unit, actor: Actor, zone: ZoneInfo, url: str, *, own: bool) -> Iterator[tuple[str, int, str]]:
    """Overdue, due until the end of tomorrow, and new since yesterday for a role; `own`: only those by name."""
    now = unit.clock()
    tomorrow = datetime.combine(now.astimezone(zone).date() + timedelta(days=2), time(), zone)
    mine = [
        one
        for one in engine.inbox(unit, actor, "todo", limit=500)
        if not own or actor.person in (one.assignee, one.claimed_by) or (one.assignee and _absent(actor, one))
    ]
    due = [one for one in mine if one.due is not None and one.due < tomorrow]
    rest = [one for one in mine if one not in due]
    for words, found in (
        ("overdue", [one for one in due if one.due is not None and one.due < now]),
        ("due today or tomorrow", [one for one in due if one.due is not None and one.due >= now]),
        ("new for your role", [one for one in rest if not one.bound and one.created_at >= now - timedelta(days=1)]),
    ):
        if found:
            yield words, len(found), "\n\n".join(_listed(actor, found, zone, url))


def _absent(actor: Actor, task: Task) -> str:
    """For whom the actor would do a task, in words; "" in the own name."""
    found = engine.standing_in(actor, task)
    return f"for {found.name}: " if found else ""


def _listed(actor: Actor, tasks: list[Task], zone: ZoneInfo, url: str) -> Iterator[str]:
    for one in tasks[:MOST]:
        due = f", due {wording.local(one.due, zone.key)}" if one.due else ""
        said = f"{_absent(actor, one)}{one.name} ({one.instance_title}){due}"
        yield wording.entry(Line("", said, f"/inbox/{one.id}"), url)
    if len(tasks) > MOST:
        yield f"… and {len(tasks) - MOST} more."


def _stale(unit: Unit, actor: Actor, url: str) -> Iterator[tuple[str, int, str]]:
    """Forecasts whose day has passed without news: those of one's own milestones, and of projects that one manages."""
    import processes  # noqa: PLC0415  as above

    found = processes.stale_forecasts(unit, actor)
    lines = [
        wording.entry(
            Line(
                "",
                f"{one.name} ({one.title}) was expected on {one.forecast.isoformat()}, and nothing was said since"
                f" ({one.days} {'day' if one.days == 1 else 'days'})",
                f"/projects/{one.project}/performance/stale",
            ),
            url,
        )
        for one in found[:MOST]
    ]
    if found:
        yield "stale forecasts" if len(found) > 1 else "stale forecast", len(found), "\n\n".join(lines)


def _news(waiting: Any) -> Iterator[tuple[str, int, str]]:
    if waiting:
        yield "news", len(waiting), "\n\n".join(f"{one.title}\n{wording.without_foot(one.text)}" for one in waiting)
