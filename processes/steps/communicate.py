"""The step that tells everybody about a baseline, minutes or a change, and keeps who was told (clause 5.4e)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import engine
from engine import Record, Work
from processes.changes import of_instance as change_of
from processes.closures import of_instance as closure_of
from processes.communication import tell
from processes.errors import StepRefused
from processes.projects import project
from processes.reviews import of_instance as meeting_of
from processes.vocabulary import CHANGE, CLOSURE, MINUTES, PLAN, REVIEW
from processes.writing import Writing


def communicate(work: Work) -> None:
    """Put the newest record of what the parameter `about` names before every active member, one row for each."""
    about = str(work.call.parameters.get("about") or "")
    find = _SUBJECTS.get(about)
    if find is None:
        raise StepRefused(f"Nothing can be communicated about “{about}”. Name one of: {', '.join(_SUBJECTS)}.")
    key, record = find(work)
    _performance(work, about, key)
    if not tell(Writing.of(work), about, key=key, record=record.id if record else None):
        raise StepRefused("This project has no active members who could be told.")


def _performance(work: Work, about: str, key: str) -> None:
    """The performance review goes out with the minutes where the project does not send it with the report."""
    if about != "minutes" or project(work.unit, work.subject).settings.performance_report == "with the report":
        return
    if (record := engine.in_instance(work.unit, REVIEW, work.instance)) is not None:
        tell(Writing.of(work), "performance", key=key, record=record.id)


def _baseline(work: Work) -> tuple[str, Record | None]:
    return "", engine.current(work.unit, PLAN, work.subject)


def _minutes(work: Work) -> tuple[str, Record | None]:
    key = meeting_of(work.unit, work.instance).id
    return key, engine.current(work.unit, MINUTES, work.subject, key)


def _change(work: Work) -> tuple[str, Record | None]:
    key = change_of(work.unit, work.instance).id
    return key, engine.current(work.unit, CHANGE, work.subject, key)


def _closure(work: Work) -> tuple[str, Record | None]:
    key = closure_of(work.unit, work.instance).id
    return key, engine.current(work.unit, CLOSURE, work.subject, key)


_SUBJECTS: dict[str, Callable[[Work], tuple[str, Any]]] = {
    "baseline": _baseline,
    "minutes": _minutes,
    "change": _change,
    "change-at-once": _change,
    "change-lapsed": _change,
    "closure": _closure,
}

STEPS = {"communicate": communicate}
