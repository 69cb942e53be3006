"""What the forms of the change approval show."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from sqlalchemy import select

import engine
from engine import Record
from processes.amendment import NEEDS
from processes.context.known import Known
from processes.records.change import TEXTS, change_lines
from processes.remarks import change_remarks
from processes.tables import ChangeRow
from processes.vocabulary import CHANGE


class Changing(Known):
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
