"""What a change asks of the plan: its items checked, completed with old values, and classified."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from processes.measurability import measure
from processes.plan import ID, Milestone, Plan
from processes.vocabulary import ACTIONS, MANAGER_AND_OWNERS, STAKEHOLDERS

Items = Sequence[Mapping[str, Any]]

NEEDS = {
    "move": ("milestone", "target"),
    "add": ("name", "deliverable", "criterion", "owner", "target"),
    "drop": ("milestone",),
    "rename": ("milestone", "name"),
    "owner": ("milestone", "owner"),
    "forecast": ("milestone", "target"),
}
"""The fields that each action needs; it uses no others."""


def item_faults(rows: Items, plan: Plan, *, owners: Collection[str], today: date) -> dict[str, tuple[str, ...]]:
    """What must be mended at a field before the change can be handed in: field name -> sentences."""
    if not rows:
        return {"items": ("Say what changes: at least one item.",)}
    faults: dict[str, tuple[str, ...]] = {}
    seen: set[tuple[str, str]] = set()
    for at, row in enumerate(rows):
        action = str(row.get("action") or "")
        if action not in ACTIONS:
            faults[f"items.{at}.action"] = ("Choose what is to be done.",)
            continue
        found = {name: "Fill this in." for name in NEEDS[action] if not str(row.get(name) or "").strip()}
        found = _item_faults(action, row, plan, owners, today) | found
        milestone = str(row.get("milestone") or "")
        if action != "add" and (
            {(action, milestone), ("drop", milestone)} & seen or _dropped_late(action, milestone, seen)
        ):
            found["milestone"] = (
                "Another item of this change speaks of this milestone in a way that does not go together."
            )
        if action == "add" and (new := str(row.get("id") or "").strip().casefold()):
            if ("add", new) in seen:
                found["id"] = "Another item of this change has this id."
            milestone = new
        seen.add((action, milestone))
        faults |= {f"items.{at}.{name}": (said,) for name, said in found.items()}
    dropped = {milestone for action, milestone in seen if action == "drop"}
    left = [one for one in plan.milestones if one.open and one.id not in dropped]
    if not faults and not left and "add" not in {action for action, _ in seen}:
        faults["items"] = ("This would leave nothing to be reached. Close the project instead.",)
    return faults


def _dropped_late(action: str, milestone: str, seen: set[tuple[str, str]]) -> bool:
    return action == "drop" and any(other == milestone for _, other in seen)


def _item_faults(
    action: str, row: Mapping[str, Any], plan: Plan, owners: Collection[str], today: date
) -> dict[str, str]:
    found: dict[str, str] = {}
    milestone = plan.milestone(str(row.get("milestone") or ""))
    if action != "add" and (milestone is None or not milestone.open):
        found["milestone"] = "Choose a milestone that is still to be reached."
    if action in ("move", "add", "forecast"):
        found |= _target_fault(action, str(row.get("target") or ""), milestone, today)
    if action in ("owner", "add") and row.get("owner") not in owners:
        found["owner"] = "The owner must be an active member of the project team."
    if action == "owner" and milestone and row.get("owner") == milestone.owner:
        found["owner"] = "This is the owner already."
    if action == "rename" and milestone and str(row.get("name") or "").strip() == milestone.name:
        found["name"] = "This is its name already."
    if action == "add":
        found |= _id_fault(str(row.get("id") or "").strip(), plan)
        judged = measure(str(row.get("criterion") or ""))
        if not judged.sound:
            found["criterion"] = judged.sentences[0]
    return found


def _id_fault(id: str, plan: Plan) -> dict[str, str]:
    """What is wrong with the id that a new milestone is to have; without one it gets the next number."""
    if not id:
        return {}
    if not ID.fullmatch(id):
        return {"id": "An id begins with a letter and has up to 20 letters, digits, dots, hyphens or underscores."}
    if id.casefold() in {one.id.casefold() for one in plan.milestones}:
        return {"id": "A milestone of this project has, or had, this id. Ids are never used again."}
    return {}


def _target_fault(action: str, target: str, milestone: Milestone | None, today: date) -> dict[str, str]:
    try:
        day = date.fromisoformat(target)
    except ValueError:
        return {"target": "Give the date as year, month and day."}
    if day < today:
        return {"target": "A milestone that is still to be reached cannot be due in the past."}
    if action == "move" and milestone and day == milestone.target:
        return {"target": "This is its target date already."}
    if action == "forecast" and milestone and day == milestone.forecast:
        return {"target": "This is its forecast already."}
    return {}


def completed(rows: Items, plan: Plan) -> list[dict[str, Any]]:
    """The items as the record keeps them: what each action uses, old values beside, ids for new milestones."""
    taken = {one.id for one in plan.milestones}
    found = []
    for row in rows:
        item = {name: str(row.get(name) or "").strip() for name in NEEDS[row["action"]]}
        item["action"] = row["action"]
        if row["action"] == "add":
            item["milestone"] = str(row.get("id") or "").strip() or _next_id(taken)
            taken.add(item["milestone"])
            item["old"] = {}
        else:
            one = plan.milestone(item["milestone"])
            item["old"] = _old(row["action"], one) if one else {}
        found.append(item)
    return found


def _old(action: str, one: Milestone) -> dict[str, str]:
    return {
        "move": {"target": one.target.isoformat()},
        "drop": {"target": one.target.isoformat(), "name": one.name},
        "rename": {"name": one.name},
        "owner": {"owner": one.owner},
        "forecast": {"target": one.forecast.isoformat()},
    }[action]


def _next_id(taken: Collection[str]) -> str:
    """An id that no milestone, dropped or not, has ever had."""
    numbers = [int(match[1]) for one in taken if (match := re.fullmatch(r"M(\d+)", one))]
    number = max([len(taken), *numbers]) + 1
    while f"M{number}" in taken:
        number += 1
    return f"M{number}"


def shift_days(items: Items) -> int:
    """By how many calendar days the farthest target date moves, earlier or later."""
    moves = [item for item in items if item["action"] == "move"]
    return max((abs(_days(item)) for item in moves), default=0)


def _days(item: Mapping[str, Any]) -> int:
    return (date.fromisoformat(item["target"]) - date.fromisoformat(item["old"]["target"])).days


def impact(items: Items, plan: Plan, *, resources: bool, scope: bool, budget: bool) -> str:
    """How far a change reaches, by the first that fits: contractual, budget, scope, resources, dates, and less.

    A contractual milestone and the last one of the plan count as contractual, whatever happens to them. “forecast” is
    what changes nothing that was agreed: new expectations, with nothing else asked for.
    """
    whole, items = items, [item for item in items if item["action"] != "forecast"]
    if whole and not items and not (resources or scope or budget):
        return "forecast"
    touched = [one for item in items if (one := plan.milestone(item["milestone"]))]
    live = [one for one in plan.milestones if one.dropped_on is None]
    last = max((one.target for one in live), default=None)
    actions = {item["action"] for item in items}
    beyond_last = any(
        item["action"] in ("move", "add") and last and date.fromisoformat(item["target"]) > last for item in items
    )
    if beyond_last or any(one.type == "contractual" or one.target == last for one in touched):
        return "contractual"
    if budget:
        return "budget"
    if scope or actions & {"add", "drop", "rename"}:
        return "scope"
    if resources or "owner" in actions:
        return "resources"
    tolerances = {one.id: one.tolerance for one in touched}
    within = all(abs(_days(item)) <= tolerances[item["milestone"]] for item in items if item["action"] == "move")
    return "dates-within-tolerance" if within else "dates"


def least_rule(impact: str) -> str:
    """The weakest approval rule that the SOP allows for a change of this kind (clauses 4.ST3 and 5.5d)."""
    return MANAGER_AND_OWNERS if impact == "dates-within-tolerance" else STAKEHOLDERS


def affected_owners(items: Items, plan: Plan) -> set[str]:
    """Who owns a milestone that the change touches, now or after it."""
    now = {one.owner for item in items if (one := plan.milestone(item["milestone"]))}
    return now | {item["owner"] for item in items if item["action"] in ("owner", "add")}
