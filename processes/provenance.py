"""Where a record comes from and who was told of it, for whoever was not there. It is not sealed itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

import engine
from engine import Field, Record, Section, Table, Unit
from processes.calendar import local_words
from processes.communication import mailed
from processes.people import role_of
from processes.revisions import history
from processes.tables import CommunicationRow, ProjectRow


def provenance(unit: Unit, record: Record) -> list[Mapping[str, Any]]:
    """Sections to be read behind those of a record: the version of the procedure that it was made by, and the task and
    the line of the log that it comes from; and who was told of it, through what, and whether it arrived (5.4e)."""
    about = unit.session.get(ProjectRow, record.subject)
    zone = about.zone if about else "UTC"
    definition, instance = engine.definition(unit, record.definition), engine.instance(unit, record.instance)
    sealed = engine.events(unit, kind="record.sealed", entity="record", entity_id=record.id)
    task = engine.task(unit, record.task, engine.THE_SYSTEM) if record.task else None
    fields = [
        Field("SOP", _version(unit, record.sealed_at)),
        Field("Procedure", f"{definition.name}, version {definition.version}, edition {definition.edition}"),
        Field("Procedure (SHA-256)", definition.digest),
        Field("Came about in", instance.title or definition.name),
        Field("Task", f"{task.name} ({task.role})" if task else "None: the program wrote it by itself"),
        Field("Sealed", local_words(record.sealed_at, zone)),
        Field("In the log", ", ".join(f"No. {one.seq}" for one in sealed) or None),
    ]
    told = [*_told(unit, record, zone)]
    columns = ["Who", "Role", "What", "When", "Channel", "Result"]
    found = [Section("Where it comes from", fields)]
    if told:
        found.append(Section("Who was told", table=Table(columns, told)))
    return [one.to_json() for one in found]


def _version(unit: Unit, at: datetime) -> str:
    """The version of the SOP that applied at an instant, and by whom it was approved."""
    day = at.date()
    applied = [one for one in history(unit) if one.state == "imported" or _began(one, day)]
    approved = f"approved by {applied[-1].approver}" if applied[-1].approver else "imported, not approved"
    return f"Version {applied[-1].version}, {approved}"


def _began(one: Any, day: Any) -> bool:
    return one.state in ("effective", "superseded") and one.effective_on is not None and one.effective_on <= day


def _told(unit: Unit, record: Record, zone: str) -> Iterator[list[str]]:
    query = select(CommunicationRow).where(
        CommunicationRow.project == record.subject, CommunicationRow.record == record.id
    )
    rows = list(unit.session.scalars(query.order_by(CommunicationRow.at, CommunicationRow.id)))
    printed = engine.names(unit, {one.recipient for one in rows})
    for one in rows:
        what = one.about.replace("-", " ").capitalize()
        role = role_of(unit, record.subject, one.recipient) or "guest"
        yield [printed[one.recipient], role, what, local_words(one.at, zone), one.channel, one.result]
    for about, key, instance in dict.fromkeys((one.about, one.key, one.instance or "") for one in rows):
        for person, sent in sorted(mailed(unit, record.subject, instance, about, key).items()):
            for at, result in sent if person in printed else ():
                role = role_of(unit, record.subject, person) or "guest"
                when = local_words(datetime.fromisoformat(at), zone)
                yield [printed[person], role, about.replace("-", " ").capitalize(), when, "mail", result]
