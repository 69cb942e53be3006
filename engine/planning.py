"""What it would mean for one instance to follow to another version of its process: a plan, worked out and not done."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine import blockers, bpmn
from engine.blockers import Blocker
from engine.definitions import definition, prepared
from engine.errors import NotFound, Refused
from engine.ledger import in_instance, signatures
from engine.tables import IncidentRow, InstanceRow, TaskRow
from engine.unit import Unit

_SIGNED = ("signs", "record", "signature")
_SAID = {
    "form": "asks for other answers; what was typed already is kept as far as it is still asked for",
    "signs": "has another record signed",
    "record": "seals another record",
    "assignee": "names its person otherwise, which counts from the next time on",
    "due": "is due otherwise, which counts from the next time on",
    "notPerformerOf": "keeps other people from doing it",
    "step": "runs another step with the answers",
    "variables": "passes other answers on",
}
_DONE_BY_ONE = frozenset({"userTask", "serviceTask", "businessRuleTask", "subProcess", "callActivity"})


@dataclass(frozen=True)
class Kept:
    """An element at which the instance stands, and the one that it will stand at."""

    element: str
    name: str
    to: str
    inside: str = ""


@dataclass(frozen=True)
class Plan:
    """What would happen to one instance. With `blockers`, it cannot follow; `notes` say what changes for it."""

    instance: str
    title: str
    subject: str
    source: str
    target: str
    stand: str
    """A digest of where the instance stands: a plan counts only as long as that is so."""
    kept: tuple[Kept, ...]
    blockers: tuple[Blocker, ...]
    notes: tuple[str, ...]

    @property
    def possible(self) -> bool:
        """Whether nothing keeps the instance from following."""
        return not self.blockers

    def report(self) -> dict[str, Any]:
        """The plan as JSON, for what is kept of it."""
        return {
            "kept": [{"element": one.element, "name": one.name, "to": one.to, "inside": one.inside}
                     for one in self.kept],
            "blockers": [{"rule": one.rule, "element": one.element, "sentence": one.sentence}
                         for one in self.blockers],
            "notes": list(self.notes),
        }  # fmt: skip


def plan(unit: Unit, instance_id: str, target: str, mapping: Mapping[str, str] | None = None) -> Plan:
    """What would happen if the instance followed to the definition `target`; nothing is written.

    `mapping` says which element takes the place of one that is gone: {id in the old version: id in the new one}.
    Raises NotFound, and Refused for a definition of another process or the one that the instance is on.
    """
    row = unit.session.get(InstanceRow, instance_id)
    if row is None:
        raise NotFound
    return plan_of(unit, row, target, mapping or {})


def plan_of(unit: Unit, row: InstanceRow, target: str, mapping: Mapping[str, str]) -> Plan:
    """The same, for a row at hand."""
    wanted = definition(unit, target)
    if wanted.process != row.process:
        raise Refused("An instance can only follow to another version of its own process.")
    if target == row.definition_id:
        raise Refused("The instance is on this version already.")
    return _Planning(unit, row, target, mapping).plan()


class _Planning:
    """One instance between two definitions."""

    def __init__(self, unit: Unit, row: InstanceRow, target: str, mapping: Mapping[str, str]) -> None:
        self._unit, self._row, self._target_id = unit, row, target
        self._mapping = dict(mapping)
        self._source = prepared(unit, row.definition_id)
        self._target = prepared(unit, target)
        self._world = bpmn.Environment(clock=unit.clock, functions=unit.procedure.functions)
        self._top = bpmn.opened(self._source, self._world, row.state)
        self._rename = bpmn.Renaming(self._mapping)

    def plan(self) -> Plan:
        """Compare, and tell."""
        row = self._row
        live = bpmn.standing(self._top)
        found = self._hindrances(live)
        return Plan(
            instance=row.id,
            title=row.title,
            subject=row.subject,
            source=row.definition_id,
            target=self._target_id,
            stand=stand(row.definition_id, live),
            kept=tuple(Kept(one.element, one.name, self._rename(one.element), one.inside) for one in live),
            blockers=found,
            notes=() if found else tuple(dict.fromkeys((*self._changes(live), *self._outlook()))),
        )

    def _hindrances(self, live: Sequence[bpmn.Live]) -> tuple[Blocker, ...]:
        if self._row.status != "running":
            return (blockers.Ended(),)
        found = [
            *self._incidents(),
            *bpmn.hindrances(self._source, self._target, self._world, self._row.state, self._mapping),
        ]
        return tuple(found or self._signing(live))

    def _incidents(self) -> Iterator[Blocker]:
        query = select(IncidentRow.element).where(
            IncidentRow.instance_id == self._row.id, IncidentRow.status == "open"
        )
        for name in self._unit.session.scalars(query):
            drawn = bpmn.element(self._source, name)
            yield blockers.IncidentOpen(name, drawn.name if drawn else name)

    def _pairs(self, live: Sequence[bpmn.Live]) -> Iterator[tuple[bpmn.Live, bpmn.Element, bpmn.Element]]:
        for one in live:
            before = bpmn.element(self._source, one.element)
            after = bpmn.element(self._target, self._rename(one.element))
            if before is not None and after is not None:
                yield one, before, after

    def _signing(self, live: Sequence[bpmn.Live]) -> Iterator[Blocker]:
        """What waits for a signature waits for the same one; in a round that has begun, on the same record."""
        for one, before, after in self._pairs(live):
            old, new = ({name: said.properties.get(name) for name in _SIGNED} for said in (before, after))
            if old == new or not old["signature"]:
                continue
            if old["signature"] != new["signature"]:
                yield blockers.SignatureDropped(one.element, one.name)
            elif self._has_signed(one.element, old["signs"] or ""):
                yield blockers.SignedRecordChanged(one.element, one.name)
            elif not (new["signs"] or new["record"]):
                yield blockers.SignatureDropped(one.element, one.name)

    def _has_signed(self, element: str, kind: str) -> bool:
        record = in_instance(self._unit, kind, self._row.id) if kind else None
        if record is None:
            return False
        query = select(TaskRow.id).where(TaskRow.instance_id == self._row.id, TaskRow.element == element)
        of_round = set(self._unit.session.scalars(query))
        return any(one.valid and one.task in of_round for one in signatures(self._unit, record.id))

    def _changes(self, live: Sequence[bpmn.Live]) -> Iterator[str]:
        """What is otherwise at the elements at which the instance stands."""
        for _, before, after in self._pairs(live):
            if before.name != after.name:
                yield f"“{before.name}” is called “{after.name}”."
            if before.role != after.role:
                yield f"“{after.name}” is for {after.role or 'nobody'} instead of {before.role or 'nobody'}."
            for name, words in _SAID.items():
                if before.properties.get(name) != after.properties.get(name):
                    yield f"“{after.name}” {words}."

    def _outlook(self) -> Iterator[str]:
        """What the instance will do that it would not have done, and the other way round."""
        same = bpmn.Renaming({})
        now = bpmn.ahead(self._source, self._top, same)
        then = bpmn.ahead(self._target, self._top, self._rename)
        kept = {self._rename(name) for name in now}
        for one in then.values():
            if one.kind in _DONE_BY_ONE and one.id not in kept and bpmn.element(self._source, one.id) is None:
                yield f"It will also have to do “{one.name or one.id}”{_clauses(one)}."
        for one in now.values():
            if one.kind in _DONE_BY_ONE and self._rename(one.id) not in then:
                yield f"It will no longer do “{one.name or one.id}”{_clauses(one)}."
        for one in self._target.elements.values():
            if one.kind in _DONE_BY_ONE and one.id not in then and bpmn.element(self._source, one.id) is None:
                yield f"It is past “{one.name or one.id}”{_clauses(one)}, which is new, and will not do it."


def stand(definition: str, live: Sequence[bpmn.Live]) -> str:
    """A digest of where an instance stands."""
    text = " ".join([definition, *sorted(f"{one.task}:{one.element}" for one in live)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _clauses(one: bpmn.Element) -> str:
    clauses = one.properties.get("clause", "").split()
    return f" (SOP {', '.join(clauses)})" if clauses else ""
