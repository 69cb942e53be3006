"""Moving what an instance waits for to a later time, or back: its timers, each by the same span."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from engine.bpmn.calendar import instant, iso
from engine.bpmn.timers import DUE

if TYPE_CHECKING:
    from datetime import datetime

    from engine.bpmn.running import Run


def postpone(run: Run, span: timedelta, now: datetime) -> None:
    """Let every timer of a run elapse later by a span; earlier where that is negative, but none that would be over."""
    for timer in list(run._timers()):
        task = run._task(timer.task)
        moved = instant(timer.due) + span
        if task is not None and moved > now:
            task.internal_data[DUE][timer.element] = iso(moved)
