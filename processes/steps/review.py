"""Steps of the review cycle up to the meeting: schedule, data cut, report, and what its readers answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import engine
from engine import Work, names
from forms import AnswersRefused
from processes.calendar import clock_of, in_words, instant, iso
from processes.communication import tell
from processes.errors import StepRefused
from processes.gaps import write_gap
from processes.moving import keep_move, schedule_meeting
from processes.people import everybody, readers
from processes.projects import Project, project
from processes.responses import respond, responses
from processes.review_months import note_gap
from processes.reviews import day_before, freeze_at, last_of_instance, local_time, of_instance, repeat_by, still_fresh
from processes.snapshot import cut, previous_cut
from processes.tables import MeetingRow
from processes.vocabulary import MINUTES, REVIEW
from processes.writing import Writing


def schedule(work: Work) -> None:
    """Schedule the review, or in place of one that lacked a quorum the next. Raises AnswersRefused.

    One that is repeated later than five working days after it failed needs a reason, and that is a gap.
    """
    unit, answers, about = work.unit, work.answers or {}, project(work.unit, work.subject)
    team = set(everybody(unit, work.subject))
    invitees = [person for person in answers.get("invitees") or team if person in team]
    at = instant(date.fromisoformat(answers["date"]), clock_of(str(answers["time"])), about.zone)
    if at <= unit.clock():
        raise AnswersRefused({"date": ("A review is scheduled for the future.",)})
    failed = last_of_instance(unit, work.instance)
    if failed is not None:
        _repeated(work, about, failed, at)
    schedule_meeting(Writing.of(work), work.instance, at, str(answers["place"]), str(answers["agenda"]), invitees)


def _repeated(work: Work, about: Project, failed: MeetingRow, at: datetime) -> None:
    limit, day = repeat_by(about, failed), about.day(at)
    why = str((work.answers or {}).get("why_late") or "").strip()
    if day <= limit:
        return
    if not why:
        said = f"Five working days after {failed.id} is {in_words(limit)}. Say why it is later, or choose that day."
        raise AnswersRefused({"why_late": (said,)})
    keep_move(Writing.of(work), failed, failed.scheduled_at, at, why)
    text = f"{failed.id} had no quorum and is repeated on {in_words(day)}, not by {in_words(limit)}."
    write_gap(work, "late-meeting", failed.id, text)


def planned(work: Work) -> dict[str, Any]:
    """Work out when the data are cut, and whether a report that went out before a move is still the one to read."""
    unit, row, about = work.unit, of_instance(work.unit, work.instance), project(work.unit, work.subject)
    writing, first = Writing.of(work), row.freeze_at is None
    stands = row.distributed_at is not None and still_fresh(about, row)
    if stands:
        _lead(work, row, about)
    else:
        frozen = freeze_at(about, row.scheduled_at, unit.clock())
        writing.change(row, freeze_at=frozen, frozen_at=None, distributed_at=None)
    engine.entitle(unit, work.instance, f"Review {row.id} on {in_words(about.day(row.scheduled_at))}")
    if first:
        tell(writing, "invitation", key=row.id, to=row.invitees)
    return {
        "meeting": row.id, "freeze_at": iso(row.freeze_at or unit.clock()), "meeting_at": iso(row.scheduled_at),
        "report_stands": stands,
    }  # fmt: skip


def moved(work: Work) -> dict[str, Any]:
    """Whether the meeting was called off and no other one was scheduled; that is a gap."""
    row, about = of_instance(work.unit, work.instance), project(work.unit, work.subject)
    off = row.state == "called-off"
    if off:
        text = (
            f"The review {row.id} on {local_time(about, row.scheduled_at)} was called off by the project manager, and "
            "no other date was set."
        )
        write_gap(work, "review-cancelled", row.id, text)
    return {"called_off": off}


def freeze(work: Work) -> None:
    """Cut the data: from here on, report and performance review speak of this instant."""
    row = of_instance(work.unit, work.instance)
    if row.frozen_at is not None:
        raise StepRefused(f"The data for {row.id} have been cut already.")
    data = cut(work.unit, work.subject, previous_cut(work.unit, row))
    Writing.of(work).change(row, cut=data, frozen_at=work.unit.clock())


def analyse(work: Work) -> None:
    """Whether the analysis names improvements, or says that there are none. Raises AnswersRefused."""
    answers = work.answers or {}
    if bool(answers.get("improvements")) == bool(answers.get("no_improvements")):
        said = "List what should improve, or tick that nothing needs to: one of the two."
        raise AnswersRefused({"no_improvements": (said,)})


def distribute(work: Work) -> dict[str, Any]:
    """Put the report before everybody; too little time to read it is a gap, and the meeting may proceed."""
    unit, row, about = work.unit, of_instance(work.unit, work.instance), project(work.unit, work.subject)
    record = engine.current(unit, MINUTES, work.subject, row.id)
    if record is None:
        raise StepRefused("There is no status report yet that could be distributed.")
    writing = Writing.of(work)
    tell(writing, "report", key=row.id, record=record.id)
    performance = engine.in_instance(unit, REVIEW, work.instance)
    if about.settings.performance_report == "with the report" and performance is not None:
        tell(writing, "performance", key=row.id, record=performance.id)
    writing.change(row, distributed_at=unit.clock())
    _lead(work, row, about)
    return {"meeting_at": iso(row.scheduled_at)}


def _lead(work: Work, row: MeetingRow, about: Project) -> None:
    """Write it down when the report went out later than the project's pre-read time before the meeting."""
    sent = row.distributed_at or work.unit.clock()
    lead = about.calendar.between(about.day(sent), about.day(row.scheduled_at))
    if lead < about.settings.preread_days or sent >= row.scheduled_at:
        text = (
            f"The report for {row.id} went out {max(lead, 0)} working days before the meeting "
            f"({local_time(about, row.scheduled_at)}), not {about.settings.preread_days}."
        )
        write_gap(work, "late-report", row.id, text, cause=f"{row.id}:{iso(row.scheduled_at)}")


def listed(work: Work) -> dict[str, Any]:
    """Who reads the report and has not answered to it; after a move, nobody is asked twice about the same report."""
    unit, row = work.unit, of_instance(work.unit, work.instance)
    record = engine.current(unit, MINUTES, work.subject, row.id)
    if record is None:
        raise StepRefused("There is no status report to answer to.")
    asked = readers(unit, work.subject)
    if not asked:
        raise StepRefused("This project has no active stakeholder or sponsor who could read the report.")
    given = {one.person for one in responses(unit, work.subject, "report", row.id, record.sha256)}
    about = project(unit, work.subject)
    return {
        "readers": {person: role for person, role in asked.items() if person not in given}, "inputs": {},
        "remind_at": iso(day_before(about, unit.clock(), row.scheduled_at)),
    }  # fmt: skip


def remind(work: Work) -> None:
    """Remind whoever is asked by name here and has not answered."""
    waiting = engine.tasks(work.unit, instance=work.instance, status="open")
    people = sorted({one.assignee for one in waiting if one.assignee})
    record = engine.current(work.unit, MINUTES, work.subject, of_instance(work.unit, work.instance).id)
    if people and record is not None:
        tell(Writing.of(work), "reminder", key=record.key, record=record.id, to=people)


def take_input(work: Work) -> None:
    """Write down a reader's comment, or that there is none. Raises AnswersRefused when neither or both are said."""
    answers, row = work.answers or {}, of_instance(work.unit, work.instance)
    comment = str(answers.get("comment") or "").strip()
    if bool(comment) == bool(answers.get("no_comment")):
        raise AnswersRefused({"comment": ("Write a comment, or tick that you have none: one of the two.",)})
    record = engine.current(work.unit, MINUTES, work.subject, row.id)
    if record is None:
        raise StepRefused("There is no status report to answer to.")
    decision = "commented" if comment else "no comment"
    respond(Writing.of(work), "report", record, work.key or work.whose, decision, comment=comment)


def unanswered(work: Work) -> None:
    """Record as not reviewed what a reader has not answered by the time of the meeting; it never counts as agreed."""
    unit, row = work.unit, of_instance(work.unit, work.instance)
    record = engine.current(unit, MINUTES, work.subject, row.id)
    if record is None:
        raise StepRefused("There is no status report to answer to.")
    given = {one.person for one in responses(unit, work.subject, "report", row.id, record.sha256)}
    silent = [person for person in readers(unit, work.subject) if person not in given]
    printed, writing = names(unit, silent), Writing.of(work)
    for person in silent:
        respond(writing, "report", record, person, "not reviewed")
        text = f"{printed[person]} did not answer to the report for {row.id}: not reviewed."
        write_gap(work, "not-reviewed", row.id, text, person=person, cause=f"{record.id}:{person}")


STEPS = {
    "review.schedule": schedule,
    "review.plan": planned,
    "review.moved": moved,
    "review.gap": note_gap,
    "review.freeze": freeze,
    "review.analyse": analyse,
    "review.distribute": distribute,
    "review.readers": listed,
    "review.remind": remind,
    "review.input": take_input,
    "review.unanswered": unanswered,
}
