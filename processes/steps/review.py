"""Steps of the review cycle up to the meeting: schedule, data cut, report, and what its readers answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select

import engine
from engine import Work, names
from forms import AnswersRefused
from processes.calendar import clock_of, instant, iso
from processes.communication import tell
from processes.errors import StepRefused
from processes.log import write
from processes.people import everybody, readers
from processes.projects import project
from processes.responses import respond, responses
from processes.reviews import freeze_at, local_time, of_instance, overdue_review
from processes.snapshot import cut, previous_cut
from processes.tables import MeetingRow
from processes.vocabulary import MINUTES
from processes.writing import Writing


def schedule(work: Work) -> None:
    """Schedule the review, or in place of one that lacked a quorum the next. Raises AnswersRefused."""
    unit, answers, about = work.unit, work.answers or {}, project(work.unit, work.subject)
    team = set(everybody(unit, work.subject))
    invitees = [person for person in answers.get("invitees") or team if person in team]
    at = instant(date.fromisoformat(answers["date"]), clock_of(str(answers["time"])), about.zone)
    if at <= unit.clock():
        raise AnswersRefused({"date": ("A review is scheduled for the future.",)})
    last = unit.session.scalar(select(func.max(MeetingRow.sequence)).where(MeetingRow.project == work.subject)) or 0
    row = MeetingRow(
        project=work.subject, id=f"R{last + 1}", sequence=last + 1, instance=work.instance, state="scheduled",
        scheduled_at=at, place=str(answers["place"]), agenda=str(answers["agenda"]), invitees=sorted(invitees),
        called_by=work.actor.person, freeze_at=None, frozen_at=None, cut=None, distributed_at=None, attendees=None,
        apologies=None, delegates="", quorum=None, held=None, held_at=None,
    )  # fmt: skip
    Writing.of(work).add(row)


def planned(work: Work) -> dict[str, Any]:
    """Work out when the data are cut; a gap of more than a month to the last held review is recorded as a deviation."""
    row, about = of_instance(work.unit, work.instance), project(work.unit, work.subject)
    writing = Writing.of(work)
    frozen = freeze_at(about, row.scheduled_at, work.unit.clock())
    writing.change(row, freeze_at=frozen)
    last = overdue_review(work.unit, about, row.scheduled_at)
    if last is not None:
        text = (
            f"The review {row.id} on {about.day(row.scheduled_at).isoformat()} comes more than a month after "
            f"{last.isoformat()}, when the last one was held or the project began."
        )
        write(writing, about.zone, "deviation", text, clause="5.3a")
    tell(writing, "invitation", key=row.id, to=row.invitees)
    return {"meeting": row.id, "freeze_at": iso(frozen), "meeting_at": iso(row.scheduled_at)}


def freeze(work: Work) -> None:
    """Cut the data: from here on, report and performance review speak of this instant."""
    row = of_instance(work.unit, work.instance)
    if row.cut is not None:
        raise StepRefused(f"The data for {row.id} have been cut already.")
    data = cut(work.unit, work.subject, previous_cut(work.unit, row))
    Writing.of(work).change(row, cut=data, frozen_at=work.unit.clock())


def distribute(work: Work) -> dict[str, Any]:
    """Put the report before everybody and ask its readers; too little time to read is recorded as a breach."""
    unit, row, about = work.unit, of_instance(work.unit, work.instance), project(work.unit, work.subject)
    record = engine.current(unit, MINUTES, work.subject, row.id)
    if record is None:
        raise StepRefused("There is no status report yet that could be distributed.")
    writing, now = Writing.of(work), unit.clock()
    tell(writing, "report", key=row.id, record=record.id)
    writing.change(row, distributed_at=now)
    lead = about.calendar.between(about.day(now), about.day(row.scheduled_at))
    if lead < about.settings.preread_days or now >= row.scheduled_at:
        text = (
            f"The report for {row.id} went out {max(lead, 0)} working days before the meeting "
            f"({local_time(about, row.scheduled_at)}), not {about.settings.preread_days}."
        )
        write(writing, about.zone, "breach", text, clause="5.3b")
    asked = readers(unit, work.subject)
    if not asked:
        raise StepRefused("This project has no active stakeholder or sponsor who could read the report.")
    return {"readers": asked, "inputs": {}}


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
    unit, row, about = work.unit, of_instance(work.unit, work.instance), project(work.unit, work.subject)
    record = engine.current(unit, MINUTES, work.subject, row.id)
    if record is None:
        raise StepRefused("There is no status report to answer to.")
    given = {one.person for one in responses(unit, work.subject, "report", row.id)}
    silent = [person for person in readers(unit, work.subject) if person not in given]
    printed, writing = names(unit, silent), Writing.of(work)
    for person in silent:
        respond(writing, "report", record, person, "not reviewed")
        text = f"{printed[person]} did not answer to the report for {row.id}: not reviewed."
        write(writing, about.zone, "unanswered", text, clause="4.ST1", person=person)


STEPS = {
    "review.schedule": schedule,
    "review.plan": planned,
    "review.freeze": freeze,
    "review.distribute": distribute,
    "review.input": take_input,
    "review.unanswered": unanswered,
}
