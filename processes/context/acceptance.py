"""What the forms of the milestone acceptance show."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from engine import names
from processes.acceptance import milestone_of
from processes.claims import claim_words, of_instance
from processes.context.known import Known
from processes.records.acceptance import WORDS
from processes.tables import ClaimRow


class Accepting(Known):
    """The milestone with its criterion in full, the claim, and everything that was said about it."""

    @cached_property
    def _row(self) -> ClaimRow:
        return of_instance(self._unit, self._work.instance)

    @property
    def claimed_milestone(self) -> list[dict[str, str]]:
        row = milestone_of(self._unit, self._row)
        owner = names(self._unit, [row.owner])[row.owner]
        return [
            {"id": row.id, "name": row.name, "deliverable": row.deliverable, "criterion": row.criterion,
             "owner": owner, "type": row.type.capitalize(), "target": row.target.isoformat()}
        ]  # fmt: skip

    @property
    def claim(self) -> dict[str, Any]:
        met_on = self._row.met_on
        return {
            "met_on": met_on.isoformat() if met_on else "",
            "text": self._row.evidence,
            "link": self._row.link,
        }

    @property
    def claim_evidence(self) -> list[dict[str, str]]:
        """The claim as it stands; nothing before its evidence is given."""
        row = self._row
        if not row.evidence or row.met_on is None:
            return []
        who = names(self._unit, [row.claimed_by])[row.claimed_by]
        return [
            {"id": row.id, "met_on": row.met_on.isoformat(), "by": who, "text": row.evidence, "link": row.link,
             "on": self._about.day(row.claimed_at).isoformat()}
        ]  # fmt: skip

    @property
    def claim_words(self) -> list[dict[str, str]]:
        return [
            {"on": self._about.day(one.at).isoformat(), "name": one.name, "status": WORDS[one.status],
             "text": one.text}
            for one in claim_words(self._unit, self._subject, self._row.id)
        ]  # fmt: skip
