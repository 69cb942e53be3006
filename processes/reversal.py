"""What takes a change back: the items of another change that undo it, for everybody to approve like any other."""

from __future__ import annotations

from typing import Any

import engine
from engine import Record, Unit
from processes.vocabulary import PLAN


def inverse(unit: Unit, record: Record) -> list[dict[str, Any]]:
    """The items that undo those of a change request; a dropped milestone comes back under a new id.

    What cannot be undone (a new forecast) is left out.
    """
    base = next(
        (one for one in engine.revisions(unit, PLAN, record.subject) if one.sha256 == record.data["base_sha256"]), None
    )
    before = {str(one["id"]): one for one in base.data["milestones"]} if base else {}
    found = []
    for item in reversed(record.data["items"]):
        milestone, action, old = str(item["milestone"]), item["action"], item["old"]
        if action in ("move", "rename", "owner"):
            found.append({"action": action, "milestone": milestone, **old})
        elif action == "add":
            found.append({"action": "drop", "milestone": milestone})
        elif action == "drop" and milestone in before:
            kept = {name: before[milestone][name] for name in ("name", "deliverable", "criterion", "owner", "target")}
            found.append({"action": "add", "milestone": "", **kept})
    return found
