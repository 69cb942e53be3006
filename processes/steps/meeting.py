"""Steps of the review cycle in the meeting and on its minutes: attendance, quorum, what was said, comments."""

from __future__ import annotations

from typing import Any

import engine
from engine import Record, Work, names
from forms import AnswersRefused
from processes.calendar import iso
from processes.errors import StepRefused
from processes.gaps import write_gap
from processes.people import everybody
from processes.projects import project
from processes.quorum import quorum_of
from processes.responses import respond, responses
from processes.review_months import note_gap
from processes.reviews import held_faults, minutes_of, of_instance, to_review
from processes.writing import Writing

COURSES = ("reschedule", "information", "circulation")
"""How a review goes on without a quorum."""


def attend(work: Work) -> None:
    """Write down who is there and who is excused. Raises AnswersRefused when somebody is both, or nobody is there."""
    answers, row = work.answers or {}, of_instance(work.unit, work.instance)
    present, excused = sorted(answers.get("attendees") or ()), sorted(answers.get("apologies") or ())
    both = names(work.unit, set(present) & set(excused))
    if both:
        raise AnswersRefused({"apologies": (f"Present and excused at once: {', '.join(both.values())}.",)})
    if not present:
        raise AnswersRefused({"attendees": ("Say who is there.",)})
    delegates = str(answers.get("delegates") or "").strip()
    Writing.of(work).change(row, attendees=present, apologies=excused, delegates=delegates)


def quorum(work: Work) -> dict[str, Any]:
    """Whether enough of those entitled to decide are there. Without a quorum the review counts as not held."""
    row, about = of_instance(work.unit, work.instance), project(work.unit, work.subject)
    found = quorum_of(work.unit, about, row.attendees or [])
    Writing.of(work).change(
        row, quorum=found.met, state=row.state if found.met else "not-held", entitled=list(found.entitled),
        needed=found.needed,
    )  # fmt: skip
    if not found.met:
        text = f"The review {row.id} had no quorum ({found.words()}) and counts as not held."
        write_gap(work, "no-quorum", row.id, text)
        work.unit.session.flush()
        note_gap(work)
    return {"quorum": found.met, "course": ""}


def course(work: Work) -> None:
    """Take how the review goes on without a quorum: it meets again, informs, or asks in writing."""
    answers, row = work.answers or {}, of_instance(work.unit, work.instance)
    chosen = str(answers.get("course") or "")
    if row.quorum is not False or chosen not in COURSES:
        raise StepRefused("How to go on is chosen for a meeting without a quorum, and one of the three ways.")
    Writing.of(work).change(row, reason=str(answers.get("why") or "").strip(), course=chosen)


def hold(work: Work) -> None:
    """Take what the review said: every milestone, blockers or none, decisions, actions. Raises AnswersRefused."""
    answers, row, about = work.answers or {}, of_instance(work.unit, work.instance), project(work.unit, work.subject)
    wanted = [one["milestone"] for one in to_review(work.unit, work.subject)]
    faults = held_faults(answers, wanted, day=about.day(row.scheduled_at), course=row.course or "")
    if faults:
        raise AnswersRefused(faults)
    held = {
        "lines": [_texts(one, "milestone outcome remark") for one in answers.get("lines") or ()],
        "items": [_texts(one, "kind text disposition") for one in answers.get("items") or ()],
        "decisions": [
            {**_texts(one, "text decided_by votes"), "needs_change": bool(one.get("needs_change"))}
            for one in answers.get("decisions") or ()
        ],
        "actions": [
            {**_texts(one, "text owner due"), "priority": one.get("priority") or "normal"}
            for one in answers.get("actions") or ()
        ],
    }
    Writing.of(work).change(row, held=held)


def _texts(row: Any, columns: str) -> dict[str, str]:
    return {name: str(row.get(name) or "").strip() for name in columns.split()}


def attendees(work: Work) -> dict[str, Any]:
    """Name who was there; each may comment on the minutes."""
    row = of_instance(work.unit, work.instance)
    present = {
        person: role for person, role in everybody(work.unit, work.subject).items() if person in (row.attendees or ())
    }
    if not present:
        raise StepRefused("Nobody who attended is an active member of the project any more.")
    about = project(work.unit, work.subject)
    until = about.calendar.later(work.unit.clock(), 5, about.zone)
    return {"attendees": present, "comments": {}, "comments_until": iso(until)}


def silence(work: Work) -> None:
    """Label as silence, which confirms minutes and nothing else, that an attendee did not comment in time."""
    record, row = minutes_of(work), of_instance(work.unit, work.instance)
    given = {one.behalf or one.person for one in _comments(work, record)}
    for person in everybody(work.unit, work.subject):
        if person in (row.attendees or ()) and person not in given:
            respond(Writing.of(work), "minutes", record, person, "silence")


def comments(work: Work) -> dict[str, Any]:
    """Whether an attendee asks for a correction of exactly these minutes; comments are kept beside the minutes."""
    record = minutes_of(work)
    noted = {one.person for one in responses(work.unit, work.subject, "minutes", record.key, record.sha256)}
    corrections = False
    for one in _comments(work, record):
        corrections = corrections or one.answers["decision"] == "correction"
        whose = one.behalf or one.person
        if whose not in noted:
            said = str(one.answers.get("comment") or "")
            respond(Writing.of(work), "minutes", record, whose, str(one.answers["decision"]), comment=said)
    return {"corrections": corrections}


def _comments(work: Work, record: Record) -> list[engine.Submission]:
    """What attendees submitted with exactly these minutes before them."""
    found = engine.submissions(work.unit, work.instance)
    return [
        one for one in found if one.shown == record.sha256 and one.answers.get("decision") in ("agree", "correction")
    ]


STEPS = {
    "review.attend": attend,
    "review.quorum": quorum,
    "review.course": course,
    "review.hold": hold,
    "review.attendees": attendees,
    "review.silence": silence,
    "review.comments": comments,
}
