"""What forms show and begin with, by name: tables of what is known, and initial values of what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import select

import engine
from engine import Record, Work, names
from processes.amendment import NEEDS
from processes.calendar import add_months
from processes.log import entries
from processes.people import everybody
from processes.performance import held_reviews
from processes.plan import milestone_rows, planned
from processes.projects import Project, project
from processes.records.change import TEXTS, change_lines
from processes.remarks import approval_lines, change_remarks, plan_remarks
from processes.responses import responses
from processes.reviews import actions, to_review
from processes.tables import ChangeRow, MeetingRow, PeriodRow
from processes.updates import Update, expected, updates
from processes.vocabulary import CHANGE, KIND_WORDS, MINUTES, PLAN, STATUS_WORDS

TABLES = frozenset(
    "my_milestones plan_remarks approvals updates entries missed metrics trend report actions_open minutes_remarks"
    " change_remarks change_lines".split()
)
"""Tables that a form may show."""

VALUES = frozenset(
    "today project_title period last_review review_by plan review minutes change milestones_open"
    " milestones_review".split()
)
"""Texts that a form may show, and initial values that it may begin with."""


def context(work: Work, wanted: frozenset[str]) -> dict[str, Any]:
    """The values of these names for the task at work; tables that its process does not know are empty."""
    known = _BY_PROCESS.get(work.process, _Known)(work)
    found = {name: getattr(known, name, None) for name in wanted & (TABLES | VALUES)}
    return {name: value for name, value in found.items() if value is not None} | {
        name: [] for name, value in found.items() if value is None and name in TABLES
    }


class _Known:
    """What every form may show. Here and below, a value is found when it is asked for, by the name that forms use."""

    def __init__(self, work: Work) -> None:
        self._work, self._unit, self._subject = work, work.unit, work.subject

    @cached_property
    def _about(self) -> Project:
        return project(self._unit, self._subject)

    @property
    def today(self) -> str:
        return self._about.day(self._unit.clock()).isoformat()

    @property
    def project_title(self) -> str:
        return self._about.title


class _Setup(_Known):
    """The plan as it was handed in last, what was said to it, and what one owner is asked to accept."""

    @cached_property
    def _record(self) -> Record | None:
        return engine.current(self._unit, PLAN, self._subject)

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        return planned(self._record) if self._record else []

    @property
    def plan(self) -> dict[str, Any]:
        if self._record is None:
            return {"purpose": self._about.purpose, "tools": ""}
        data = self._record.data
        return {"purpose": data["purpose"], "tools": data["tools"], "milestones": self._rows}

    @property
    def my_milestones(self) -> list[dict[str, Any]]:
        return [row for row in self._rows if row["owner"] == self._work.key and not row["actual"]]

    @property
    def plan_remarks(self) -> list[dict[str, str]]:
        return plan_remarks(self._work, self._record, self._rows) if self._record else []

    @property
    def approvals(self) -> list[dict[str, str]]:
        return approval_lines(self._work, self._record) if self._record else []


class _Update(_Known):
    """What the person reports on, with last week's values; for the manager, what came and what is missing."""

    @cached_property
    def _period(self) -> PeriodRow | None:
        query = select(PeriodRow).where(PeriodRow.instance == self._work.instance)
        return self._unit.session.scalars(query).first()

    @cached_property
    def _updates(self) -> list[Update]:
        return updates(self._unit, self._subject, self._period.period) if self._period else []

    @property
    def period(self) -> str | None:
        return self._period.period if self._period else None

    @property
    def milestones_open(self) -> list[dict[str, Any]] | None:
        if self._period is None:
            return None
        key = self._work.key
        asked = [] if key is None else expected(self._unit, self._subject, self._period.period, key)
        return [
            {
                "milestone": row.id,
                "name": row.name,
                "status": row.status,
                "forecast": row.forecast.isoformat(),
                "actual": row.actual.isoformat() if row.actual else None,
                "percent": row.percent,
            }
            for row in asked
        ]

    @property
    def updates(self) -> list[dict[str, str]]:
        targets = {row.id: row.target for row in milestone_rows(self._unit, self._subject)}
        return [
            {
                "milestone": one.milestone,
                "name": one.milestone_name,
                "person": one.name,
                "status": STATUS_WORDS.get(one.status, one.status),
                "forecast": one.forecast.isoformat() if one.forecast else "",
                "change": f"{(one.forecast - targets[one.milestone]).days:+d}" if one.forecast else "",
                "late": "late" if one.late else "",
            }
            for one in self._updates
            if not one.missed
        ]

    @property
    def missed(self) -> list[dict[str, str]]:
        return [
            {"milestone": one.milestone, "name": one.milestone_name, "person": one.name}
            for one in self._updates
            if one.missed
        ]

    @property
    def entries(self) -> list[dict[str, str]] | None:
        if self._period is None:
            return None
        return [
            {
                "kind": KIND_WORDS.get(one.kind, one.kind),
                "milestone": one.milestone or "",
                "text": one.text,
                "person": one.name,
            }
            for one in entries(self._unit, self._subject, period=self._period.period, current=True)
        ]


class _Review(_Known):
    """When the next review must be held; the figures and the report of the data cut; what was said to it."""

    @cached_property
    def _held(self) -> MeetingRow | None:
        held = held_reviews(self._unit, self._subject)
        return held[-1] if held else None

    @cached_property
    def _since(self) -> date:
        return self._about.day(self._held.scheduled_at) if self._held else self._about.began_on

    @cached_property
    def _row(self) -> MeetingRow | None:
        query = select(MeetingRow).where(MeetingRow.instance == self._work.instance)
        return self._unit.session.scalars(query.order_by(MeetingRow.sequence.desc()).limit(1)).first()

    @property
    def _cut(self) -> dict[str, Any]:
        return (self._row.cut if self._row else None) or {}

    @cached_property
    def _minutes(self) -> Record | None:
        """The minutes of the meeting, if it was held."""
        record = engine.current(self._unit, MINUTES, self._subject, self._row.id) if self._row else None
        return record if record is not None and record.data["held"] else None

    @property
    def last_review(self) -> str:
        since = self._since.isoformat()
        return since if self._held else f"none; the project began on {since}"

    @property
    def review_by(self) -> str:
        return add_months(self._since, 1).isoformat()

    @property
    def milestones_review(self) -> list[dict[str, str]]:
        return to_review(self._unit, self._subject)

    @property
    def review(self) -> dict[str, Any]:
        row = self._row
        if row is None:
            return {"invitees": list(everybody(self._unit, self._subject))}
        return {"place": row.place, "agenda": row.agenda, "invitees": row.invitees}

    @property
    def actions_open(self) -> list[dict[str, str]]:
        return [
            {"id": one.id, "text": one.text, "owner": one.owner_name, "due": one.due.isoformat()}
            for one in actions(self._unit, self._subject, open_only=True)
        ]

    @property
    def metrics(self) -> list[dict[str, str]]:
        return self._cut.get("metrics", [])

    @property
    def trend(self) -> list[dict[str, str]]:
        return self._cut.get("trend", [])

    @property
    def report(self) -> list[dict[str, str]]:
        return self._cut.get("report", [])

    @property
    def minutes(self) -> dict[str, Any] | None:
        record = self._minutes
        return {name: record.data[name] for name in ("text", "plan_statement", "next_meeting")} if record else None

    @property
    def minutes_remarks(self) -> list[dict[str, str]] | None:
        if self._row is None:
            return None
        said = responses(self._unit, self._subject, "minutes" if self._minutes else "report", self._row.id)
        printed = names(self._unit, {one.person for one in said})
        return [{"name": printed[one.person], "decision": one.decision, "comment": one.comment} for one in said]


class _Change(_Known):
    """The change as it was described last, with what the approvers said to it."""

    @cached_property
    def _record(self) -> Record | None:
        query = select(ChangeRow.id).where(ChangeRow.instance == self._work.instance)
        change = self._unit.session.scalars(query).first()
        return engine.current(self._unit, CHANGE, self._subject, change) if change else None

    @property
    def change(self) -> dict[str, Any] | None:
        if self._record is None:
            return None
        data = self._record.data
        items = [
            {"action": one["action"], **{name: one[name] for name in NEEDS[one["action"]]}} for one in data["items"]
        ]
        return {**{name: data[name] for name in (*TEXTS, "cause", "urgency", "resources", "scope")}, "items": items}

    @property
    def change_lines(self) -> list[dict[str, str]] | None:
        if self._record is None:
            return None
        return [
            {"milestone": milestone, "field": field if action != "drop" else "taken out", "old": old, "new": new}
            for action, milestone, field, old, new in change_lines(self._unit, self._record.data["items"])
        ]

    @property
    def change_remarks(self) -> list[dict[str, str]]:
        return change_remarks(self._work, self._record) if self._record else []


_BY_PROCESS: Mapping[str, type[_Known]] = {
    "milestone-setup": _Setup,
    "weekly-update": _Update,
    "review-cycle": _Review,
    "change-approval": _Change,
}
