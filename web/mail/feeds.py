"""Calendar feeds: a secret address for each person, made and withdrawn by them, and what it shows."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

import engine
import processes
from engine import Actor, NotFound, PersonRow, Unit
from web.config import Config
from web.mail import calendars
from web.mail.wording import About
from web.people.tables import AccountRow

SECRET_BYTES = 24
MOST = 500


def open_feed(unit: Unit, person: str, by: Actor) -> str:
    """A new secret for a person's feed; the one before is void. Only its hash is kept. Raises NotFound."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    _row(unit, person).calendar_hash = _hash(secret)
    engine.log(unit, "person.feed-opened", "person", person, by)
    return secret


def close_feed(unit: Unit, person: str, by: Actor) -> None:
    """Void the secret of a person's feed. Raises NotFound."""
    row = _row(unit, person)
    if row.calendar_hash is not None:
        row.calendar_hash = None
        engine.log(unit, "person.feed-closed", "person", person, by)


def owner_of(unit: Unit, secret: str) -> str:
    """Whose feed has this secret. Raises NotFound, also for people who no longer act."""
    query = select(AccountRow.person_id).join(PersonRow, PersonRow.id == AccountRow.person_id)
    found = unit.session.scalar(query.where(AccountRow.calendar_hash == _hash(secret), PersonRow.active))
    if found is None:
        raise NotFound
    return found


def feed(unit: Unit, config: Config, actor: Actor) -> bytes:
    """A person's tasks with their due times, and reviews and milestones of the projects the person takes part in."""
    return calendars.feed(f"Milepost: {actor.name}", _entries(unit, config, actor))


def _entries(unit: Unit, config: Config, actor: Actor) -> Iterator[Any]:
    now = unit.clock()
    for one in engine.inbox(unit, actor, "todo", limit=MOST):
        if one.due is not None:
            yield calendars.task(config, now, one.id, f"{one.name} ({one.instance_title})", one.due)
    for project in processes.projects(unit, actor):
        about = About(project.id, project.title, project.zone)
        for meeting in processes.meetings(unit, project.id):
            at, place, agenda = meeting.scheduled_at, meeting.place, meeting.agenda
            if meeting.state == "held" or at > now:
                yield calendars.review(config, now, about, meeting.id, at, place, agenda)
        if project.status == "closed":
            continue
        for one in processes.milestones(unit, project.id):
            if one.dropped_on is None:
                title = f"{project.title}: {one.id} {one.name}" + (" ✓" if one.actual else "")
                yield calendars.milestone(now, project.id, one.id, title, one.actual or one.forecast)


def _row(unit: Unit, person: str) -> AccountRow:
    row = unit.session.get(AccountRow, person)
    if row is None:
        raise NotFound
    return row


def _hash(secret: str) -> str:
    """A plain hash is enough: the secret has 192 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
