"""The milestone plan: its values, read from rows and from sealed records, and its form's answers made whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select, union_all

import engine
from engine import Record, Unit, names
from processes.tables import BaselineRow, ChangeRow, ForecastRow, MilestoneRow
from processes.vocabulary import PLAN

ID = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,19}", re.ASCII)
"""What a milestone's id may look like: it stands in lists separated by spaces."""


@dataclass(frozen=True)
class Milestone:
    """A milestone as it stands. `target` moves by approved changes, `forecast` at any time, `baseline` never."""

    id: str
    sequence: int
    name: str
    deliverable: str
    criterion: str
    owner: str
    owner_name: str
    type: str
    tolerance: int
    weight: float
    after: tuple[str, ...]
    target: date
    baseline: date
    forecast: date
    actual: date | None
    status: str
    percent: int
    added_on: date | None
    dropped_on: date | None

    @property
    def open(self) -> bool:
        """Whether it is still to be reached."""
        return self.actual is None and self.dropped_on is None


@dataclass(frozen=True)
class Plan:
    """The plan of a project: the newest approved revision with its milestones, or none yet."""

    project: str
    record: str | None
    revision: int
    sha256: str
    baseline: int | None
    milestones: tuple[Milestone, ...]
    draft: Record | None
    """The newest sealed revision while no baseline has been approved."""

    def milestone(self, id: str) -> Milestone | None:
        """The milestone of this id."""
        return next((one for one in self.milestones if one.id == id), None)


@dataclass(frozen=True)
class Baseline:
    """One frozen baseline: its number, when it was frozen, from which record, and its dates by milestone."""

    number: int
    frozen_on: date
    record: str
    dates: Mapping[str, date]
    weights: Mapping[str, float]


@dataclass(frozen=True)
class Forecast:
    """What was said about a milestone on one day, by whom and where."""

    milestone: str
    recorded_on: date
    date: date | None
    kind: str
    by: str
    source: str
    instance: str


def plan(unit: Unit, project: str) -> Plan:
    """The plan of a project as it stands."""
    number = unit.session.scalar(
        select(BaselineRow.number).where(BaselineRow.project == project).order_by(BaselineRow.number.desc()).limit(1)
    )
    stands = _standing(unit, project) if number is not None else None
    return Plan(
        project,
        stands.id if stands else None,
        stands.revision if stands else 0,
        stands.sha256 if stands else "",
        number,
        milestones(unit, project),
        engine.current(unit, PLAN, project) if stands is None else None,
    )


def _standing(unit: Unit, project: str) -> Record | None:
    """The revision that was frozen, or that a change made last, when it came in force or was taken back.

    Not merely the newest that somebody sealed.
    """
    made = union_all(
        select(ChangeRow.applied_as.label("record"), ChangeRow.applied_at.label("at")).where(
            ChangeRow.project == project, ChangeRow.applied_as.is_not(None)
        ),
        select(ChangeRow.reverted_as, ChangeRow.reverted_at).where(
            ChangeRow.project == project, ChangeRow.reverted_as.is_not(None)
        ),
    ).subquery()
    last = select(func.max(made.c.at)).scalar_subquery()
    applied = unit.session.scalars(select(made.c.record).where(made.c.at == last)).all()
    frozen = select(BaselineRow.record).where(BaselineRow.project == project, BaselineRow.number == 0).limit(1)
    ids = applied or unit.session.scalars(frozen).all()
    return max((engine.record(unit, one) for one in ids if one), key=lambda one: one.revision, default=None)


def has_baseline(unit: Unit, project: str) -> bool:
    """Whether a baseline of the project has been approved and frozen."""
    return unit.session.scalar(select(BaselineRow.number).where(BaselineRow.project == project).limit(1)) is not None


def milestones(unit: Unit, project: str) -> tuple[Milestone, ...]:
    """All milestones of the approved plan, dropped ones among them, in their order."""
    rows = milestone_rows(unit, project)
    printed = names(unit, {row.owner for row in rows})
    return tuple(_milestone(row, printed) for row in rows)


_MILESTONES = select(MilestoneRow).where(MilestoneRow.project == bindparam("project")).order_by(MilestoneRow.sequence)
# Nearly every step asks for them: a statement that is built once costs a third.


def milestone_rows(unit: Unit, project: str) -> list[MilestoneRow]:
    """The rows of a project's milestones in their order."""
    return list(unit.session.scalars(_MILESTONES, {"project": project}))


def baselines(unit: Unit, project: str) -> list[Baseline]:
    """The frozen baselines, the first one first."""
    query = select(BaselineRow).where(BaselineRow.project == project).order_by(BaselineRow.number, BaselineRow.date)
    found: dict[int, list[BaselineRow]] = {}
    for row in unit.session.scalars(query):
        found.setdefault(row.number, []).append(row)
    return [
        Baseline(
            number,
            rows[0].frozen_on,
            rows[0].record,
            {row.milestone: row.date for row in rows},
            {row.milestone: row.weight for row in rows},
        )
        for number, rows in found.items()
    ]


def forecasts(unit: Unit, project: str, milestone: str | None = None) -> list[Forecast]:
    """Every forecast ever made in a project, in the order of recording."""
    columns = (
        ForecastRow.milestone, ForecastRow.recorded_on, ForecastRow.date, ForecastRow.kind, ForecastRow.by,
        ForecastRow.source, ForecastRow.instance,
    )  # fmt: skip
    query = select(*columns).where(ForecastRow.project == project)
    if milestone is not None:
        query = query.where(ForecastRow.milestone == milestone)
    return [Forecast(*row) for row in unit.session.execute(query.order_by(ForecastRow.id))]


def recorded_on(unit: Unit, project: str) -> dict[str, date]:
    """On which day each milestone was recorded as reached, which may be long after the day on which it was."""
    query = select(ForecastRow.milestone, ForecastRow.recorded_on).where(ForecastRow.project == project)
    rows = unit.session.execute(query.where(ForecastRow.kind == "actual").order_by(ForecastRow.id))
    return {row.milestone: row.recorded_on for row in rows}


def planned(record: Record) -> list[dict[str, Any]]:
    """The milestones that a sealed plan names, as its data hold them; dates as ISO text."""
    return [dict(one) for one in record.data["milestones"]]


def from_answers(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The milestones that a plan form was answered with, every key present."""
    return [
        {
            "id": _text(row, "id"),
            "name": _text(row, "name"),
            "deliverable": _text(row, "deliverable"),
            "criterion": _text(row, "criterion"),
            "owner": _text(row, "owner"),
            "target": _text(row, "target"),
            "type": _text(row, "type") or "internal",
            "tolerance": int(row.get("tolerance") or 0),
            "weight": 1 if row.get("weight") is None else row["weight"],
            "after": " ".join(_text(row, "after").replace(",", " ").split()),
            "actual": _text(row, "actual") or None,
        }
        for row in rows
    ]


def from_rows(rows: Iterable[MilestoneRow]) -> list[dict[str, Any]]:
    """The milestones of the approved plan in the same shape, without dropped ones."""
    return [
        {
            "id": row.id,
            "name": row.name,
            "deliverable": row.deliverable,
            "criterion": row.criterion,
            "owner": row.owner,
            "target": row.target.isoformat(),
            "type": row.type,
            "tolerance": row.tolerance,
            "weight": row.weight,
            "after": row.after,
            "actual": row.actual.isoformat() if row.actual else None,
        }
        for row in rows
        if row.dropped_on is None
    ]


def differing(rows: Iterable[MilestoneRow], record: Record) -> list[str]:
    """The ids of milestones kept otherwise than the approved record says; what was reached since may differ."""
    kept = {row["id"]: {**row, "actual": None} for row in from_rows(rows)}
    sealed = {row["id"]: {**row, "actual": None} for row in record.data["milestones"]}
    return sorted(one for one in kept.keys() | sealed.keys() if kept.get(one) != sealed.get(one))


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "").strip()


def _milestone(row: MilestoneRow, printed: Mapping[str, str]) -> Milestone:
    return Milestone(
        id=row.id,
        sequence=row.sequence,
        name=row.name,
        deliverable=row.deliverable,
        criterion=row.criterion,
        owner=row.owner,
        owner_name=printed.get(row.owner, row.owner),
        type=row.type,
        tolerance=row.tolerance,
        weight=row.weight,
        after=tuple(row.after.split()),
        target=row.target,
        baseline=row.baseline,
        forecast=row.forecast,
        actual=row.actual,
        status=row.status,
        percent=row.percent,
        added_on=row.added_on,
        dropped_on=row.dropped_on,
    )
