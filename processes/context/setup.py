"""What the forms of the milestone setup show."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import engine
from engine import Record
from processes.context.known import Known
from processes.plan import planned
from processes.remarks import approval_lines, plan_remarks
from processes.vocabulary import PLAN


class Setup(Known):
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
