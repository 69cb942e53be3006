"""Weekly updates: the period, who owes what, what was handed in, what is missing (clauses 5.2b to 5.2d)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from engine import Unit, names
from processes.calendar import due_of, in_words, instant, monday_of
from processes.claims import IN_JUDGEMENT, RETURNED, in_judgement
from processes.errors import StepRefused
from processes.people import holders
from processes.plan import milestone_rows
from processes.projects import Project
from processes.tables import ClaimRow, MilestoneRow, PeriodRow, ReturnRow, UpdateRow
from processes.vocabulary import STATUSES, TEAM


@dataclass(frozen=True)
class Window:
    """Until when an update is asked for, reminded of, due, and still taken."""

    remind_at: datetime
    due_at: datetime
    close_at: datetime


@dataclass(frozen=True)
class Update:
    """What one person reported, or did not report, on one milestone in one period."""

    period: str
    milestone: str
    milestone_name: str
    person: str
    name: str
    by: str
    status: str
    percent: int
    forecast: date | None
    actual: date | None
    late: bool
    missed: bool
    at: datetime


def window(about: Project, period: str) -> Window:
    """The instants of a period: due in its (last) week, reminded a working day before, closed some later at that time.

    When that is a holiday, updates are due on the last working day of the week before it; a weekend is meant as said.
    """
    weekday, at = due_of(about.settings.weekly_due)
    monday = monday_of(period) + timedelta(weeks=about.settings.update_weeks - 1)
    week = [monday + timedelta(days=n) for n in range(weekday, -1, -1)]
    due = week[0] if weekday > 4 else next((day for day in week if about.calendar.is_working(day)), week[0])
    close = about.calendar.add(due, about.settings.update_close_days)
    return Window(*(instant(day, at, about.zone) for day in (about.calendar.add(due, -1), due, close)))


def second_window(about: Project, now: datetime) -> Window:
    """The instants for a correction: due two working days from now at the usual time of day, closed as always."""
    at = due_of(about.settings.weekly_due)[1]
    due = about.calendar.add(about.day(now), 2)
    close = about.calendar.add(due, about.settings.update_close_days)
    return Window(*(instant(day, at, about.zone) for day in (about.calendar.add(due, -1), due, close)))


def open_rows(unit: Unit, project_id: str) -> list[MilestoneRow]:
    """The milestones that are still to be reached."""
    return [row for row in milestone_rows(unit, project_id) if row.actual is None and row.dropped_on is None]


def owners(unit: Unit, project_id: str) -> dict[str, str]:
    """Who owes an update: the active owners of open milestones, but for those that are claimed complete and judged."""
    active, told = set(holders(unit, project_id, TEAM)), in_judgement(unit, project_id)
    return {row.owner: TEAM for row in open_rows(unit, project_id) if row.owner in active and row.id not in told}


def period_of(unit: Unit, instance: str) -> PeriodRow:
    """The period that an instance is about. Raises StepRefused."""
    row = unit.session.scalars(select(PeriodRow).where(PeriodRow.instance == instance)).first()
    if row is None:
        raise StepRefused("This instance is about no period.")
    return row


def expected(unit: Unit, project_id: str, period: str, person: str) -> list[MilestoneRow]:
    """The milestones a person reports on: the open ones they own, and those they have reported on in this period.

    What is claimed complete and judged by others at present needs no report.
    """
    reported = {row.milestone for row in _rows(unit, project_id, period) if row.person == person}
    told = in_judgement(unit, project_id)
    return [
        row
        for row in milestone_rows(unit, project_id)
        if row.dropped_on is None
        and ((row.owner == person and row.actual is None and row.id not in told) or row.id in reported)
    ]


def standing(unit: Unit, project_id: str, period: str) -> list[UpdateRow]:
    """The updates of a period that count: the newest of each person."""
    rows = _rows(unit, project_id, period)
    last: dict[str, int] = {}
    for row in rows:
        last[row.person] = max(last.get(row.person, 0), row.attempt)
    return [row for row in rows if row.attempt == last[row.person]]


def updates(unit: Unit, project_id: str, period: str | None = None) -> list[Update]:
    """The updates that count, of one period or of all, oldest period first."""
    query = select(UpdateRow.period).where(UpdateRow.project == project_id).distinct()
    wanted = [period] if period is not None else sorted(unit.session.scalars(query))
    rows = [row for one in wanted for row in standing(unit, project_id, one)]
    printed = names(unit, {row.person for row in rows})
    milestones = {row.id: row.name for row in milestone_rows(unit, project_id)}
    return [
        Update(
            row.period, row.milestone, milestones.get(row.milestone, row.milestone), row.person, printed[row.person],
            row.by, row.status, row.percent, row.forecast, row.actual, row.late, row.missed, row.at,
        )
        for row in rows
    ]  # fmt: skip


def missing(unit: Unit, period: PeriodRow, asked: Collection[str]) -> list[str]:
    """Who of those asked has not handed in, or not again since the update was returned to them."""
    query = select(ReturnRow).where(ReturnRow.project == period.project, ReturnRow.period == period.period)
    returned: dict[str, int] = {}
    for row in unit.session.scalars(query):
        returned[row.person] = returned.get(row.person, 0) + 1
    attempts: dict[str, int] = {}
    for row in _rows(unit, period.project, period.period):
        if not row.missed:
            attempts[row.person] = max(attempts.get(row.person, 0), row.attempt)
    return [person for person in asked if attempts.get(person, 0) <= returned.get(person, 0)]


def faults(
    rows: Sequence[Mapping[str, Any]],
    wanted: Mapping[str, MilestoneRow],
    *,
    today: date,
    began: date,
    claims: Mapping[str, ClaimRow],
    closing: bool,
) -> dict[str, tuple[str, ...]]:
    """What must be mended in the lines of an update: field name -> sentences. Days are those of the project's zone.

    `claims` are the open ones by milestone: what is claimed is judged there, and is reported no other way meanwhile.
    Nothing new is claimed while the closing of the project is being signed.
    """
    found: dict[str, tuple[str, ...]] = {}
    told = [str(row.get("milestone") or "") for row in rows]
    lacking = [one for one in wanted if one not in told]
    if lacking:
        found["milestones"] = (f"Report on each of your milestones; missing: {', '.join(lacking)}.",)
    for at, row in enumerate(rows):
        place = f"milestones.{at}"
        if told[at] not in wanted or told[at] in told[:at]:
            found[f"{place}.milestone"] = ("Report once on each milestone that is yours.",)
            continue
        claim = claims.get(told[at])
        said = _line_faults(row, today, began) | _claim_faults(row, wanted[told[at]], claim, closing)
        found |= {f"{place}.{name}": (sentence,) for name, sentence in said.items()}
    return found


def is_settled(row: MilestoneRow, claim: ClaimRow | None) -> bool:
    """Whether a milestone's completion is out of its owner's hands: accepted, or judged by others."""
    return row.actual is not None or (claim is not None and claim.state in IN_JUDGEMENT)


def _claim_faults(
    said: Mapping[str, Any], row: MilestoneRow, claim: ClaimRow | None, closing: bool
) -> dict[str, str]:
    achieved = said.get("status") == "achieved"
    if is_settled(row, claim) and not achieved:
        return {"status": "It is claimed or accepted as complete: leave it as achieved."}
    if claim is not None and claim.state == RETURNED and achieved:
        return {"status": f"Its claim {claim.id} was sent back to you: claim it again there, in your inbox."}
    if closing and achieved and not is_settled(row, claim):
        return {"status": "The closing of this project is being signed. Nothing new is claimed in it."}
    return {}


def _line_faults(row: Mapping[str, Any], today: date, began: date) -> dict[str, str]:
    forecast, actual = day_or_none(row.get("forecast")), day_or_none(row.get("actual"))
    found: dict[str, str] = {}
    if row.get("status") not in STATUSES:
        found["status"] = "Choose how it stands."
    elif row["status"] == "achieved":
        if actual is None:
            found["actual"] = "Say on which day it was reached."
        elif actual > today:
            found["actual"] = "A day in the future cannot have been reached. Give a forecast instead."
        elif actual < began:
            found["actual"] = f"The project began on {in_words(began)}: nothing was reached before that."
    else:
        if actual is not None:
            found["actual"] = "Choose the status “achieved”, or leave the day of reaching it empty."
        if forecast is None:
            found["forecast"] = "Say when you expect it."
        elif forecast < today:
            found["forecast"] = "What is still to be reached cannot be expected in the past. Give a day from today on."
    if not 0 <= int(row.get("percent") or 0) <= 100:
        found["percent"] = "Give a number from 0 to 100."
    return found


def nil_faults(answers: Mapping[str, Any], *, required: bool = True) -> dict[str, tuple[str, ...]]:
    """Nothing to report is said, not left open where that is `required`; and never beside something reported."""
    tells = bool(str(answers.get("achievements") or "").strip() or answers.get("setbacks"))
    nothing = bool(answers.get("nothing_to_report"))
    if required and not tells and not nothing:
        return {"nothing_to_report": ("Report achievements or setbacks, or tick that there is nothing to report.",)}
    if tells and nothing:
        return {"nothing_to_report": ("You report something above, so do not tick this.",)}
    return {}


def day_or_none(value: Any) -> date | None:
    """A date from ISO text; None for nothing."""
    return date.fromisoformat(value) if value else None


def _rows(unit: Unit, project_id: str, period: str) -> list[UpdateRow]:
    return list(unit.session.scalars(_REPORTED, {"project": project_id, "period": period}))


_REPORTED = (
    select(UpdateRow)
    .where(UpdateRow.project == bindparam("project"), UpdateRow.period == bindparam("period"))
    .order_by(UpdateRow.id)
)
