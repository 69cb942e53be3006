"""Where a plan has moved on from the one that a change was written on: what was there, what is, what is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import engine
from engine import Record, Unit, names
from processes.plan import Plan, milestone_rows
from processes.vocabulary import PLAN

FIELDS = ("name", "deliverable", "criterion", "owner", "target", "after")
"""What the two plans are compared by."""

ABSENT, GONE = "not in the plan", "dropped"


def conflicts(unit: Unit, record: Record, now: Plan) -> list[dict[str, str]]:
    """What a change asks for beside what the plan said when it was written and says now; empty if it has not moved.

    Every field that differs between the two plans has a line, and every field that the change asks for.
    """
    if (now.revision, now.sha256) == (record.data["base_revision"], record.data["base_sha256"]):
        return []
    found = engine.revisions(unit, PLAN, record.subject)
    base = next((one for one in found if one.sha256 == record.data["base_sha256"]), None)
    before = {str(one["id"]): one for one in base.data["milestones"]} if base else {}
    present = {row.id: _said(row) for row in milestone_rows(unit, record.subject)}
    asked = _asked(record)
    people = {value for rows in (before, present, asked) for row in rows.values() if (value := row.get("owner"))}
    printed = names(unit, {str(one) for one in people})
    lines = []
    for one in dict.fromkeys([*present, *before, *asked]):
        was, stands, wish = before.get(one), present.get(one), asked.get(one, {})
        for field in ("milestone", *FIELDS):
            old, new = _value(was, field, printed), _value(stands, field, printed)
            wanted = _value(wish, field, printed) if field in wish else ""
            if wanted or (old != new and (field == "milestone") == (ABSENT in (old, new) or new == GONE)):
                lines.append({"milestone": one, "field": field, "written": old, "now": new, "asked": wanted})
    return lines


def _said(row: Any) -> dict[str, Any]:
    kept = {field: getattr(row, field) for field in FIELDS} | {"target": row.target.isoformat()}
    return {**kept, "milestone": GONE if row.dropped_on else "in the plan"}


def _asked(record: Record) -> dict[str, dict[str, Any]]:
    """What the change asks of each milestone, field by field."""
    found: dict[str, dict[str, Any]] = {}
    for item in record.data["items"]:
        wish = found.setdefault(str(item["milestone"]), {})
        if item["action"] in ("drop", "add"):
            wish["milestone"] = GONE if item["action"] == "drop" else "in the plan"
        wish |= {field: item[field] for field in FIELDS if field in item}
    return found


def _value(row: Mapping[str, Any] | None, field: str, printed: Mapping[str, str]) -> str:
    if row is None:
        return ABSENT
    value = row.get(field, "in the plan" if field == "milestone" else "")
    return printed.get(str(value), str(value)) if field == "owner" else str(value)
