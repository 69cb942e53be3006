"""People as the engine knows them: an id that is never used again, a name to print, and whether they still act."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from engine.errors import Conflict, NotFound, Refused
from engine.ledger import log
from engine.tables import PersonRow
from engine.unit import Unit
from engine.values import SYSTEM, Actor


@dataclass(frozen=True)
class Person:
    """Somebody who can act."""

    id: str
    name: str
    active: bool


def add_person(unit: Unit, person_id: str, name: str, by: Actor) -> Person:
    """Make somebody known. Raises Conflict for an id that has been used, ever, and Refused for an unfit one."""
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise Refused("Give the name as it is to be printed in records.")
    if not person_id or len(person_id) > 64 or person_id == SYSTEM:
        raise Refused("This cannot be used as a person's id.")
    if unit.session.get(PersonRow, person_id) is not None:
        raise Conflict("This id has been given to somebody already, and is never given twice.")
    unit.session.add(PersonRow(id=person_id, name=name, active=True))
    log(unit, "person.added", "person", person_id, by, said={"person": person_id, "name": name})
    return Person(person_id, name, True)


def set_active(unit: Unit, person_id: str, active: bool, by: Actor, reason: str = "") -> None:
    """Let somebody act, or no longer. Raises NotFound."""
    row = unit.session.get(PersonRow, person_id)
    if row is None:
        raise NotFound
    if row.active != active:
        row.active = active
        log(unit, "person.activated" if active else "person.deactivated", "person", person_id, by, reason=reason)


def person(unit: Unit, person_id: str) -> Person:
    """One person. Raises NotFound."""
    row = unit.session.get(PersonRow, person_id)
    if row is None:
        raise NotFound
    return Person(row.id, row.name, row.active)


def people(unit: Unit, ids: Collection[str] | None = None, *, active: bool | None = None) -> list[Person]:
    """People by name; only those of the given ids, if any are given."""
    query = select(PersonRow)
    if ids is not None:
        query = query.where(PersonRow.id.in_(list(ids)))
    if active is not None:
        query = query.where(PersonRow.active == active)
    return [Person(row.id, row.name, row.active) for row in unit.session.scalars(query.order_by(PersonRow.name))]


_NAMES = select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(bindparam("ids", expanding=True)))


def names(unit: Unit, ids: Collection[str]) -> dict[str, str]:
    """Printed names of these ids; the program itself is called Milepost. An unknown id stands for itself."""
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    rows = unit.session.execute(_NAMES, {"ids": list(wanted)})
    own = {SYSTEM: "Milepost"} if SYSTEM in wanted else {}
    return {**{one: one for one in wanted}, **{row.id: row.name for row in rows}, **own}
