"""What the forms of the revision of the SOP show."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import engine
from engine import Record
from processes.context.known import Known
from processes.revisions import in_force, of_instance
from processes.tables import ProposalRow, RevisionRow
from processes.vocabulary import REVISION, SOP


class Revising(Known):
    """The proposal at hand, the version in force, what was written last and what was said to it."""

    @property
    def today(self) -> str:
        return self._unit.clock().date().isoformat()

    @property
    def project_title(self) -> str:
        return "the SOP"

    @cached_property
    def _row(self) -> RevisionRow:
        return of_instance(self._unit, self._work.instance)

    @cached_property
    def _record(self) -> Record | None:
        return engine.current(self._unit, REVISION, SOP, self._row.id)

    @property
    def sop_version(self) -> str:
        return in_force(self._unit).version

    @property
    def proposal(self) -> list[dict[str, str]]:
        row = self._unit.session.get(ProposalRow, self._row.proposal) if self._row.proposal else None
        if row is None:
            return []
        return [{"id": row.id, "clause": row.clause, "text": row.text, "reason": row.reason, "from": row.project or ""}]

    @property
    def revision(self) -> dict[str, Any] | None:
        return dict(self._record.data) if self._record else None

    @property
    def revision_remarks(self) -> list[dict[str, str]]:
        found = engine.signatures(self._unit, self._record.id) if self._record else []
        return [{"name": one.printed, "comment": one.comment} for one in found if one.meaning == "rejected"]
