"""Steps of the weekly update after its release: what is late or blocked for long is taken further, each once."""

from __future__ import annotations

from typing import Any

import engine
from engine import Work
from forms import AnswersRefused
from processes.changes import new_change
from processes.communication import tell
from processes.errors import StepRefused
from processes.lateness import Late, taken_further, what_is_late
from processes.log import write
from processes.people import holders
from processes.projects import project
from processes.updates import period_of
from processes.vocabulary import MANAGER, SPONSOR
from processes.writing import Writing

DECISION = "decide-late"


def look(work: Work) -> dict[str, Any]:
    """Write down what is newly late beyond its tolerance, or blocked for too long, and tell sponsors of it."""
    unit, period = work.unit, period_of(work.unit, work.instance)
    late = what_is_late(unit, work.subject, period.period)
    found = [one for one in late if not taken_further(unit, work.subject, one)]
    for one in found:
        _note(work, period.period, one)
    if found:
        tell(Writing.of(work), "escalation", key=period.period, to=holders(unit, work.subject, SPONSOR))
    return {"anything_late": bool(found)}


def _note(work: Work, period: str, one: Late) -> None:
    zone = project(work.unit, work.subject).zone
    write(
        Writing.of(work), zone, "escalation", one.text, clause=one.clause, milestone=one.milestone, period=period,
        impact_days=one.days, event_on=one.since,
    )  # fmt: skip


def decide(work: Work) -> None:
    """Keep why something late can wait, or what is to follow; it stands with the task. Raises AnswersRefused."""
    if not str((work.answers or {}).get("reason") or "").strip():
        raise AnswersRefused({"reason": ("Say why.",)})


def raise_change(work: Work) -> dict[str, Any]:
    """Raise a change in the name of whoever decided so; they describe it next. Raises StepRefused."""
    said = engine.submissions(work.unit, work.instance, DECISION)
    if not said or said[-1].person not in holders(work.unit, work.subject, MANAGER):
        raise StepRefused("Only a project manager of the project raises a change from here.")
    period = period_of(work.unit, work.instance)
    change = new_change(Writing.of(work), said[-1].person, f"update {period.period}")
    return {"change": change}


STEPS = {"update.late": look, "update.decide": decide, "update.raise_change": raise_change}
