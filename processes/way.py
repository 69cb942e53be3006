"""A project's way through the SOP, section by section: what is done there, what is to be done now, what comes when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from engine import Task, Unit
from processes.ahead import Ahead
from processes.gaps import gaps
from processes.projects import Project

SECTIONS = (
    ("5.1", "Set milestones"),
    ("5.2", "Track progress"),
    ("5.3", "Conduct milestone reviews"),
    ("5.4", "Document outcomes"),
    ("5.5", "Adjust plans"),
    ("7", "Close and improve"),
)
"""The sections of the SOP that a project goes through, with what each asks for."""
FIRST, LAST = SECTIONS[0][0], SECTIONS[-1][0]


@dataclass(frozen=True)
class Section:
    """How a project stands in a section: `state` is done, now, quiet (nothing is due in it) or not yet.

    `task` is due first of its `open` tasks; `comes` is what comes next by itself; `gaps` counts what was not
    done as the section asks.
    """

    clause: str
    title: str
    state: str
    task: Task | None
    open: int
    comes: Ahead | None
    gaps: int


def way(unit: Unit, about: Project, tasks: Collection[Task], coming: Collection[Ahead]) -> tuple[Section, ...]:
    """How a project stands in each section; of its open tasks, and of what comes by itself, the soonest first."""
    missed = [one.clause for one in gaps(unit, about.id)]
    found = []
    for clause, title in SECTIONS:
        mine = [one for one in tasks if _section(about, one.clauses) == clause]
        comes = next((one for one in coming if _section(about, one.clauses) == clause), None)
        state = _state(about, clause, bool(mine))
        gaps_in = sum(_within(one, clause) for one in missed)
        found.append(Section(clause, title, state, min(mine, key=_urgency, default=None), len(mine), comes, gaps_in))
    return tuple(found)


def _state(about: Project, clause: str, busy: bool) -> str:
    if about.status == "closed":
        return "done" if about.started_at else "not yet"
    if busy:
        return "now"
    if about.started_at is None or clause == LAST:
        return "not yet"
    return "done" if clause == FIRST else "quiet"


def _section(about: Project, clauses: Collection[str]) -> str:
    """The section that something belongs to, by the first clause that asks for it; all before the start is planning."""
    if about.started_at is None:
        return FIRST
    return next((section for one in clauses for section, _title in SECTIONS if _within(one, section)), "")


def _within(clause: str, section: str) -> bool:
    return clause.startswith(section)


def _urgency(task: Task) -> tuple[bool, datetime]:
    return task.due is None, task.due or task.created_at
