"""What an instance proves: for every clause it carried, which element, when, by whom, and which record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import engine
from engine import Signed, Unit
from processes.log import entries
from processes.vocabulary import CLAUSES, GAPS


@dataclass(frozen=True)
class Proof:
    """One clause carried by one element of an instance. `record` is the id of the record sealed or signed there."""

    clause: str
    obligation: str
    element: str
    name: str
    kind: str
    at: datetime
    person: str
    record: str | None
    record_number: str
    signatures: tuple[Signed, ...]


@dataclass(frozen=True)
class Compliance:
    """What an instance proves, what its diagram would prove and it has not, and what went otherwise."""

    instance: str
    proofs: tuple[Proof, ...]
    unproven: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses that are proven, in the SOP's order."""
        return tuple(clause for clause in CLAUSES if clause in {one.clause for one in self.proofs})


def compliance(unit: Unit, instance_id: str) -> Compliance:
    """What an instance proves so far. Raises engine.NotFound.

    An element counts when it was completed; one that was cancelled proves nothing.
    """
    about = engine.instance(unit, instance_id)
    elements = engine.elements(unit, about.definition)
    records = engine.records(unit, instance=instance_id, limit=1000)
    signed = engine.signatures_on(unit, [one.id for one in records])
    sealed = {one.task: one for one in records if one.task}
    by_signature = {mark.task: one for one in records for mark in signed.get(one.id, ())}
    done = {one.element: one for one in engine.submissions(unit, instance_id)}
    found, carried = [], set()
    for passed in engine.trail(unit, instance_id):
        element = engine.elements(unit, passed.definition).get(passed.element)
        clauses = element.properties.get("clause", "").split() if element else []
        if passed.state != "completed" or not clauses:
            continue
        task = done[passed.element].task if passed.element in done else None
        record = sealed.get(task) or by_signature.get(task)
        marks = tuple(signed.get(record.id, ())) if record else ()
        for clause in clauses:
            carried.add(clause)
            proof = Proof(
                clause, CLAUSES.get(clause, ""), passed.element, passed.name, passed.kind, passed.at, passed.person,
                record.id if record else None, record.number if record else "", marks,
            )  # fmt: skip
            found.append(proof)
    wanted = {clause for one in elements.values() for clause in one.properties.get("clause", "").split()}
    order = list(CLAUSES)
    open_clauses = sorted(wanted - carried, key=lambda clause: order.index(clause) if clause in order else len(order))
    return Compliance(instance_id, tuple(found), tuple(open_clauses), _remarks(unit, about.subject, instance_id))


def _remarks(unit: Unit, project: str, instance: str) -> tuple[str, ...]:
    """What went otherwise than the SOP asks in this instance, by the log and by what was repaired."""
    found = entries(unit, project, kinds=GAPS)
    repaired = [one for one in engine.repairs(unit, instance) if one.state == "carried-out"]
    people = engine.names(unit, {person for one in repaired for person in (one.person, one.decided_by)})
    return (
        *(f"{one.clause}: {one.text}" for one in found if one.instance == instance),
        *(
            f"Repaired: {one.sentence}. {people[one.person]} proposed it and {people[one.decided_by]} approved it:"
            f" {one.reason}"
            for one in reversed(repaired)
        ),
    )
