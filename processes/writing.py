"""Writing the project's rows: each object that is added or changed leaves one event, in the same transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect

import engine
from engine import Base, Unit, Work
from processes.calendar import iso

PERSONAL = frozenset(
    "agenda apologies approver attendees author by called_by claimed_by comment criterion decided_by delegates "
    "deliverable description disposition ended_by entitled evidence held invitees judged_by link name new old origin "
    "owner person place proposed_by purpose raised_by readers reason recipient released_by remark respondents set_by "
    "settings text title votes why why_open".split()
)
"""Columns that say who somebody is or hold what somebody wrote: the event commits to them and does not show them."""

BULKY = frozenset({"cut"})
"""Columns whose event holds only the hash of their canonical JSON."""


@dataclass(frozen=True)
class Writing:
    """Who writes, about which project, and at which place of which instance."""

    unit: Unit
    by: engine.Actor
    project: str
    instance: str | None = None
    task: str | None = None
    element: str | None = None
    role: str = ""

    @classmethod
    def of(cls, work: Work) -> Writing:
        """The person who completes a task, or the program where no person does."""
        by = work.actor if work.answers is not None else engine.THE_SYSTEM
        return cls(work.unit, by, work.subject, work.instance, work.task, work.call.element, work.role)

    def add(self, row: Base, *, ident: str = "", reason: str = "") -> None:
        """Add a row, with its event. `ident` names an object whose row gets its number from the database."""
        facts, said = _split({name: getattr(row, name) for name in _columns(row)})
        self.unit.session.add(row)
        kind = f"{kind_of(type(row))}.added"
        self.event(kind, row.__tablename__, ident or _ident(row), new=facts, said=said, reason=reason)

    def change(self, row: Base, *, reason: str = "", **values: Any) -> bool:
        """Give a row new values, with one event for those that differ; whether there were any."""
        old = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
        if not old:
            return False
        before, was = _split(old)
        after, now = _split({name: values[name] for name in old})
        for name in old:
            setattr(row, name, values[name])
        said = {**now, **({"was": was} if was else {})}
        kind = f"{kind_of(type(row))}.changed"
        self.event(kind, row.__tablename__, _ident(row), old=before, new=after, said=said, reason=reason)
        return True

    def event(
        self,
        kind: str,
        entity: str,
        ident: str,
        *,
        old: Any = None,
        new: Any = None,
        said: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> None:
        """One event of this place and person."""
        engine.log(
            self.unit,
            kind,
            entity,
            ident,
            self.by,
            subject=self.project,
            instance=self.instance,
            task=self.task,
            element=self.element,
            role=self.role,
            old=old,
            new=new,
            said=said,
            reason=reason,
        )


def digest(value: Any) -> str:
    """The SHA-256 of the canonical JSON of a value, in hex."""
    return hashlib.sha256(engine.canonical(value)).hexdigest()


def plain(value: Any) -> Any:
    """A column's value as JSON: days and instants as ISO text."""
    if isinstance(value, datetime):
        return iso(value)
    return value.isoformat() if isinstance(value, date) else value


def _columns(row: Base) -> list[str]:
    return [column.key for column in inspect(type(row)).column_attrs]


def _ident(row: Base) -> str:
    keys = [str(getattr(row, column.name)) for column in inspect(type(row)).primary_key]
    return "/".join(keys)


def kind_of(kind: type[Base]) -> str:
    """What events call rows of this kind: `meeting-move.added`."""
    return str(kind.__tablename__).replace("_", "-")


def _split(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what an event shows, what it only commits to)."""
    facts: dict[str, Any] = {}
    said: dict[str, Any] = {}
    for name, value in values.items():
        if value is None:
            facts[name] = None
        elif name in BULKY:
            facts[name] = digest(value)
        else:
            (said if name in PERSONAL else facts)[name] = plain(value)
    return facts, said
