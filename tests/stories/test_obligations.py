"""Every obligation of the SOP, under its own name: what the demo's finished project leaves as evidence of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

import engine
import processes
from engine import Record, Unit
from processes.demo import FINISHED
from processes.demo.people import DOROTHEA, GRETA, INES, MEI, PAVEL, RAHUL, SAMUEL, TOMAS
from processes.measurability import measure
from processes.vocabulary import CLAUSES
from tests.stories.office import Office
from tests.stories.stages import Stages

TEAM = {TOMAS.id, MEI.id, RAHUL.id}
STAKEHOLDERS = {GRETA.id, SAMUEL.id}


@pytest.fixture(scope="module")
def finished(sqlite: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The replayed demo; what is asked of the SOP itself is done in it as well."""
    stages = Stages(sqlite, tmp_path_factory)
    with stages.kept_in(tmp_path_factory.mktemp("obligations"), stages.demo()) as office:
        office.project = FINISHED
        with office.looking() as unit:
            latest = max(one.at for one in engine.trail(unit, engine.instances(unit, process="closure")[0].id))
        office.clock.now = max(office.clock.now, latest)
        office.do("pavel", "judge-proposal", {"decision": "no-change", "why": "Two days are enough"})
        office.do("pavel", "record-no-change", {"statement": "Clause 5.3b was looked at and stays."})
        yield office


def record(unit: Unit, type: str, subject: str = FINISHED) -> list[Record]:
    """The newest revision of every document of a type."""
    return [one for one in engine.records(unit, subjects=[subject], newest=True, limit=1000) if one.type == type]


def plan(unit: Unit) -> processes.Plan:
    return processes.plan(unit, FINISHED)


def by(unit: Unit, process: str, element: str) -> set[str]:
    """Who completed a task in any instance of a process."""
    found = engine.instances(unit, subjects=[FINISHED], process=process, limit=1000)
    return {said.person for one in found for said in engine.submissions(unit, one.id, element)}


def held(unit: Unit) -> list[Any]:
    return [one for one in processes.meetings(unit, FINISHED) if one.state == "held"]


def kinds(unit: Unit, clause: str) -> set[str]:
    """The kinds of log entries under a clause."""
    return {one.kind for one in processes.log(unit, FINISHED) if one.clause == clause}


def signed(unit: Unit, type: str, meaning: str) -> set[str]:
    return {
        mark.person
        for one in record(unit, type)
        for mark in engine.signatures(unit, one.id)
        if mark.valid and mark.meaning == meaning
    }


def headings(unit: Unit, type: str) -> set[str]:
    return {section["heading"] for section in record(unit, type)[-1].sections}


def is_printed(unit: Unit, type: str) -> bool:
    """Whether every document of a type is sealed, intact, and says something to a reader."""
    found = record(unit, type)
    return bool(found) and all(one.intact and one.sections for one in found)


EVIDENCE: Mapping[str, Callable[[Unit], Any]] = {
    "2a": lambda unit: {one.subject for one in engine.instances(unit, process="project-under-sop", limit=100)}
    == {one.id for one in processes.projects(unit)},
    "4.PM1": lambda unit: by(unit, "weekly-update", "release-status") == {INES.id},
    "4.PM2": lambda unit: by(unit, "review-cycle", "schedule-review") == {INES.id},
    "4.PM3": lambda unit: any("missed" in str(one.data) for one in record(unit, "progress-log")),
    "4.PT1": lambda unit: by(unit, "weekly-update", "submit-update") == TEAM,
    "4.PT2": lambda unit: all({*one.attendees} >= {who.name for who in (TOMAS, MEI, RAHUL)} for one in held(unit)),
    "4.PT3": lambda unit: by(unit, "closure", "give-feedback") >= TEAM,
    "4.ST1": lambda unit: by(unit, "review-cycle", "give-input") >= STAKEHOLDERS,
    "4.ST2": lambda unit: by(unit, "review-cycle", "give-input") >= {DOROTHEA.id},
    "4.ST3": lambda unit: signed(unit, "change-request", "approved") >= STAKEHOLDERS,
    "5.1a": lambda unit: all(measure(one.criterion).sound for one in plan(unit).milestones)
    and {one.milestone for one in processes.claims(unit, FINISHED) if one.state == "accepted"}
    == {one.id for one in plan(unit).milestones if one.actual and one.id != "DEV"}
    and by(unit, "milestone-acceptance", "verify-claim") == {INES.id},
    "5.1b": lambda unit: kinds(unit, "5.1b") == {"deviation"},
    "5.1c": lambda unit: by(unit, "milestone-setup", "accept-ownership")
    == {one.owner for one in plan(unit).milestones if one.added_on is None},
    "5.1d": lambda unit: all(one.target and one.baseline for one in plan(unit).milestones),
    "5.2a": lambda unit: record(unit, "milestone-plan")[0].data["tools"],
    "5.2b": lambda unit: len({one.period for one in processes.updates(unit, FINISHED)}) > 50,
    "5.2c": lambda unit: "achievement" in kinds(unit, "5.2c"),
    "5.2d": lambda unit: "setback" in kinds(unit, "5.2d"),
    "5.3a": lambda unit: len(held(unit)) >= 15,
    "5.3b": lambda unit: all(one.distributed_at < one.scheduled_at for one in held(unit)),
    "5.3c": lambda unit: all(one.lines for one in held(unit))
    and {line[0] for one in held(unit) for line in one.lines if line[1] == "completed"}
    >= {one.milestone for one in processes.claims(unit, FINISHED) if one.ended_at < held(unit)[-1].scheduled_at},
    "5.3d": lambda unit: any(one.items for one in held(unit)),
    "5.4a": lambda unit: signed(unit, "minutes", "approved") == {INES.id},
    "5.4b": lambda unit: processes.decisions(unit, FINISHED),
    "5.4c": lambda unit: {bool(one.owner and one.due): one.status for one in processes.actions(unit, FINISHED)}
    == {True: "closed"}
    and by(unit, "action-item", "verify-action") == {INES.id},
    "5.4d": lambda unit: record(unit, "milestone-plan")[0].data["change"]["id"] == "C3",
    "5.4e": lambda unit: {one.recipient for one in processes.communications(unit, FINISHED, about="minutes")}
    >= TEAM | STAKEHOLDERS | {INES.id, DOROTHEA.id},
    "5.5a": lambda unit: {"Trends", "Bottlenecks", "Improvements"} <= headings(unit, "performance-review"),
    "5.5b": lambda unit: [one.id for one in processes.changes(unit, FINISHED) if one.applied_at],
    "5.5c": lambda unit: all(one.record for one in processes.changes(unit, FINISHED)),
    "5.5d": lambda unit: signed(unit, "change-request", "approved") >= STAKEHOLDERS | {DOROTHEA.id},
    "6a": lambda unit: is_printed(unit, "milestone-plan"),
    "6b": lambda unit: is_printed(unit, "progress-log"),
    "6c": lambda unit: is_printed(unit, "minutes"),
    "6d": lambda unit: is_printed(unit, "performance-review"),
    "6e": lambda unit: is_printed(unit, "change-request"),
    "7a": lambda unit: record(unit, "closure-evaluation")[0].data["verdict"] == "effective",
    "7b": lambda unit: {one["answered"] for one in record(unit, "closure-evaluation")[0].data["feedback"]} == {True},
    "7c": lambda unit: [one.status for one in processes.proposals(unit, FINISHED)] == ["rejected"],
    "8a": lambda unit: [one.state for one in processes.sop_history(unit)] == ["imported", "unchanged"]
    and record(unit, "sop-revision", "sop")[0].sealed_by == PAVEL.id,
}
"""Clause -> what must be true of the finished project, read as an auditor would read it."""


@pytest.mark.parametrize("clause", CLAUSES)
def test_an_obligation_leaves_its_evidence(finished: Office, clause: str) -> None:
    with finished.looking() as unit:
        standing = {one.clause: one for one in processes.standings(unit, FINISHED)}
        assert standing[clause].done > 0, "no element that carries it was ever completed"
        assert EVIDENCE[clause](unit)


def test_every_row_of_the_matrix_names_one_of_these() -> None:
    assert {one.clause for one in processes.matrix_of(processes.bundle()).obligations} == set(EVIDENCE)
