"""What the forms of the weekly update show."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from sqlalchemy import select

from processes.claims import open_claims
from processes.context.known import Known
from processes.log import entries
from processes.plan import milestone_rows
from processes.tables import ClaimRow, MilestoneRow, PeriodRow
from processes.updates import Update, expected, updates
from processes.vocabulary import CLAIMED, KIND_WORDS, STATUS_WORDS


class Reporting(Known):
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
                "status": "achieved" if row.status == CLAIMED else row.status,
                "forecast": row.forecast.isoformat(),
                "actual": self._reached(row),
                "percent": row.percent,
            }
            for row in asked
        ]

    def _reached(self, row: MilestoneRow) -> str | None:
        """The day on which it was reached, or is claimed to have been."""
        claim = self._claims.get(row.id) if row.status == CLAIMED else None
        day = row.actual or (claim.met_on if claim else None)
        return day.isoformat() if day else None

    @cached_property
    def _claims(self) -> dict[str, ClaimRow]:
        return open_claims(self._unit, self._subject)

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
    def late_items(self) -> list[dict[str, str]] | None:
        if self._period is None:
            return None
        found = entries(self._unit, self._subject, period=self._period.period, kinds=("escalation",))
        return [{"milestone": one.milestone or "", "text": one.text} for one in found]

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
