"""Migrations as they were asked for, what came of them, and on which versions an instance has been."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from engine.errors import NotFound
from engine.tables import DefinitionRow, InstanceRow, MigrationRow, OutcomeRow
from engine.unit import Unit


@dataclass(frozen=True)
class Migration:
    """What was asked for: these instances are to follow to a definition. `done` of them have an outcome."""

    id: str
    process: str
    definition: str
    version: int
    mapping: Mapping[str, str]
    chosen: Mapping[str, str]
    reason: str
    person: str
    at: datetime
    done: int

    @property
    def finished(self) -> bool:
        """Whether every instance has its outcome."""
        return self.done == len(self.chosen)


@dataclass(frozen=True)
class Outcome:
    """What came of it for one instance: migrated, blocked, moved (it went on meanwhile) or failed."""

    instance: str
    title: str
    subject: str
    outcome: str
    source: str
    source_version: int
    kept: tuple[Mapping[str, str], ...]
    blockers: tuple[Mapping[str, str], ...]
    notes: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class Stay:
    """A version on which an instance was, until `until`; None for the one it is on. Who let it follow, and why."""

    definition: str
    version: int
    until: datetime | None
    person: str
    reason: str
    migration: str


_DONE = (
    select(func.count())
    .where(OutcomeRow.migration_id == MigrationRow.id)
    .correlate(MigrationRow)
    .scalar_subquery()
)


def _query() -> Select:
    return select(MigrationRow, DefinitionRow.version, _DONE).join(
        DefinitionRow, DefinitionRow.id == MigrationRow.definition_id
    )


def _migration(row: MigrationRow, version: int, done: int) -> Migration:
    return Migration(
        row.id, row.process, row.definition_id, version, json.loads(row.mapping), json.loads(row.chosen), row.reason,
        row.person, row.at, done,
    )  # fmt: skip


def migration(unit: Unit, migration_id: str) -> Migration:
    """One migration. Raises NotFound."""
    found = unit.session.execute(_query().where(MigrationRow.id == migration_id)).first()
    if found is None:
        raise NotFound
    return _migration(*found)


def migrations(unit: Unit, process: str | None = None, limit: int = 50) -> list[Migration]:
    """Migrations, of one process or of all, the newest first."""
    query = _query().order_by(MigrationRow.at.desc(), MigrationRow.id).limit(limit)
    if process is not None:
        query = query.where(MigrationRow.process == process)
    return [_migration(*found) for found in unit.session.execute(query)]


def unfinished(unit: Unit) -> list[tuple[str, str]]:
    """(migration, instance) of everything that was asked for and has no outcome yet, the oldest first."""
    query = select(MigrationRow).where(MigrationRow.number > _DONE).order_by(MigrationRow.at, MigrationRow.id)
    found = []
    for row in unit.session.scalars(query):
        done = set(unit.session.scalars(select(OutcomeRow.instance_id).where(OutcomeRow.migration_id == row.id)))
        found += [(row.id, one) for one in sorted(json.loads(row.chosen)) if one not in done]
    return found


def outcomes(unit: Unit, migration_id: str, instance: str | None = None) -> list[Outcome]:
    """What came of a migration, for one instance or for all, in the order in which they were dealt with."""
    query = (
        select(OutcomeRow, InstanceRow, DefinitionRow.version)
        .join(InstanceRow, InstanceRow.id == OutcomeRow.instance_id)
        .join(DefinitionRow, DefinitionRow.id == OutcomeRow.source_id)
        .where(OutcomeRow.migration_id == migration_id)
        .order_by(OutcomeRow.seq)
    )
    if instance is not None:
        query = query.where(OutcomeRow.instance_id == instance)
    found = []
    for row, of, version in unit.session.execute(query):
        report = json.loads(row.report)
        found.append(
            Outcome(
                row.instance_id, of.title, of.subject, row.outcome, row.source_id, version, tuple(report["kept"]),
                tuple(report["blockers"]), tuple(report["notes"]), row.at,
            )
        )  # fmt: skip
    return found


def stays(unit: Unit, instance_id: str) -> list[Stay]:
    """The versions on which an instance has been, in order; the last one is the one that it is on. Raises NotFound."""
    row = unit.session.get(InstanceRow, instance_id)
    if row is None:
        raise NotFound
    query = (
        select(OutcomeRow, MigrationRow, DefinitionRow)
        .join(MigrationRow, MigrationRow.id == OutcomeRow.migration_id)
        .join(DefinitionRow, DefinitionRow.id == OutcomeRow.source_id)
        .where(OutcomeRow.instance_id == instance_id, OutcomeRow.outcome == "migrated")
        .order_by(OutcomeRow.seq)
    )
    found = [
        Stay(of.id, of.version, one.at, asked.person, asked.reason, asked.id)
        for one, asked, of in unit.session.execute(query)
    ]
    now = unit.session.get(DefinitionRow, row.definition_id)
    assert now is not None
    return [*found, Stay(now.id, now.version, None, "", "", "")]
