"""People and their accounts: adding, changing, deactivating; each change is one event in the log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, bindparam, func, select

import engine
from engine import THE_SYSTEM, Actor, NotFound, PersonRow, Unit, log
from web.config import ADDRESS
from web.errors import PersonRefused
from web.people.passwords import Code, check_new_password, hash_password, hashed_code
from web.people.tables import AccountRow
from web.work import milepost

LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,62}[a-z0-9])?")
CODE_DAYS = 7
ORGANISATION_ROLES: Mapping[str, str] = {
    "administrator": "Administrator",
    "process_admin": "Process Admin",
    "compliance": "Compliance",
}
"""Column of the account -> name of the role, held in the organisation (subject "")."""
MAIL: Mapping[str, str] = {
    "at-once": "At once, as it happens",
    "daily": "Once a day, all in one mail",
    "duties": "Only what has to be done, nothing else",
}
"""When mail is sent to somebody -> how pages say it."""


@dataclass(frozen=True)
class Account:
    """A person with an account, as it stood when it was read."""

    person: str
    name: str
    active: bool
    login: str
    password_hash: str
    must_change: bool
    code_expires_at: datetime | None
    organisation_roles: frozenset[str]
    failures: int
    locked_until: datetime | None
    epoch: int
    created_at: datetime
    email: str
    mail: str
    calendar_hash: str | None
    deputy: bool
    """Whether anybody has ever named this person as deputy, for whatever time."""


_ACCOUNT, _PERSON = AccountRow.__table__, PersonRow.__table__
_ACCOUNTS = select(
    *_ACCOUNT.c, _PERSON.c.name, _PERSON.c.active, engine.was_named_deputy(_ACCOUNT.c.person_id).label("deputy")
).join_from(_ACCOUNT, _PERSON, _PERSON.c.id == _ACCOUNT.c.person_id)
# Asked by every request: built once, as building a statement costs as much as sending it.
_BY_PERSON = _ACCOUNTS.where(_ACCOUNT.c.person_id == bindparam("person"))
_BY_LOGIN = _ACCOUNTS.where(_ACCOUNT.c.login == bindparam("login"))


def account(unit: Unit, *, person: str | None = None, login: str | None = None) -> Account | None:
    """The account of a person, or the one with this login; None when there is none."""
    unit.session.flush()  # the ORM does so by itself where it is asked for its own rows
    if person is not None:
        found = unit.session.connection().execute(_BY_PERSON, {"person": person}).first()
    else:
        found = unit.session.execute(_BY_LOGIN, {"login": (login or "").strip().casefold()}).first()
    return _account(found) if found else None


def accounts(unit: Unit) -> list[Account]:
    """Everybody with an account, by name."""
    unit.session.flush()
    query = _ACCOUNTS.order_by(func.lower(_PERSON.c.name), _PERSON.c.id)
    return [_account(row) for row in unit.session.execute(query)]


def has_administrator(unit: Unit) -> bool:
    """Whether somebody active can administer this Milepost."""
    return _administrators(unit) > 0


def actor_of(unit: Unit, person: str) -> Actor:
    """A person as an actor: name and roles, in projects and in the organisation. Raises NotFound."""
    found = account(unit, person=person)
    if found is not None:
        return actor_from(unit, found)
    row = unit.session.get(PersonRow, person)
    if row is None:
        raise NotFound
    return Actor(person, row.name, dict(milepost().roles(unit, person)))


def actor_from(unit: Unit, found: Account) -> Actor:
    """The actor behind an account, with whom it stands in for; a deactivated person holds no role."""
    if not found.active:
        return Actor(found.person, found.name)
    roles = dict(milepost().roles(unit, found.person))
    if found.organisation_roles:
        roles[""] = roles.get("", frozenset()) | found.organisation_roles
    barred = milepost().barred
    stands_in = engine.stands_in(unit, found.person, milepost().roles, barred) if found.deputy else ()
    return Actor(found.person, found.name, roles, stands_in, barred(unit, found.person, roles))


def add_person(
    unit: Unit,
    login: str,
    name: str,
    by: Actor,
    *,
    roles: frozenset[str] = frozenset(),
    person: str | None = None,
    code: Code | None = None,
) -> tuple[str, str]:
    """Add an account for a new person, or for `person` who exists already; gives (person id, one-time code).

    The code is valid for seven days and only lets its owner choose a password. Raises PersonRefused by field.
    """
    login, name = login.strip().casefold(), " ".join(name.split())
    _check_person(unit, login, name)
    code = code or hashed_code()
    if person is None:
        person = uuid4().hex
        engine.add_person(unit, person, name, by)
        unit.session.flush()
    now = unit.clock()
    row = AccountRow(
        person_id=person,
        login=login,
        password_hash=code.hashed,
        must_change=True,
        code_expires_at=now + timedelta(days=CODE_DAYS),
        created_at=now,
        **{column: role in roles for column, role in ORGANISATION_ROLES.items()},
    )
    unit.session.add(row)
    log(unit, "person.account-added", "person", person, by, new=sorted(roles), said={"login": login})
    return person, code.text


def set_password(unit: Unit, person: str, password: str, by: Actor | None = None, *, hashed: str | None = None) -> None:
    """Give a person a password of their own choice; ends all their sessions. Raises PasswordRefused, NotFound.

    `hashed` is its hash, where that has been made already.
    """
    row, who = _rows(unit, person)
    checked = check_new_password(password, row.login, who.name)
    row.password_hash = hashed or hash_password(checked)
    row.must_change, row.code_expires_at = False, None
    row.failures, row.locked_until = 0, None
    row.epoch += 1
    log(unit, "person.password-changed", "person", person, by or Actor(person, who.name))


def reset_password(unit: Unit, person: str, by: Actor, code: Code | None = None) -> str:
    """Replace a person's password by a one-time code, valid for seven days; ends all sessions. Gives the code."""
    row, _who = _rows(unit, person)
    code = code or hashed_code()
    row.password_hash, row.must_change = code.hashed, True
    row.code_expires_at = unit.clock() + timedelta(days=CODE_DAYS)
    row.failures, row.locked_until = 0, None
    row.epoch += 1
    log(unit, "person.password-reset", "person", person, by)
    return code.text


def set_active(unit: Unit, person: str, active: bool, by: Actor, reason: str = "") -> None:
    """Deactivate a person (ends all sessions, takes all roles) or let them in again. Raises PersonRefused."""
    row, who = _rows(unit, person)
    if who.active == active:
        return
    if not active and row.administrator and _administrators(unit) == 1:
        raise PersonRefused({"active": "This is the last administrator. Name another one first."})
    engine.set_active(unit, person, active, by, reason)
    row.epoch += 1
    if not active:
        unit.session.flush()
        milepost().left(unit, person, by)


def set_organisation_roles(unit: Unit, person: str, roles: frozenset[str], by: Actor) -> None:
    """Say which roles a person holds in the organisation. Raises PersonRefused for the last administrator."""
    row, who = _rows(unit, person)
    old = _organisation_roles(row)
    if old == roles:
        return
    if row.administrator and "Administrator" not in roles and who.active and _administrators(unit) == 1:
        raise PersonRefused({"roles": "This is the last administrator. Name another one first."})
    for column, role in ORGANISATION_ROLES.items():
        setattr(row, column, role in roles)
    log(unit, "person.roles-changed", "person", person, by, old=sorted(old), new=sorted(roles))


def set_mail(unit: Unit, person: str, email: str, mail: str, by: Actor) -> None:
    """Say where mail to a person goes (nowhere: empty), and when it is sent. Raises PersonRefused, NotFound."""
    row, _who = _rows(unit, person)
    email = email.strip()
    errors = {}
    if email and (len(email) > 254 or not ADDRESS.fullmatch(email)):
        errors["email"] = "Write one address, such as ines@example.org."
    if mail not in MAIL:
        errors["mail"] = "Choose when mail is sent."
    if errors:
        raise PersonRefused(errors)
    old = {"email": row.email or "", "mail": row.mail}
    if old != {"email": email, "mail": mail}:
        row.email, row.mail = email or None, mail
        said = {"email": email, "was": old["email"]}
        log(unit, "person.mail-changed", "person", person, by, old=old["mail"], new=mail, said=said)


def end_sessions(unit: Unit, person: str) -> None:
    """End all sessions of a person, who is signing out."""
    row, who = _rows(unit, person)
    row.epoch += 1
    log(unit, "person.signed-out", "person", person, Actor(person, who.name))


def administrator_for_commands(unit: Unit, login: str | None) -> Actor:
    """Who acts when a command is run: the account named, or the program itself. Raises PersonRefused."""
    if login is None:
        return THE_SYSTEM
    found = account(unit, login=login)
    if found is None or not found.active:
        raise PersonRefused({"login": f"There is no active account {login}."})
    return actor_from(unit, found)


def _check_person(unit: Unit, login: str, name: str) -> None:
    errors: dict[str, str] = {}
    if not LOGIN.fullmatch(login):
        errors["login"] = "Use 1 to 64 small letters, digits and . _ @ -, beginning and ending with a letter or digit."
    elif account(unit, login=login):
        errors["login"] = "Somebody has this login already."
    if not name or len(name) > 200 or not name.isprintable():
        errors["name"] = "Give the name as it is to be printed in records, 1 to 200 characters."
    if errors:
        raise PersonRefused(errors)


def _rows(unit: Unit, person: str) -> tuple[AccountRow, PersonRow]:
    row, who = unit.session.get(AccountRow, person), unit.session.get(PersonRow, person)
    if row is None or who is None:
        raise NotFound
    return row, who


def _administrators(unit: Unit) -> int:
    query = select(func.count()).select_from(AccountRow).join(PersonRow, PersonRow.id == AccountRow.person_id)
    return unit.session.scalar(query.where(AccountRow.administrator, PersonRow.active)) or 0


def _organisation_roles(row: AccountRow | Row[Any]) -> frozenset[str]:
    return frozenset(role for column, role in ORGANISATION_ROLES.items() if getattr(row, column))


def _account(row: Row[Any]) -> Account:
    return Account(
        person=row.person_id,
        name=row.name,
        active=row.active,
        login=row.login,
        password_hash=row.password_hash,
        must_change=row.must_change,
        code_expires_at=row.code_expires_at,
        organisation_roles=_organisation_roles(row),
        failures=row.failures,
        locked_until=row.locked_until,
        epoch=row.epoch,
        created_at=row.created_at,
        email=row.email or "",
        mail=row.mail,
        calendar_hash=row.calendar_hash,
        deputy=row.deputy,
    )
