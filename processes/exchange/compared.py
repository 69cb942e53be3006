"""An incoming plan against the approved one: what a change would have to say. Milestones are known by id alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from processes.exchange.incoming import Line
from processes.plan import Milestone, Plan


@dataclass(frozen=True)
class Comparison:
    """The items of a change that would bring the plan to the file; and what the file leaves out or cannot change."""

    items: tuple[dict[str, Any], ...]
    same: int
    missing: tuple[Milestone, ...]
    remarks: tuple[str, ...]


_KEPT = ("deliverable", "criterion", "type", "tolerance", "weight", "after")
"""What a change cannot say about a milestone that stands."""
_PLAIN = {"type": "internal", "tolerance": 0, "weight": 1, "after": ""}
"""How a change adds a milestone."""
_NAMED = 10


def compare(
    plan: Plan, lines: tuple[Line, ...], *, columns: Collection[str] = (), drop_missing: bool = False
) -> Comparison:
    """What differs between the approved plan and these lines, of a file with these columns.

    No two ids differ in case alone. Another name under the same id is a rename, never another milestone; another place
    in the file is nothing at all. Milestones that the file leaves out are dropped only when asked.
    """
    items: list[dict[str, Any]] = []
    remarks: list[str] = []
    same = 0
    named = {line.values["id"].casefold() for line in lines}
    known = {one.id.casefold(): one for one in plan.milestones}
    for line in lines:
        one = known.get(line.values["id"].casefold())
        if one is None:
            items.append(_added(line))
        elif not one.open:
            state = "dropped" if one.dropped_on else "reached"
            remarks.append(f"Line {line.number}: {one.id} was {state} already; nothing about it is changed.")
        else:
            found = _differences(one, line)
            items += found
            same += not found
    remarks += _left_out(known, lines, [name for name in _KEPT if name in columns])
    missing = tuple(one for one in plan.milestones if one.open and one.id.casefold() not in named)
    if drop_missing:
        items += [{"action": "drop", "milestone": one.id} for one in missing]
    return Comparison(tuple(items), same, missing, tuple(remarks))


def _added(line: Line) -> dict[str, Any]:
    fields = ("id", "name", "deliverable", "criterion", "owner", "target")
    return {"action": "add", **{name: line.values[name] for name in fields}}


def _differences(one: Milestone, line: Line) -> list[dict[str, Any]]:
    said = line.values
    found: list[dict[str, Any]] = []
    if said["target"] != one.target.isoformat():
        found.append({"action": "move", "milestone": one.id, "target": said["target"]})
    if said["name"] != _one_line(one.name):
        found.append({"action": "rename", "milestone": one.id, "name": said["name"]})
    if said["owner"] and said["owner"] != one.owner:
        found.append({"action": "owner", "milestone": one.id, "owner": said["owner"]})
    return found


def _left_out(known: Mapping[str, Milestone], lines: tuple[Line, ...], columns: Collection[str]) -> Iterator[str]:
    """What the file says and no change can: a sentence for each column."""
    pairs = [(line.values, known.get(line.values["id"].casefold())) for line in lines]
    for name in columns:
        stays = [one.id for said, one in pairs if one and one.open and said[name] and _other(said[name], one, name)]
        if stays:
            yield f"A change leaves “{name}” as it was approved: {_list(stays)} would have another one."
        bare = [said["id"] for said, one in pairs if one is None and said[name] != _PLAIN.get(name, said[name])]
        if bare:
            usual = str(_PLAIN[name]) or "empty"
            yield f"A change adds milestones with “{name}” {usual}: for {_list(bare)} the file says otherwise."


def _other(said: Any, one: Milestone, name: str) -> bool:
    kept = getattr(one, name)
    if isinstance(kept, tuple):
        return set(said.split()) != set(kept)
    return _one_line(said) != _one_line(kept) if isinstance(kept, str) else said != kept


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _list(ids: list[str]) -> str:
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return ", ".join(ids[:_NAMED]) + more
