"""What the forms of the review cycle show."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import select

import engine
from engine import Record, names
from processes.actions import actions
from processes.context.known import Known
from processes.people import everybody
from processes.quorum import Quorum, quorum_of
from processes.responses import responses
from processes.review_months import last_review, review_by
from processes.reviews import repeat_by, to_review
from processes.snapshot import decided_since, last_cut
from processes.tables import MeetingRow
from processes.vocabulary import ACTION_WORDS, MINUTES


class Reviewing(Known):
    """When the next review must be held; the figures and the report of the data cut; what was said to it."""

    @cached_property
    def _held(self) -> MeetingRow | None:
        return last_review(self._unit, self._about)

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
        return review_by(self._unit, self._subject).isoformat()

    @property
    def preread_days(self) -> str:
        count = self._about.settings.preread_days
        return f"{count} working day{'s' if count > 1 else ''}"

    @property
    def review_from(self) -> str:
        """The first day for a meeting whose report can still go out in time, a day after the data cut."""
        today = self._about.day(self._unit.clock())
        return self._about.calendar.add(today, self._about.settings.preread_days + 1).isoformat()

    @property
    def milestones_review(self) -> list[dict[str, str]]:
        return to_review(self._unit, self._subject)

    @property
    def review(self) -> dict[str, Any]:
        row = self._row
        if row is None:
            return {"agenda": self._agenda, "invitees": list(everybody(self._unit, self._subject))}
        return {"place": row.place, "agenda": row.agenda, "invitees": row.invitees}

    @property
    def _agenda(self) -> str:
        """What every review speaks of, and what the reviews before it have left open."""
        lines = ["Milestones completed, pending and delayed", "Blockers, constraints and risks"]
        if self.actions_open:
            lines.append("Open action items: " + ", ".join(one["id"] for one in self.actions_open))
        if self.changes_decided:
            lines.append("Decided changes: " + ", ".join(one["id"] for one in self.changes_decided))
        return "\n".join([*lines, "Decisions and next steps"])

    @property
    def course(self) -> str:
        return (self._row.course if self._row else None) or ""

    @property
    def reschedule_by(self) -> str | None:
        row = self._row
        return repeat_by(self._about, row).isoformat() if row and row.quorum is False else None

    @property
    def quorum_said(self) -> str | None:
        row = self._row
        if row is None or row.quorum is None:
            return None
        entitled = tuple(row.entitled or ())
        came = tuple(one for one in entitled if one in (row.attendees or ()))
        return f"Present: {Quorum(entitled, came, row.needed or 1).words()}."

    @property
    def circle_said(self) -> str:
        found = quorum_of(self._unit, self._about, ())
        printed = names(self._unit, found.entitled)
        return f"{', '.join(printed[one] for one in found.entitled) or 'nobody'}; {found.needed} needed"

    @property
    def decisions_proposed(self) -> list[dict[str, str]]:
        said = (self._row.held or {}).get("decisions", []) if self._row else []
        printed = names(self._unit, {one["decided_by"] for one in said})
        return [
            {"number": str(number), "text": one["text"], "proposed_by": printed[one["decided_by"]],
             "needs_change": "yes" if one["needs_change"] else "no"}
            for number, one in enumerate(said, start=1)
        ]  # fmt: skip

    @property
    def changes_decided(self) -> list[dict[str, str]]:
        """Those of the data cut; before it, those since the last cut of any review."""
        if "decided" in self._cut:
            return self._cut["decided"]
        return decided_since(self._unit, self._subject, last_cut(self._unit, self._subject))

    @property
    def actions_open(self) -> list[dict[str, str]]:
        return [
            {"id": one.id, "text": one.text, "owner": one.owner_name, "due": one.due.isoformat(),
             "status": ACTION_WORDS[one.status]}
            for one in actions(self._unit, self._subject, open_only=True)
        ]  # fmt: skip

    @property
    def metrics(self) -> list[dict[str, str]]:
        return self._cut.get("metrics", [])

    @property
    def trend(self) -> list[dict[str, str]]:
        return self._cut.get("trend", [])

    @property
    def waiting(self) -> list[dict[str, str]]:
        return self._cut.get("waiting", [])

    @property
    def setback_causes(self) -> list[dict[str, str]]:
        return self._cut.get("setback_causes", [])

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
