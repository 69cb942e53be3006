"""Who is signed in: the session cookie, what ends it, and the actor of the request."""

from __future__ import annotations

from flask import g, session
from sqlalchemy.exc import SQLAlchemyError

from engine import Actor
from web.errors import SignInNeeded
from web.people.accounts import Account, account, actor_from
from web.work import milepost, unit

LONGEST_HOURS = 12
REFRESH_SECONDS = 60
"""The cookie is written anew at most this often."""


def begin_session(found: Account) -> None:
    """Sign this account in, in a session that shares nothing with the one before."""
    session.clear()
    g.pop("csrf_token", None)
    g.pop("actor", None)
    now = int(milepost().clock().timestamp())
    session.update(person=found.person, epoch=found.epoch, seen=now, began=now)


def end_session() -> None:
    """Forget who was signed in."""
    session.clear()
    g.pop("csrf_token", None)
    g.actor = (None, None)


def current_account() -> Account | None:
    """The account that is signed in and may be; None otherwise."""
    return _current()[1]


def current_actor() -> Actor:
    """Who acts in this request. Raises SignInNeeded."""
    actor = _current()[0]
    if actor is None:
        raise SignInNeeded
    return actor


def actor_or_none() -> Actor | None:
    """Who acts in this request, for pages that strangers may see; None too while the database cannot be read."""
    try:
        return _current()[0]
    except SQLAlchemyError:
        return None


def person_of_session() -> str | None:
    """Whose session this is or was, even when it has run out."""
    return session.get("person")


def refresh() -> None:
    """Note that the session is in use."""
    now = int(milepost().clock().timestamp())
    if now - session.get("seen", now) >= REFRESH_SECONDS:
        session["seen"] = now


def _current() -> tuple[Actor | None, Account | None]:
    if "actor" not in g:
        found = _valid_account()
        g.actor = (actor_from(unit(), found) if found else None, found)
    return g.actor


def _valid_account() -> Account | None:
    person, seen, began = session.get("person"), session.get("seen", 0), session.get("began", 0)
    if person is None:
        return None
    parts = milepost()
    now = int(parts.clock().timestamp())
    if now - seen >= parts.config.session_minutes * 60 or now - began >= LONGEST_HOURS * 3600:
        return None
    found = account(unit(), person=person)
    if found is None or not found.active or found.epoch != session.get("epoch"):
        return None
    return found
