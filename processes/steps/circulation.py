"""Steps that ask for decisions in writing when a review had no quorum. Silence is never agreement."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import engine
from engine import Signed, Unit, Work, names
from forms import AnswersRefused
from processes.calendar import in_words, instant, iso
from processes.errors import NobodyToApprove, StepRefused
from processes.gaps import write_gap
from processes.projects import project
from processes.quorum import Quorum, quorum_of
from processes.reviews import day_before, minutes_of, of_instance
from processes.tables import MeetingRow
from processes.vocabulary import STAKEHOLDER
from processes.writing import Writing

MEANS = {"approved": "agree", "rejected": "disagree", "reviewed": "comment"}
"""What a signature under a circulated document says."""


def circulate(work: Work) -> None:
    """Take until when answers are awaited: the end of a day, a working day from now at least. Raises AnswersRefused."""
    row, about = of_instance(work.unit, work.instance), project(work.unit, work.subject)
    until = date.fromisoformat(str((work.answers or {})["until"]))
    first = about.calendar.add(about.day(work.unit.clock()), 1)
    if until < first:
        raise AnswersRefused({"until": (f"Give them a working day at least: {in_words(first)} or later.",)})
    if row.course != "circulation":
        raise StepRefused("Only a review without a quorum asks in writing.")
    Writing.of(work).change(row, answer_by=instant(until + timedelta(days=1), time(0), about.zone))


def circle(work: Work) -> dict[str, Any]:
    """Who is asked: everybody entitled to decide. Raises NobodyToApprove."""
    row, about = of_instance(work.unit, work.instance), project(work.unit, work.subject)
    found = quorum_of(work.unit, about, ())
    if not found.entitled:
        raise NobodyToApprove("Nobody is entitled to decide. Give the role Stakeholder to somebody, then retry.")
    record = minutes_of(work)
    Writing.of(work).change(row, circulated=record.id, entitled=list(found.entitled), needed=found.needed)
    now = work.unit.clock()
    until = row.answer_by or now
    return {
        "circle": dict.fromkeys(found.entitled, STAKEHOLDER), "answers": {}, "answer_until": iso(until),
        "remind_at": iso(day_before(about, now, until)),
    }  # fmt: skip


def count(work: Work) -> None:
    """Count the signed answers: carried if a quorum has answered and more agree than disagree. Silence is a gap."""
    row = of_instance(work.unit, work.instance)
    if row.circulated is None or row.held is None:
        raise StepRefused("Nothing was put in writing that could be counted.")
    marks = signed(work.unit, row)
    found = Quorum(tuple(row.entitled or ()), tuple(marks), row.needed or 1)
    said = [MEANS[mark.meaning] for mark in marks.values()]
    silent = [person for person in found.entitled if person not in marks]
    agreed = found.met and said.count("agree") > said.count("disagree")
    votes = (
        f"in writing: {said.count('agree')} agree, {said.count('disagree')} disagree, {said.count('comment')} comment, "
        f"{len(silent)} did not answer; {found.words()}"
    )
    answers = [
        {"person": person, "said": MEANS[mark.meaning], "comment": mark.comment or _comment(work, mark.task),
         "at": iso(mark.at)}
        for person, mark in marks.items()
    ]  # fmt: skip
    decisions = [{**one, "votes": votes, "carried": agreed} for one in row.held["decisions"]]
    held = {**row.held, "decisions": decisions, "answers": answers, "silent": silent, "carried": agreed}
    Writing.of(work).change(row, held=held)
    printed = names(work.unit, silent)
    for person in silent:
        text = f"{printed[person]} did not answer in writing to the decisions of {row.id}: this is no agreement."
        write_gap(work, "unanswered-circulation", row.id, text, person=person)


def signed(unit: Unit, row: MeetingRow) -> dict[str, Signed]:
    """Whose answer -> the last valid signature under the document that was circulated, of those entitled.

    A deputy's counts for who is away. One person counts once, though they sign for themselves and for somebody else.
    """
    record = engine.record(unit, row.circulated or "")
    found: dict[str, Signed] = {}
    for one in engine.signatures(unit, record.id):
        counts = one.valid and one.sha256 == record.sha256 and record.intact and one.meaning in MEANS
        hats = {mark.person for whom, mark in found.items() if whom != one.counts_for}
        if counts and one.counts_for in (row.entitled or ()) and one.person not in hats:
            found[one.counts_for] = one
    return found


def _comment(work: Work, task: str) -> str:
    said = next((one for one in engine.submissions(work.unit, work.instance) if one.task == task), None)
    return str(said.answers.get("comment") or "") if said else ""


STEPS = {
    "review.circulate": circulate,
    "review.circle": circle,
    "review.count": count,
}
