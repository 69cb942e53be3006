"""What is proposed for the plan and not approved yet: shown beside the plan, never as part of it (clause 5.4d)."""

from __future__ import annotations

from dataclasses import dataclass

from engine import Unit
from processes.changes import changes
from processes.projects import project
from processes.records.change import change_lines, printed_lines


@dataclass(frozen=True)
class Proposed:
    """A change that waits for its decisions: its id, its record, and what it would change.

    Each line is action, milestone, field, old, new, as documents print them.
    """

    change: str
    record: str
    status: str
    lines: tuple[tuple[str, str, str, str, str], ...]


def proposed(unit: Unit, project_id: str) -> list[Proposed]:
    """What the open changes of a project ask for; nothing where the project keeps that hidden until it is approved."""
    if project(unit, project_id).settings.proposed == "hidden":
        return []
    return [
        Proposed(one.id, one.record.id, one.status, tuple(printed_lines(change_lines(unit, one.data["items"]))))
        for one in changes(unit, project_id)
        if one.open and one.record is not None
    ]
