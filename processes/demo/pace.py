"""When the people of the demo do what waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine import Task
from processes.calendar import instant, monday_of, zone_of
from processes.demo.people import DOROTHEA, GRETA, INES, MEI, RAHUL, SAMUEL, TOMAS, Persona
from processes.demo.timeline import ZONE, Timeline
from processes.working_days import Calendar

SETUP: Mapping[tuple[str, str, int], tuple[str, str]] = {
    ("record-deviation", INES.id, 1): ("2023-06-19", "10:30"),
    ("draft-plan", INES.id, 1): ("2023-06-20", "10:00"),
    ("accept-ownership", TOMAS.id, 1): ("2023-06-20", "14:00"),
    ("accept-ownership", MEI.id, 1): ("2023-06-20", "16:20"),
    ("accept-ownership", RAHUL.id, 1): ("2023-06-21", "10:00"),
    ("revise-plan", INES.id, 1): ("2023-06-21", "15:00"),
    ("accept-ownership", TOMAS.id, 2): ("2023-06-22", "09:40"),
    ("accept-ownership", MEI.id, 2): ("2023-06-22", "10:30"),
    ("accept-ownership", RAHUL.id, 2): ("2023-06-22", "11:10"),
    ("sign-baseline", GRETA.id, 1): ("2023-06-23", "10:00"),
    ("sign-baseline", SAMUEL.id, 1): ("2023-06-23", "16:00"),
    ("revise-plan", INES.id, 2): ("2023-06-23", "15:00"),
    ("accept-ownership", TOMAS.id, 3): ("2023-06-26", "09:30"),
    ("accept-ownership", MEI.id, 3): ("2023-06-26", "10:00"),
    ("accept-ownership", RAHUL.id, 3): ("2023-06-26", "10:45"),
    ("sign-baseline", SAMUEL.id, 2): ("2023-06-26", "15:00"),
    ("sign-baseline", GRETA.id, 2): ("2023-06-27", "11:00"),
}
"""(element, person, which time) -> when the plan was drafted, sent back and signed."""

UPDATES = {TOMAS.id: (0, "10:00"), MEI.id: (1, "15:00"), RAHUL.id: (2, "11:00")}
"""Weekday and time at which each owner usually reports."""

SILENCES = {
    ("give-input", SAMUEL.id): (date(2023, 11, 1), date(2023, 11, 30)),
    ("comment-minutes", DOROTHEA.id): (date(2024, 6, 1), date(2024, 6, 30)),
}
"""Who does not answer which task, and in which month."""

LATE_CALL = (date(2024, 1, 9), date(2024, 1, 13), "2024-01-17")
"""Calls for a review between these days are answered on the third."""

CHANGES: Mapping[tuple[str, str, int], tuple[str, str]] = {
    ("describe-change", INES.id, 2): ("2024-01-12", "14:00"),
    ("decide-change", GRETA.id, 2): ("2024-01-15", "10:00"),
    ("revise-change", INES.id, 1): ("2024-01-16", "10:00"),
    ("decide-change", GRETA.id, 3): ("2024-01-17", "09:00"),
    ("describe-change", RAHUL.id, 1): ("2024-09-24", "11:00"),
    ("decide-change", SAMUEL.id, 4): ("2024-09-25", "09:30"),
    ("revise-change", RAHUL.id, 1): ("2024-09-25", "15:00"),
    ("decide-change", SAMUEL.id, 5): ("2024-09-27", "09:00"),
    ("decide-change", DOROTHEA.id, 4): ("2024-09-27", "10:00"),
}
"""When changes were described, sent back and described again; every other step of theirs takes its usual time."""

DELAYS = {
    "release-status": timedelta(hours=1),
    "analyse-performance": timedelta(hours=2),
    "issue-report": timedelta(hours=1),
    "open-meeting": timedelta(minutes=5),
    "settle-quorum": timedelta(minutes=20),
    "reschedule-review": timedelta(hours=1),
    "hold-review": timedelta(hours=1),
    "draft-minutes": timedelta(hours=3),
}
"""What is done soon after it can be; everything else waits for the next working morning."""


SAME_DAY = {
    "state-claim": timedelta(minutes=10),
    "verify-claim": timedelta(minutes=50),
    "accept-milestone": timedelta(minutes=30),
}
"""What is done on the very day: when a release is out, everybody looks."""


@dataclass(frozen=True)
class Pace:
    """The people's habits on a timeline."""

    timeline: Timeline

    def when(self, task: Task, who: Persona, times: int, period: str | None) -> datetime | None:
        """When this person does this task, the `times`-th of its kind; None when it is never done.

        `period` is the ISO week of a weekly update, in the replay's own days.
        """
        fixed = SETUP.get((task.element, who.id, times)) or CHANGES.get((task.element, who.id, times))
        if fixed is not None:
            return max(self.timeline.at(*fixed), task.created_at + timedelta(minutes=1))
        if task.element == "submit-update":
            return self._report(task, who, period)
        if task.element == "schedule-review":
            return self._call(task)
        if self._silent(task, who):
            return None
        if task.element in SAME_DAY:
            return task.created_at + SAME_DAY[task.element]
        if task.element in DELAYS:
            return self._soon(task.created_at + DELAYS[task.element])
        return self._morning(task.created_at, who)

    def _report(self, task: Task, who: Persona, period: str | None) -> datetime | None:
        """On the day something was recorded; else on the usual day, unless an expected day has passed unreported."""
        monday = monday_of(period) - self.timeline.shift if period else self.timeline.day(task.created_at)
        told = self.timeline.facts(who, monday, monday + timedelta(days=6))
        if told:
            return max(self.timeline.at(told[0].recorded_on, "15:30"), task.created_at + timedelta(minutes=5))
        weekday, clock = UPDATES[who.id]
        day = monday + timedelta(days=weekday)
        usual = max(self.timeline.at(day, clock), task.created_at + timedelta(hours=3))
        return None if self.timeline.stale(who, self.timeline.day(usual)) else usual

    def _call(self, task: Task) -> datetime:
        first, last, then = LATE_CALL
        if first <= self.timeline.day(task.created_at) <= last:
            return self.timeline.at(then, "09:30")
        return self._morning(task.created_at, INES)

    def _silent(self, task: Task, who: Persona) -> bool:
        first, last = SILENCES.get((task.element, who.id), (date.max, date.min))
        return first <= self.timeline.day(task.created_at) <= last

    def _soon(self, moment: datetime) -> datetime:
        local = moment.astimezone(zone_of(ZONE))
        if local.weekday() < 5 and 8 <= local.hour < 18:
            return moment
        return self._morning(moment, INES)

    def _morning(self, moment: datetime, who: Persona) -> datetime:
        """The next working morning, each person a little later than the one before."""
        local = moment.astimezone(zone_of(ZONE))
        minutes = 10 * (sum(who.id.encode()) % 9)
        return instant(Calendar().add(local.date(), 1), time(9 + minutes // 60, minutes % 60), ZONE)
