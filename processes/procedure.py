"""The SOP's procedure as the engine runs it: its steps, composers, lists, contexts, checks, and its first bundle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine import Bundle, Draft, Finding, Unit, Work
from forms import Choice
from processes import checking, vocabulary
from processes import choices as lists
from processes import context as contexts
from processes.calendar import iso
from processes.errors import ProcessesError
from processes.escalating import escalation_steps
from processes.holds import working_days_on
from processes.own_matters import concerned
from processes.people import everybody
from processes.projects import project
from processes.records import COMPOSERS
from processes.review_months import review_limit
from processes.settings import Settings
from processes.steps import STEPS
from processes.steps.decision import settled_now
from processes.working_days import Calendar

SOP = Path(__file__).parent / "sop"
"""The folder of the first bundle."""


def _working_days(unit: Unit, project_id: str, count: int) -> str:
    """The instant so many working days from now, as ISO 8601 text; what concerns the SOP itself is never on hold."""
    if project_id == vocabulary.SOP:
        return iso(Calendar().later(unit.clock(), int(count), "UTC"))
    return iso(working_days_on(unit, project(unit, project_id), int(count)))


def _escalation_begins(unit: Unit, project_id: str) -> str:
    """The instant of the first reminder of an approval that is asked for now: by the project's settings, or as they
    are unless somebody changes them."""
    return _working_days(unit, project_id, escalation_steps(_escalation_days(unit, project_id))[0])


def _escalation_days(unit: Unit, project_id: str) -> str:
    return (Settings() if project_id == vocabulary.SOP else project(unit, project_id).settings).escalation_days


def _escalation_ends(unit: Unit, project_id: str) -> str:
    """The instant two working days after the last step of the escalation of what is asked for now."""
    last = escalation_steps(project(unit, project_id).settings.escalation_days)[-1]
    return _working_days(unit, project_id, last + 2)


def _minute_taker(unit: Unit, project_id: str) -> str | None:
    """The person who drafts the minutes by the project's settings, if they take part; None: the project manager."""
    person = project(unit, project_id).settings.minute_taker
    return person if person and person in everybody(unit, project_id) else None


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "working_days": _working_days, "escalation_begins": _escalation_begins, "escalation_ends": _escalation_ends,
    "minute_taker": _minute_taker,
    "change_settled": settled_now,
    "review_limit": review_limit,
}  # fmt: skip


@dataclass(frozen=True)
class SopProcedure:
    """What the engine takes as its procedure."""

    steps: Mapping[str, Callable[[Work], Any]] = field(default_factory=lambda: STEPS)
    records: Mapping[str, Callable[[Work], Draft]] = field(default_factory=lambda: COMPOSERS)
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=lambda: FUNCTIONS)
    """Beside the engine's next_due, last_due, now and today."""
    errors: tuple[type[BaseException], ...] = (ProcessesError,)

    def choices(self, work: Work, wanted: frozenset[str]) -> Mapping[str, Sequence[Choice]]:
        """The lists of these names, that forms choose from."""
        return lists.choices(work, wanted)

    def context(self, work: Work, wanted: frozenset[str]) -> Mapping[str, Any]:
        """The values of these names, that forms show and begin with."""
        return contexts.context(work, wanted)

    def check(self, files: Mapping[str, bytes]) -> Sequence[Finding]:
        """What is wrong with a bundle in the eyes of the procedure."""
        return checking.check(files)

    def concerned(self, unit: Unit, instance: str, step: str, signs: str) -> Mapping[str, str]:
        """Who has a part of their own in what a task decides on: person -> what they did."""
        return concerned(unit, instance, step, signs)


def procedure() -> SopProcedure:
    """The procedure of the SOP."""
    return SopProcedure()


def bundle() -> Bundle:
    """The first bundle of the SOP, as it comes with the program. Raises engine.Refused when it cannot be read."""
    return Bundle.read(SOP)
