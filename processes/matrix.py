"""From clause to evidence: which elements carry each obligation, what they leave, and how a project stands with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import engine
from engine import Bundle, Element, Unit
from processes.gaps import gaps
from processes.log import entries
from processes.vocabulary import ALSO_MISSED, CLAUSES, GAPS, RECORD_TITLES, SOP

ACTING = ("userTask", "serviceTask", "businessRuleTask")
"""Kinds of elements that do something; every one of them should serve a clause."""
OF_THE_SOP = ("7c", "8a")
"""Clauses that are met in procedures about the SOP itself, for every project."""
SCENARIO = "tests/stories/test_obligations.py::test_an_obligation_leaves_its_evidence[{clause}]"


@dataclass(frozen=True)
class Step:
    """An element of a diagram that carries clauses; `record` is the type of what completing it leaves, or None."""

    process: str
    element: str
    name: str
    kind: str
    clauses: tuple[str, ...]
    record: str | None


@dataclass(frozen=True)
class Obligation:
    """A clause of the SOP, the elements that carry it, the records they leave, and the test that shows it."""

    clause: str
    text: str
    steps: tuple[Step, ...]
    records: tuple[str, ...]

    @property
    def scenario(self) -> str:
        """The test that lives through it."""
        return SCENARIO.format(clause=self.clause)


@dataclass(frozen=True)
class Standing:
    """How a project stands with a clause: `state` is done, due, missed or not yet.

    Missed: something about it was not met, whatever else was done. Due: a task for it is open. Each count is of what is
    behind it: elements completed that prove something, tasks open, entries in the log and gaps; `last` is when the
    newest was completed.
    """

    clause: str
    state: str
    done: int
    due: int
    missed: int
    last: datetime | None


@dataclass(frozen=True)
class Matrix:
    """Every obligation with its steps; steps that serve no clause; clauses that no step serves."""

    obligations: tuple[Obligation, ...]
    without_clause: tuple[Step, ...]

    @property
    def without_step(self) -> tuple[str, ...]:
        """Clauses that no element carries. There must be none."""
        return tuple(one.clause for one in self.obligations if not one.steps)


def matrix_of(bundle: Bundle) -> Matrix:
    """The matrix of a bundle. Raises engine.DiagramRefused when it cannot be read."""
    return _matrix({process: prepared.elements for process, prepared in engine.processes_of(bundle).items()})


def matrix(unit: Unit) -> Matrix:
    """The matrix of the newest versions that are deployed."""
    return _matrix(_drawn(unit))


def _drawn(unit: Unit) -> dict[str, Mapping[str, Element]]:
    newest = {one.process: one.id for one in reversed(engine.definitions(unit))}
    return {process: engine.elements(unit, definition) for process, definition in sorted(newest.items())}


def standings(unit: Unit, project: str) -> tuple[Standing, ...]:
    """How a project stands with every clause, in the order of the SOP; 7c and 8a count what concerns the SOP too.

    A reminder, a note of what was missed and the like are elements of their clause, and do not count as done: they say
    so by the property `evidence`.
    """
    done: dict[str, list[tuple[int, datetime]]] = {}
    for subject in (project, SOP):
        for passed in engine.passages(unit, subject):
            element = engine.elements(unit, passed.definition).get(passed.element)
            for clause in _clauses(element) if _proves(element) else ():
                if subject == project or clause in OF_THE_SOP:
                    done.setdefault(clause, []).append((passed.count, passed.last))
    due = Counter(_due(unit, project)) + Counter({
        clause: count for clause, count in _due(unit, SOP).items() if clause in OF_THE_SOP
    })  # fmt: skip
    missed = Counter(entry.clause for entry in entries(unit, project, kinds=GAPS))
    for gap in gaps(unit, project):
        missed.update(clause for clause in ALSO_MISSED.get(gap.kind, ()) if clause != gap.clause)
    return tuple(_standing(one, done.get(one, ()), due[one], missed[one]) for one in CLAUSES)


def _proves(element: Element | None) -> bool:
    return element is not None and element.properties.get("evidence") != "none"


def _standing(clause: str, done: Sequence[tuple[int, datetime]], due: int, missed: int) -> Standing:
    state = "missed" if missed else "due" if due else "done" if done else "not yet"
    return Standing(
        clause, state, sum(count for count, _ in done), due, missed, max((last for _, last in done), default=None)
    )


def _due(unit: Unit, project: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for task in engine.tasks(unit, subject=project, status="open"):
        for clause in _clauses(engine.elements(unit, task.definition).get(task.element)):
            found[clause] = found.get(clause, 0) + 1
    return found


def _matrix(drawn: Mapping[str, Mapping[str, Element]]) -> Matrix:
    steps = [_step(process, one) for process, elements in drawn.items() for one in elements.values()]
    by_clause: dict[str, list[Step]] = {clause: [] for clause in CLAUSES}
    for step in steps:
        for clause in step.clauses:
            by_clause.setdefault(clause, []).append(step)
    return Matrix(
        tuple(_obligation(clause, CLAUSES.get(clause, ""), found) for clause, found in by_clause.items()),
        tuple(step for step in steps if not step.clauses and step.kind in ACTING),
    )


def _obligation(clause: str, text: str, steps: Iterable[Step]) -> Obligation:
    found = tuple(steps)
    left = {step.record for step in found if step.record}
    return Obligation(clause, text, found, tuple(title for kind, title in RECORD_TITLES.items() if kind in left))


def _step(process: str, one: Element) -> Step:
    said = one.properties
    record = said.get("record") or said.get("signs") or said.get("shows") or None
    return Step(process, one.id, one.name or one.id, one.kind, tuple(_clauses(one)), record)


def _clauses(element: Element | None) -> list[str]:
    return element.properties.get("clause", "").split() if element is not None else []


def plain(found: Matrix, standing: Mapping[str, Sequence[Standing]]) -> dict[str, Any]:
    """The matrix as JSON values; `standing` is that of each project by its id."""
    return {
        "obligations": [
            {
                "id": one.clause,
                "obligation": one.text,
                "elements": [
                    {"process": step.process, "element": step.element, "name": step.name, "kind": step.kind}
                    for step in one.steps
                ],
                "records": list(one.records),
                "scenario": one.scenario,
                "projects": {
                    project: next(
                        {"state": row.state, "done": row.done, "due": row.due, "missed": row.missed,
                         "last": row.last.isoformat() if row.last else None}
                        for row in rows if row.clause == one.clause
                    )
                    for project, rows in standing.items()
                },
            }
            for one in found.obligations
        ],
        "clauses_without_a_step": list(found.without_step),
        "steps_without_a_clause": [
            {"process": step.process, "element": step.element, "name": step.name} for step in found.without_clause
        ],
    }  # fmt: skip
