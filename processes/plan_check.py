"""What can be wrong with a milestone plan: at the fields of its form, and in the plan as a whole (5.1a, 5.1c, 5.1d)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from processes.measurability import measure
from processes.plan import ID
from processes.vocabulary import MILESTONE_TYPES

Rows = Sequence[Mapping[str, Any]]
"""Milestones in the shape of `plan.from_answers`."""


def field_faults(rows: Rows, *, owners: Collection[str], today: date) -> dict[str, tuple[str, ...]]:
    """What must be mended at a field before the plan can be handed in: field name -> sentences."""
    if not rows:
        return {"milestones": ("A plan needs at least one milestone.",)}
    faults: dict[str, tuple[str, ...]] = {}
    ids = {row["id"] for row in rows}
    above: set[str] = set()
    for at, row in enumerate(rows):
        found = {
            "id": _id_fault(row["id"], above),
            "owner": "" if row["owner"] in owners else "The owner must be an active member of the project team.",
            "target": _target_fault(row["target"]),
            "type": "" if row["type"] in MILESTONE_TYPES else "Choose internal, contractual or external.",
            "tolerance": "" if row["tolerance"] >= 0 else "A tolerance is a number of days, 0 or more.",
            "weight": "" if row["weight"] > 0 else "A weight is a number above 0.",
            "after": _after_fault(row, ids),
            "actual": _actual_fault(row["actual"], today),
        }
        found |= {name: "Fill this in." for name in ("name", "deliverable", "criterion") if not row[name]}
        above.add(row["id"].lower())
        faults |= {f"milestones.{at}.{name}": (said,) for name, said in found.items() if said}
    if not faults and all(row["actual"] for row in rows):
        faults["milestones"] = ("Every milestone is reached already: name what is still to come.",)
    return faults


def plan_faults(rows: Rows, *, owners: Collection[str]) -> list[str]:
    """What keeps the plan as a whole from being sound: criteria, owners, circles, dates out of order."""
    found = []
    for row in rows:
        judged = measure(row["criterion"])
        if not judged.sound:
            found.append(f"{row['id']}: {judged.sentences[0]}")
        if row["owner"] not in owners:
            found.append(f"{row['id']}: its owner is no longer an active member of the project team.")
    circle = _circle({row["id"]: row["after"].split() for row in rows})
    if circle:
        found.append(f"{' waits for '.join(circle)}: no milestone can wait for itself.")
    targets = {row["id"]: row["target"] for row in rows}
    for row in rows:
        for other in row["after"].split():
            if targets.get(other, "") > row["target"]:
                found.append(f"{row['id']}: is due before {other}, which it comes after.")
    return found


def plan_warnings(rows: Rows) -> list[str]:
    """What the plan is accepted with, and should better say: weak words in criteria, two milestones of one name."""
    found = [
        f"{row['id']}: {sentence}"
        for row in rows
        if (judged := measure(row["criterion"])).sound
        for sentence in judged.sentences
    ]
    return [*found, *name_warnings(rows)]


def name_warnings(rows: Rows) -> Iterator[str]:
    """A sentence for each milestone whose name, in whatever case, is that of one above."""
    first: dict[str, str] = {}
    for row in rows:
        name = " ".join(row["name"].split()).casefold()
        if name and first.setdefault(name, row["id"]) != row["id"]:
            yield f"{row['id']}: is called like {first[name]}. Can people tell them apart?"


def _id_fault(id: str, before: Collection[str]) -> str:
    """What is wrong with an id; `before` are those of the rows above, in small letters."""
    if not ID.fullmatch(id):
        return "An id begins with a letter and has up to 20 letters, digits, dots, hyphens or underscores, like M1."
    return "This id is used above. Every milestone has its own, for ever." if id.lower() in before else ""


def _after_fault(row: Mapping[str, Any], ids: Collection[str]) -> str:
    for other in row["after"].split():
        if other == row["id"]:
            return "A milestone cannot come after itself."
        if other not in ids:
            return f"There is no milestone {other} in this plan. Separate ids by spaces."
    return ""


def _actual_fault(actual: str | None, today: date) -> str:
    if actual is None:
        return ""
    if not _is_day(actual) or date.fromisoformat(actual) > today:
        return "This says that the milestone was reached already: give a day that is not in the future."
    return ""


def _target_fault(target: str) -> str:
    if not _is_day(target):
        return "Give the target date."
    return "" if 1900 <= int(target[:4]) <= 2200 else "A target date lies between 1900 and 2200. Is the year mistyped?"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _circle(after: Mapping[str, Sequence[str]]) -> list[str]:
    """The ids of one circle of dependencies, the first one at both ends; empty when there is none."""
    settled: set[str] = set()
    for start in after:
        path: dict[str, None] = {start: None}
        turns = [iter(after.get(start, ()))]
        while turns:
            following = next(turns[-1], None)
            if following is None:
                turns.pop()
                settled.add(path.popitem()[0])
            elif following in path:
                found = list(path)
                return [*found[found.index(following) :], following]
            elif following not in settled:
                path[following] = None
                turns.append(iter(after.get(following, ())))
    return []
