"""What the forms of the change approval show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import select

import engine
from engine import Record, names
from processes.amendment import NEEDS
from processes.approvals import Naming, naming
from processes.conditions import conditions
from processes.context.known import Known
from processes.deciding import words
from processes.errors import ApproversAltered
from processes.plan import plan
from processes.rebasing import conflicts
from processes.records.change import REACH, TEXTS, change_lines
from processes.remarks import change_remarks, origin_remarks
from processes.reversal import inverse
from processes.tables import ChangeRow
from processes.vocabulary import CHANGE

ORIGIN_WORDS = {
    "refused": "It takes back the emergency {id}, which was refused afterwards.",
    "rejected": "It was rejected as {id}. It is put to everybody anew.",
}


class Changing(Known):
    """The change as it was described last, with what the approvers said to it."""

    @cached_property
    def _row(self) -> ChangeRow | None:
        query = select(ChangeRow).where(ChangeRow.instance == self._work.instance)
        return self._unit.session.scalars(query).first()

    @cached_property
    def _record(self) -> Record | None:
        return engine.current(self._unit, CHANGE, self._subject, self._row.id) if self._row else None

    @cached_property
    def _origin(self) -> tuple[ChangeRow, Record] | None:
        """The change that this one comes from, while it has not been described itself."""
        if self._row is None or self._record is not None or not self._row.source:
            return None
        row = self._unit.session.get(ChangeRow, (self._subject, self._row.source))
        record = engine.current(self._unit, CHANGE, self._subject, row.id) if row else None
        return (row, record) if row and record else None

    @cached_property
    def _split(self) -> Mapping[str, Any] | None:
        """What was left out of the change that this one comes from, if it is that part."""
        if self._origin is None or self._row is None:
            return None
        found = engine.revisions(self._unit, CHANGE, self._subject, self._origin[0].id)
        splits = [one.data["split"] for one in found if one.data.get("split")]
        return next((one for one in splits if one["returned_as"] == self._row.id), None)

    @property
    def change(self) -> dict[str, Any] | None:
        if self._record is not None:
            return _begun(self._record, self._record.data["items"])
        if self._origin is None:
            return None
        row, record = self._origin
        if self._split:
            return _begun(record, self._split["left_out"])
        if row.status == "refused":
            return _begun(record, inverse(self._unit, record), urgency="urgent")
        return _begun(record, record.data["items"])

    @property
    def who_decides(self) -> str | None:
        """Who is asked to decide on the change, and when it counts as approved, as that was written down."""
        try:
            asked = naming(self._unit, self._record) if self._record else Naming()
        except ApproversAltered:
            return None  # nobody can decide then; completing the task says why
        if not asked.people:
            return None
        printed = names(self._unit, asked.people)
        rule = f". Approved when: {words(asked.completion)}" if asked.completion else ""
        return f"{', '.join(sorted(printed[one] for one in asked.people))}{rule}"

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
        if self._record is not None:
            return change_remarks(self._work, self._record)
        if self._origin is None:
            return []
        row, record = self._origin
        if self._split:
            return origin_remarks(self._work, self._split, record)
        said = ORIGIN_WORDS.get(row.status)
        return [{"name": "Check", "decision": "", "comment": said.replace("{id}", row.id)}] if said else []

    @property
    def change_conflicts(self) -> list[dict[str, str]]:
        return conflicts(self._unit, self._record, plan(self._unit, self._subject)) if self._record else []

    @property
    def change_conditions(self) -> list[dict[str, str]]:
        found = conditions(self._unit, self._subject, self._row.id) if self._row else []
        return [
            {"text": one.text, "owner": one.owner_name, "due": one.due.isoformat(), "set_by": one.set_by_name}
            for one in found
        ]


def _begun(record: Record, items: Sequence[Mapping[str, Any]], **more: str) -> dict[str, Any]:
    """What the form begins with: the texts of a record, and items as the form holds them."""
    rows = [{"action": one["action"], **{name: one[name] for name in NEEDS[one["action"]]}} for one in items]
    said = {name: record.data[name] for name in (*TEXTS, "cause", "urgency")}
    return {**said, **{name: bool(record.data.get(name)) for name in REACH}, "items": rows, **more}
