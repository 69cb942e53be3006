"""Steps of the review cycle from the meeting on: attendance, quorum, what was held, minutes, what follows."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select

import engine
from engine import Record, Work, names
from forms import AnswersRefused
from processes.changes import new_change
from processes.errors import ApprovalMissing, StepRefused
from processes.log import write
from processes.people import everybody, holders
from processes.projects import project
from processes.responses import respond, responses
from processes.reviews import has_quorum, held_faults, of_instance, to_review
from processes.tables import ActionRow, DecisionRow, ItemRow, LineRow, MeetingRow
from processes.vocabulary import MANAGER, MINUTES
from processes.writing import Writing


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
    """Whether enough stakeholders are there. Without a quorum the review counts as not held."""
    row, about = of_instance(work.unit, work.instance), project(work.unit, work.subject)
    enough, writing = has_quorum(work.unit, about, row.attendees or []), Writing.of(work)
    writing.change(row, quorum=enough, state=row.state if enough else "not-held")
    if not enough:
        text = f"The review {row.id} had no quorum and counts as not held."
        write(writing, about.zone, "deviation", text, clause="5.3a")
    return {"quorum": enough}


def hold(work: Work) -> None:
    """Take what the review said: every milestone, blockers or none, decisions, actions. Raises AnswersRefused."""
    answers, row, about = work.answers or {}, of_instance(work.unit, work.instance), project(work.unit, work.subject)
    wanted = [one["milestone"] for one in to_review(work.unit, work.subject)]
    faults = held_faults(answers, wanted, day=about.day(row.scheduled_at))
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
    return {"attendees": present, "comments": {}}


def silence(work: Work) -> None:
    """Label as silence, which confirms minutes and nothing else, that an attendee did not comment in time."""
    record, row = _minutes(work), of_instance(work.unit, work.instance)
    given = {one.person for one in _comments(work, record)}
    for person in everybody(work.unit, work.subject):
        if person in (row.attendees or ()) and person not in given:
            respond(Writing.of(work), "minutes", record, person, "silence")


def comments(work: Work) -> dict[str, Any]:
    """Whether an attendee asks for a correction of exactly these minutes; comments are kept beside the minutes."""
    record = _minutes(work)
    noted = {one.person for one in responses(work.unit, work.subject, "minutes", record.key, record.sha256)}
    corrections = False
    for one in _comments(work, record):
        corrections = corrections or one.answers["decision"] == "correction"
        if one.person not in noted:
            said = str(one.answers.get("comment") or "")
            respond(Writing.of(work), "minutes", record, one.person, str(one.answers["decision"]), comment=said)
    return {"corrections": corrections}


def _comments(work: Work, record: Record) -> list[engine.Submission]:
    """What attendees submitted with exactly these minutes before them."""
    found = engine.submissions(work.unit, work.instance)
    return [
        one for one in found if one.shown == record.sha256 and one.answers.get("decision") in ("agree", "correction")
    ]


def conclude(work: Work) -> dict[str, Any]:
    """File decisions, actions and requested changes of the confirmed minutes; the review now counts as held.

    Raises ApprovalMissing unless a project manager has confirmed exactly these minutes by signature.
    """
    unit, record, row = work.unit, _minutes(work), of_instance(work.unit, work.instance)
    confirmed = set(engine.approvals(unit, record.id)) & set(holders(unit, work.subject, MANAGER))
    if not confirmed or not row.held or not row.quorum:
        raise ApprovalMissing("A review is concluded when it had a quorum and its manager has confirmed the minutes.")
    if row.state == "held":
        raise StepRefused(f"The review {row.id} has been concluded already.")
    writing, held = Writing.of(work), row.held
    for one in held["lines"]:
        line = LineRow(project=row.project, meeting=row.id, milestone=one["milestone"], outcome=one["outcome"],
                       remark=one["remark"])  # fmt: skip
        writing.add(line)
    for one in held["items"]:
        item = ItemRow(project=row.project, meeting=row.id, **one)
        writing.add(item, ident=f"{row.project}/{row.id}")
    raised = _decide(writing, row, held["decisions"], sorted(confirmed)[0])
    given = _act(writing, row, held["actions"])
    writing.change(row, state="held", held_at=unit.clock())
    return {
        "next_change": raised[0] if raised else "",
        "pending": " ".join(raised[1:]),
        "next_action": given[0] if given else "",
        "pending_actions": " ".join(given[1:]),
    }


def _decide(writing: Writing, row: MeetingRow, said: list[dict[str, Any]], manager: str) -> list[str]:
    """File decisions; give the ids of the changes that follow, raised in the name of the manager who confirmed."""
    raised = []
    first = _last(writing, DecisionRow) + 1
    for number, one in enumerate(said, start=first):
        change = new_change(writing, manager, f"D{number}") if one["needs_change"] else None
        decision = DecisionRow(
            project=row.project, id=f"D{number}", sequence=number, meeting=row.id, text=one["text"],
            decided_by=one["decided_by"], votes=one["votes"], change=change,
        )  # fmt: skip
        writing.add(decision)
        if change:
            raised.append(change)
    return raised


def _act(writing: Writing, row: MeetingRow, said: list[dict[str, Any]]) -> list[str]:
    """File action items; give their ids."""
    given = []
    for number, one in enumerate(said, start=_last(writing, ActionRow) + 1):
        action = ActionRow(
            project=row.project, id=f"A{number}", sequence=number, meeting=row.id, text=one["text"], owner=one["owner"],
            due=date.fromisoformat(one["due"]), priority=one["priority"], status="open",
            instance=None,
        )  # fmt: skip
        writing.add(action)
        given.append(action.id)
    return given


def _last(writing: Writing, kind: type[DecisionRow] | type[ActionRow]) -> int:
    query = select(func.max(kind.sequence)).where(kind.project == writing.project)
    return writing.unit.session.scalar(query) or 0


def next_change(work: Work) -> dict[str, Any]:
    """Take the next of the changes that the review asked for."""
    first, _, rest = str(work.call.data.get("pending") or "").partition(" ")
    return {"next_change": first, "pending": rest}


def next_action(work: Work) -> dict[str, Any]:
    """Take the next of the action items that the review gave out."""
    first, _, rest = str(work.call.data.get("pending_actions") or "").partition(" ")
    return {"next_action": first, "pending_actions": rest}


def _minutes(work: Work) -> Record:
    row = of_instance(work.unit, work.instance)
    record = engine.current(work.unit, MINUTES, work.subject, row.id)
    if record is None:
        raise StepRefused("There are no minutes yet.")
    return record


STEPS = {
    "review.attend": attend,
    "review.quorum": quorum,
    "review.hold": hold,
    "review.attendees": attendees,
    "review.silence": silence,
    "review.comments": comments,
    "review.conclude": conclude,
    "review.next_change": next_change,
    "review.next_action": next_action,
}
