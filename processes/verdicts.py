"""How a change was decided: what everybody named has signed, read from the ledger, and what that comes to.

A process's variables are not asked. A signature says approved, rejected or, for an abstention, reviewed; what else was
said (on conditions, in part, sent back) stands in the answers that were sealed with the very task that was signed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import engine
from engine import Record, Signed, Unit
from processes import deciding
from processes.approvals import Naming, naming
from processes.deciding import Asked
from processes.errors import ApprovalMissing


@dataclass(frozen=True)
class Verdict:
    """What one person named has said to one revision of a change, with the signature under it."""

    person: str
    name: str
    role: str
    answer: str
    comment: str
    conditions: tuple[Mapping[str, Any], ...]
    items: tuple[int, ...]
    """The places of the items that are approved, where only a part is."""
    signed: Signed


def verdicts(unit: Unit, record: Record, people: Mapping[str, str] | None = None) -> dict[str, Verdict]:
    """What those who must decide have said to exactly this revision: person -> verdict, in the order of signing.

    Nothing counts on a revision that was superseded or altered. Raises ApproversAltered.
    """
    people = naming(unit, record).people if people is None else people
    now = engine.record(unit, record.id)
    if now.superseded or not now.intact:
        return {}
    said = {one.task: one.answers for one in engine.submissions(unit, record.instance) if one.shown == record.sha256}
    approved = {one.id for one in engine.approvals(unit, record.id).values()}
    found: dict[str, Verdict] = {}
    for one in engine.signatures(unit, record.id):
        seat, counts = one.counts_for, one.valid and one.sha256 == record.sha256
        answer = _answer(one, said.get(one.task, {})) if counts and seat in people else None
        if answer is None or (answer in deciding.YES) != (one.id in approved):
            continue
        # People count, not the names that they signed in: who has answered for one does not answer for another.
        if not any(other.signed.person == one.person for person, other in found.items() if person != seat):
            found[seat] = _verdict(one, answer, people[seat], said.get(one.task, {}))
    return found


def _answer(one: Signed, said: Mapping[str, Any]) -> str | None:
    """What a signature comes to; never more than its meaning says."""
    answer = said.get("decision")
    if one.meaning == "approved":
        return "conditional" if answer == "conditional" else "approved"
    if one.meaning == "rejected":
        return str(answer) if answer in ("partly", "returned") else "rejected"
    return "abstained" if one.meaning == "reviewed" and answer == "abstained" else None


def _verdict(one: Signed, answer: str, role: str, said: Mapping[str, Any]) -> Verdict:
    conditions = tuple(dict(row) for row in said.get("conditions") or ()) if answer == "conditional" else ()
    items = tuple(int(at) for at in said.get("items") or ()) if answer == "partly" else ()
    return Verdict(one.counts_for, one.printed, role, answer, one.comment, conditions, items, one)


def settled(unit: Unit, record: Record) -> str:
    """What the verdicts on this revision come to under the rule that was written down with the people named.

    Gives a word of `deciding.settle`; open where nobody was named. Raises ApproversAltered.
    """
    asked = naming(unit, record)
    return _settle(asked, verdicts(unit, record, asked.people)) if asked.people else deciding.OPEN


def _settle(asked: Naming, given: Mapping[str, Verdict]) -> str:
    seats = {
        person: Asked(role, given[person].answer if person in given else None)
        for person, role in asked.people.items()
    }
    if not asked.completion:
        everybody = all(one.answer in deciding.YES for one in seats.values())
        return deciding.APPROVED if everybody else deciding.OPEN
    return deciding.settle(seats, asked.completion, asked.veto)


def turn(unit: Unit, record: Record) -> dict[str, str]:
    """Who is to be asked now, {person: role}: whoever has not answered, or the next of them where people go in turn."""
    asked = naming(unit, record)
    given = verdicts(unit, record, asked.people)
    waiting = [person for person in asked.order or asked.people if person in asked.people and person not in given]
    return {person: asked.people[person] for person in (waiting[:1] if asked.order else waiting)}


def verify(unit: Unit, record: Record | None, *, without: Collection[str]) -> dict[str, Verdict]:
    """The verdicts on exactly this revision, if they approve it: person -> verdict.

    `without` are those who may not decide in their own matter. Raises ApprovalMissing and ApproversAltered.
    """
    if record is None:
        raise ApprovalMissing("There is no sealed document that could have been approved.")
    asked = naming(unit, record)
    if not asked.people:
        raise ApprovalMissing("Nobody was named who must approve this revision.")
    barred = sorted(set(asked.people) & set(without))
    if barred:
        own = engine.names(unit, barred)[barred[0]]
        raise ApprovalMissing(f"{own} may not approve what they asked for themselves.")
    given = verdicts(unit, record, asked.people)
    own = next((one.name for one in given.values() if one.signed.person in without), None)
    if own is not None:
        raise ApprovalMissing(f"{own} may not approve what they asked for themselves.")
    if _settle(asked, given) != deciding.APPROVED:
        raise ApprovalMissing(_missing(unit, asked, given))
    return given


def _missing(unit: Unit, asked: Naming, given: Mapping[str, Verdict]) -> str:
    silent = sorted(person for person in asked.people if person not in given)
    against = [one.name for one in given.values() if one.answer not in deciding.YES]
    printed = engine.names(unit, silent)
    found = [f"Not approved yet by {', '.join(printed[one] for one in silent)}."] if silent else []
    if against:
        found.append(f"Not approved by {', '.join(against)}.")
    return " ".join(found)


def common_part(unit: Unit, record: Record) -> set[int]:
    """The places of the items that nobody who decided has held back."""
    keep = set(range(len(record.data["items"])))
    for one in verdicts(unit, record).values():
        keep &= set(one.items) if one.answer == "partly" else keep
    return keep


def conditions_of(given: Mapping[str, Verdict]) -> Sequence[tuple[Verdict, Mapping[str, Any]]]:
    """Every condition of an approval with the verdict that set it, in the order of signing."""
    return [(one, condition) for one in given.values() for condition in one.conditions]


