"""Who must approve a document, and whether they did: read from the ledger, never from a process's variables.

The people are bound to the hash of one revision when they are named, in rows and in an event. A revision counts as
approved when the rows equal that event, and the ledger holds an approval of that very hash by each of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

import engine
from engine import Record, Unit, names
from processes.errors import ApprovalMissing, ApproversAltered, NobodyToApprove
from processes.people import holders
from processes.tables import RequiredApprovalRow
from processes.vocabulary import (
    MANAGER,
    MANAGER_AND_OWNERS,
    MANAGER_ONLY,
    RULES,
    SPONSOR,
    STAKEHOLDER,
    STAKEHOLDERS,
    STAKEHOLDERS_AND_SPONSOR,
    TEAM,
)
from processes.writing import Writing

NAMED = "approvers.named"
"""The kind of the event that says who must approve which revision."""


@dataclass(frozen=True)
class Naming:
    """Who must decide on one revision, {person: role}, and how: by the last round of naming.

    `completion` and `order` say when it counts as approved and in which order people are asked; "" where everybody
    named has to approve, asked at once.
    """

    people: Mapping[str, str] = field(default_factory=dict)
    rule: str = ""
    round: int = 0
    completion: str = ""
    veto: tuple[str, ...] = ()
    order: tuple[str, ...] = ()


def resolve(
    unit: Unit, project: str, rule: str, *, floor: str, without: Collection[str], owners: Collection[str] = ()
) -> dict[str, str]:
    """The people {person: role} whom a rule names, without those who may not decide in their own matter.

    A requester who manages the project is replaced by the sponsor where the rule names the manager. `floor` is the
    weakest rule that the SOP allows here. Raises NobodyToApprove when a named role has no active holder left, when an
    owner is no longer active, when the rule is unknown or weaker than the floor: never fewer people instead.
    """
    if rule not in RULES or RULES.index(rule) < RULES.index(floor):
        raise NobodyToApprove(f"The rule “{rule}” asks fewer people than “{floor}”, which is the least here.")
    named: dict[str, str] = {}
    for role in _roles(unit, project, rule, without):
        people = [person for person in holders(unit, project, role) if person not in without]
        if not people:
            raise NobodyToApprove(
                f"Nobody but the requester is an active {role} of this project. Name one, then retry."
            )
        named.update({person: role for person in people if person not in named})
    if rule == MANAGER_AND_OWNERS:
        active = set(holders(unit, project, TEAM))
        for owner in sorted(set(owners) - active):
            raise NobodyToApprove(
                f"{names(unit, [owner])[owner]} owns a milestone and is no longer active in the team."
            )
        named.update({owner: TEAM for owner in sorted(set(owners)) if owner not in named and owner not in without})
    if not named:
        raise NobodyToApprove
    return named


def _roles(unit: Unit, project: str, rule: str, without: Collection[str]) -> tuple[str, ...]:
    if rule in (MANAGER_ONLY, MANAGER_AND_OWNERS):
        managed = set(without) & set(holders(unit, project, MANAGER))
        return (SPONSOR,) if managed else (MANAGER,)
    return {STAKEHOLDERS: (STAKEHOLDER,), STAKEHOLDERS_AND_SPONSOR: (STAKEHOLDER, SPONSOR)}[rule]


def require(
    writing: Writing,
    record: Record,
    people: Mapping[str, str],
    rule: str,
    *,
    completion: str = "",
    veto: Collection[str] = (),
    order: Sequence[str] = (),
) -> dict[str, str]:
    """Write down who must approve this revision, and how; give those who have not yet. Naming again is a new round."""
    if not people:
        raise NobodyToApprove
    round_ = 1 + max((row.round for row in _rows(writing.unit, record)), default=0)
    for person, role in people.items():
        row = RequiredApprovalRow(
            project=record.subject, document_type=record.type, key=record.key, sha256=record.sha256, round=round_,
            person=person, role=role, rule=rule, at=writing.unit.clock(),
        )  # fmt: skip
        writing.unit.session.add(row)
    new = {"sha256": record.sha256, "rule": rule, "round": round_, "people": len(people)}
    if completion:
        new |= {"completion": completion, "veto": sorted(veto)}
    said = {"people": dict(people), **({"order": list(order)} if order else {})}
    writing.event(NAMED, "required_approval", _ident(record), new=new, said=said)
    given = engine.approvals(writing.unit, record.id)
    return {person: role for person, role in people.items() if person not in given}


def naming(unit: Unit, record: Record) -> Naming:
    """Who must decide on this revision and how; nobody when nobody was named for this very hash.

    Raises ApproversAltered when the rows are not those that were written down.
    """
    rows = _rows(unit, record)
    last = max((row.round for row in rows), default=0)
    people = {row.person: row.role for row in rows if row.round == last}
    said = next(
        (
            one
            for one in engine.events(unit, kind=NAMED, entity_id=_ident(record), subject=record.subject)
            if one.new["sha256"] == record.sha256
        ),
        None,
    )
    if (said is None) != (not people) or (said and (said.said.get("people") != people or said.new["round"] != last)):
        raise ApproversAltered
    if said is None:
        return Naming()
    return Naming(
        people, said.new["rule"], last, said.new.get("completion", ""), tuple(said.new.get("veto", ())),
        tuple(said.said.get("order", ())),
    )  # fmt: skip


def required(unit: Unit, record: Record) -> dict[str, str]:
    """Who must approve this revision: {person: role}. Raises ApproversAltered, as `naming` does."""
    return dict(naming(unit, record).people)


def verify(unit: Unit, record: Record | None, *, without: Collection[str]) -> dict[str, engine.Signed]:
    """The approvals of exactly this revision by everybody required: person -> signature.

    `without` are those who may not decide in their own matter. Raises ApprovalMissing and
    ApproversAltered.
    """
    if record is None:
        raise ApprovalMissing("There is no sealed document that could have been approved.")
    people = required(unit, record)
    if not people:
        raise ApprovalMissing("Nobody was named who must approve this revision.")
    barred = sorted(set(people) & set(without))
    if barred:
        raise ApprovalMissing(f"{names(unit, barred)[barred[0]]} may not approve what they asked for themselves.")
    given = engine.approvals(unit, record.id)
    missing = sorted(set(people) - set(given))
    if missing:
        printed = names(unit, missing)
        raise ApprovalMissing(f"Not approved yet by {', '.join(printed[one] for one in missing)}.")
    found = {person: given[person] for person in people}
    _by_people(found, without)
    return found


def _by_people(given: Mapping[str, engine.Signed], without: Collection[str]) -> None:
    """Raises ApprovalMissing where one person signed for several, or a deputy in the own matter: people count, not
    the names that they signed in."""
    signers: set[str] = set()
    for one in given.values():
        if one.person in signers:
            raise ApprovalMissing(f"{one.name} signed twice, where two different people have to.")
        if one.person in without:
            raise ApprovalMissing(f"{one.name} may not approve what they asked for themselves.")
        signers.add(one.person)


def silent(unit: Unit, record: Record) -> list[str]:
    """Who must decide on this revision and has not decided at all."""
    decided = {
        one.counts_for
        for one in engine.signatures(unit, record.id)
        if one.valid and one.meaning in ("approved", "rejected")
    }
    return [person for person in required(unit, record) if person not in decided]


def put_in_place(writing: Writing, record: Record, gone: str, heir: str, reason: str) -> None:
    """Name somebody in the place of another for this very revision; whatever else was said of the round holds on.

    Raises ApproversAltered, and NobodyToApprove when the one was not asked or the other was asked already.
    """
    people = required(writing.unit, record)
    if gone not in people or heir in people:
        raise NobodyToApprove("Choose somebody who was not asked already, in the place of somebody who was.")
    ident = _ident(record)
    named = engine.events(writing.unit, kind=NAMED, entity_id=ident, subject=record.subject)
    said = next(one for one in named if one.new["sha256"] == record.sha256)
    round_ = said.new["round"] + 1
    swapped = {heir if person == gone else person: role for person, role in people.items()}
    for person, role in swapped.items():
        row = RequiredApprovalRow(
            project=record.subject, document_type=record.type, key=record.key, sha256=record.sha256, round=round_,
            person=person, role=role, rule=said.new["rule"], at=writing.unit.clock(),
        )  # fmt: skip
        writing.unit.session.add(row)
    kept = {**said.said, "people": swapped}
    if "order" in kept:
        kept["order"] = [heir if person == gone else person for person in kept["order"]]
    new = {**said.new, "round": round_}
    writing.event(NAMED, "required_approval", ident, old={"round": said.new["round"]}, new=new, said=kept,
                  reason=reason)  # fmt: skip


def _rows(unit: Unit, record: Record) -> list[RequiredApprovalRow]:
    query = select(RequiredApprovalRow).where(
        RequiredApprovalRow.project == record.subject,
        RequiredApprovalRow.document_type == record.type,
        RequiredApprovalRow.key == record.key,
        RequiredApprovalRow.sha256 == record.sha256,
    )
    return list(unit.session.scalars(query))


def _ident(record: Record) -> str:
    return "/".join(part for part in (record.subject, record.type, record.key) if part)
