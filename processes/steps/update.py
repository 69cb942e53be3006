"""Steps of the weekly update: who owes what until when, what is handed in, what is missing, and its release."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from engine import Unit, Work, names
from forms import AnswersRefused
from processes import acceptance
from processes.baselines import record_forecast
from processes.calendar import instant, iso, monday_of, week_of, weeks_between
from processes.claims import closing, open_claims
from processes.communication import tell
from processes.errors import StepRefused
from processes.gaps import write_gap
from processes.holds import MORNING, was_held
from processes.log import entries, write
from processes.metrics.history import ACTUAL, EXPECTED
from processes.people import holders
from processes.projects import Project, project
from processes.tables import ClaimRow, MilestoneRow, PeriodRow, ReturnRow, UpdateRow
from processes.updates import (
    Window,
    day_or_none,
    expected,
    faults,
    is_settled,
    missing,
    nil_faults,
    open_rows,
    owners,
    period_of,
    second_window,
    standing,
    window,
)
from processes.vocabulary import CLAIMED, STAKEHOLDER, TEAM
from processes.writing import Writing


def opened(work: Work) -> dict[str, Any]:
    """Open the period that the message names; periods that downtime skipped are recorded as missed."""
    unit, writing = work.unit, Writing.of(work)
    about = project(unit, work.subject)
    said = str(work.call.data["message"]["period_end"])
    monday = monday_of(week_of(about.day(datetime.fromisoformat(said))))
    period = week_of(monday)
    if unit.session.get(PeriodRow, (work.subject, period)) is not None:
        raise StepRefused(f"The period {period} has been opened already.")
    _gaps(work, about, period)
    times = window(about, period)
    row = PeriodRow(
        project=work.subject, period=period, instance=work.instance, opened_at=unit.clock(), due_at=times.due_at,
        close_at=times.close_at, released_at=None, released_by=None, comment="",
    )  # fmt: skip
    writing.add(row)
    named = owners(unit, work.subject)
    for one in open_rows(unit, work.subject):
        if one.owner not in named:
            text = f"{one.id} {one.name} has no owner who is active in the team. Hand it over by a change."
            write_gap(work, "no-owner", period, text, cause=f"{period}:{one.id}", milestone=one.id, period=period)
    return {"period": period, "owners": named, "updates": {}, "any_open": bool(named), **_instants(times)}


def _instants(times: Window) -> dict[str, str]:
    return {name: iso(getattr(times, name)) for name in ("remind_at", "due_at", "close_at")}


def _gaps(work: Work, about: Project, period: str) -> None:
    """Every open milestone of every skipped period: an update that nobody was asked for is missed all the same."""
    unit, writing = work.unit, Writing.of(work)
    last = unit.session.scalar(select(func.max(PeriodRow.period)).where(PeriodRow.project == about.id))
    if about.started_at is None:
        return
    since = monday_of(last) if last else about.day(about.started_at)
    for skipped in weeks_between(since, monday_of(period)):
        if not _was_called(unit, about, skipped):
            continue
        row = PeriodRow(
            project=about.id, period=skipped, instance=f"skipped {skipped} {about.id}"[:32], opened_at=unit.clock(),
            due_at=window(about, skipped).due_at, close_at=window(about, skipped).close_at, released_at=None,
            released_by=None, comment="",
        )  # fmt: skip
        writing.add(row, reason="Nothing ran when this period was due.")
        for person in owners(unit, about.id):
            miss(work, row, person, "No update was asked for: nothing ran when it was due.")


def _was_called(unit: Unit, about: Project, period: str) -> bool:
    """Whether a week was one in which an update is asked for, and did not begin in a hold."""
    monday, registered = monday_of(period), about.day(about.registered_at)
    weeks = (monday - registered + timedelta(days=registered.weekday())).days // 7
    held = was_held(unit, about.id, instant(monday, MORNING, about.zone))
    return weeks % about.settings.update_weeks == 0 and not held


def miss(work: Work, period: PeriodRow, person: str, text: str) -> None:
    """Missed updates of a person's milestones, and the gap that they are; it came about when the period closed."""
    writing = Writing.of(work)
    for one in expected(work.unit, work.subject, period.period, person):
        row = UpdateRow(
            project=work.subject, period=period.period, attempt=1, milestone=one.id, person=person,
            by=writing.by.person, status=one.status, percent=one.percent, forecast=one.forecast, actual=one.actual,
            late=True, missed=True, at=work.unit.clock(), instance=work.instance,
        )  # fmt: skip
        writing.add(row, ident=f"{work.subject}/{period.period}/{one.id}")
    closed = min(period.close_at, work.unit.clock())
    write_gap(work, "missed-update", period.period, text, person=person, at=closed, period=period.period)


def submit(work: Work) -> None:
    """Take a person's update: milestones, log, and a forecast wherever a date changed. Raises AnswersRefused."""
    unit, answers = work.unit, work.answers or {}
    about, period = project(unit, work.subject), period_of(unit, work.instance)
    person = work.key or work.whose
    today = about.day(unit.clock())
    wanted = {row.id: row for row in expected(unit, work.subject, period.period, person)}
    rows = [dict(row) for row in answers.get("milestones") or ()]
    claims = open_claims(unit, work.subject)
    found = faults(
        rows, wanted, today=today, began=about.began_on, claims=claims, closing=closing(unit, work.subject)
    ) | nil_faults(answers, required=about.settings.nil_entries == "required")
    if found:
        raise AnswersRefused(found)
    writing = Writing.of(work)
    before = [row for row in standing(unit, work.subject, period.period) if row.person == person]
    attempt = max((row.attempt for row in before), default=0) + 1
    in_time = unit.clock() <= period.due_at or any(not row.late for row in before)
    for row in rows:
        about_it = wanted[row["milestone"]], claims.get(row["milestone"])
        _report(writing, about_it, row, period, (person, attempt, not in_time))
    _log(writing, about, answers, period.period, person, attempt)


def _report(
    writing: Writing,
    about_it: tuple[MilestoneRow, ClaimRow | None],
    said: Mapping[str, Any],
    period: PeriodRow,
    whose: tuple[str, int, bool],
) -> None:
    (row, claim), (person, attempt, late) = about_it, whose
    about = project(writing.unit, writing.project)
    today = about.day(writing.unit.clock())
    actual = day_or_none(said.get("actual")) if said["status"] == "achieved" else None
    forecast = actual or day_or_none(said.get("forecast"))
    percent = 100 if actual else int(said.get("percent") or 0)
    claims = bool(actual) and row.actual is None and acceptance.is_judged(writing.unit)
    update = UpdateRow(
        project=writing.project, period=period.period, attempt=attempt, milestone=row.id, person=person,
        by=writing.by.person, status=CLAIMED if claims else said["status"], percent=percent, forecast=forecast,
        actual=actual, late=late, missed=False, at=writing.unit.clock(), instance=writing.instance or "",
    )  # fmt: skip
    writing.add(update, ident=f"{writing.project}/{period.period}/{row.id}")
    if is_settled(row, claim):
        return
    if claims and actual:
        acceptance.report_complete(writing, row, claim, actual, f"update {period.period}")
        return
    acceptance.report_open(writing, claim)
    if (forecast, actual) != (row.forecast, row.actual):
        kind = ACTUAL if actual else EXPECTED
        record_forecast(writing, row.id, forecast, kind, today=today, source=f"update {period.period}")
        if about.settings.forecasts == "told" and kind == EXPECTED and (forecast - row.target).days > row.tolerance:
            tell(writing, "forecast", key=row.id, to=holders(writing.unit, about.id, STAKEHOLDER))
    writing.change(row, forecast=forecast, actual=actual, status=said["status"], percent=percent)


def _log(writing: Writing, about: Project, answers: Mapping[str, Any], period: str, person: str, attempt: int) -> None:
    earlier = [
        one
        for one in entries(writing.unit, about.id, period=period, current=True)
        if one.person == person and one.kind in ("achievement", "setback", "nil", "blocker", "help")
    ]
    corrects = earlier[0].id if attempt > 1 and earlier else None
    common: dict[str, Any] = {"person": person, "period": period, "attempt": attempt, "corrects": corrects}
    if text := str(answers.get("achievements") or "").strip():
        write(writing, about.zone, "achievement", text, clause="5.2c", **common)
    for one in answers.get("setbacks") or ():
        days = one.get("impact_days")
        write(
            writing, about.zone, "setback", str(one["text"]), clause="5.2d", milestone=one.get("milestone") or None,
            cause=str(one.get("cause") or "other"), impact_days=None if days is None else int(days), **common,
        )  # fmt: skip
    if answers.get("nothing_to_report"):
        write(writing, about.zone, "nil", "No achievements and no setbacks this week.", clause="5.2c", **common)
    for one in answers.get("blockers") or ():
        needed = f" Needed by {one['needed_by']}." if one.get("needed_by") else ""
        write(
            writing, about.zone, "blocker", f"{one['text']}{needed}", clause="5.3d",
            event_on=day_or_none(one.get("since")), **common,
        )  # fmt: skip
    if text := str(answers.get("help") or "").strip():
        write(writing, about.zone, "help", text, clause="5.2d", **common)


def remind(work: Work) -> None:
    """Remind those whose update is still missing."""
    _tell(work, "reminder")


def overdue(work: Work) -> None:
    """Tell those whose update is still missing that it is overdue."""
    _tell(work, "overdue")


def _tell(work: Work, about: str) -> None:
    period = period_of(work.unit, work.instance)
    waiting = missing(work.unit, period, asked(work))
    if waiting:
        tell(Writing.of(work), about, key=period.period, to=waiting)


def asked(work: Work) -> list[str]:
    """Who owes an update, by the rows: owners of open milestones, and everybody who was asked to correct theirs."""
    period = period_of(work.unit, work.instance)
    found = list(owners(work.unit, work.subject))
    query = select(ReturnRow.person).where(ReturnRow.project == work.subject, ReturnRow.period == period.period)
    return found + [person for person in work.unit.session.scalars(query) if person not in found]


def missed(work: Work) -> None:
    """Record what is missing when the period closes.

    Who never reported gets missed updates; who was asked to correct an update and did not keeps it, with a note.
    """
    unit, period = work.unit, period_of(work.unit, work.instance)
    waiting = missing(unit, period, asked(work))
    printed = names(unit, waiting)
    for person in waiting:
        reported = [row.attempt for row in standing(unit, work.subject, period.period) if row.person == person]
        if reported:
            text, which = f"{printed[person]} did not correct the update that was returned.", period.period
            cause = f"{which}:{person}:{max(reported)}"
            write_gap(work, "uncorrected-update", which, text, person=person, cause=cause, period=which)
        else:
            miss(work, period, person, f"{printed[person]} gave no update for {period.period}.")


def release(work: Work) -> None:
    """Release the week's status, or return one person's update for correction. Raises AnswersRefused."""
    answers, period = work.answers or {}, period_of(work.unit, work.instance)
    comment, writing = str(answers.get("comment") or "").strip(), Writing.of(work)
    if answers.get("decision") != "returned":
        now, by = work.unit.clock(), work.actor.person
        writing.change(period, released_at=now, released_by=by, comment=comment)
        return
    person = str(answers.get("return_to") or "")
    reported = {row.person for row in standing(work.unit, work.subject, period.period)}
    found = {}
    if person not in reported:
        found["return_to"] = ("Choose whose update is to be corrected.",)
    if not comment:
        found["comment"] = ("Say what is to be corrected.",)
    if found:
        raise AnswersRefused(found)
    row = ReturnRow(
        project=work.subject, period=period.period, person=person, by=work.actor.person, comment=comment,
        at=work.unit.clock(),
    )  # fmt: skip
    writing.add(row, ident=f"{work.subject}/{period.period}")


def returned(work: Work) -> dict[str, Any]:
    """Ask the person again, by the newest return that was written down, with new instants."""
    period, about = period_of(work.unit, work.instance), project(work.unit, work.subject)
    query = select(ReturnRow.person).where(ReturnRow.project == work.subject, ReturnRow.period == period.period)
    person = work.unit.session.scalars(query.order_by(ReturnRow.id.desc()).limit(1)).first()
    if person is None:
        raise StepRefused("No update was returned in this period.")
    times = second_window(about, work.unit.clock())
    Writing.of(work).change(period, close_at=times.close_at)
    return {"owners": {person: TEAM}, "updates": {}, **_instants(times)}


STEPS = {
    "update.open": opened,
    "update.submit": submit,
    "update.remind": remind,
    "update.overdue": overdue,
    "update.missed": missed,
    "update.release": release,
    "update.return": returned,
}
