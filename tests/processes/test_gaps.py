"""Gaps: written by the program in its own name, sealed, in the log, once for each cause, and counted."""

from dataclasses import replace
from datetime import date

import pytest

import engine
import processes
from engine import StepCall, Work
from processes.gaps import write_gap
from tests.databases import on_sqlite


def at_work(world) -> Work:
    """A step of the project's parent process, at work."""
    instance = world.instance("project-under-sop")
    call = StepCall("open-project", "project.open", {}, {})
    return Work(world.unit, instance.id, instance.process, instance.definition, "apollo", call, engine.THE_SYSTEM)


def test_a_missed_update_is_a_gap_with_a_sealed_record(running):
    running.wait(days=16)
    found = processes.gaps(running.unit, "apollo", kind="missed-update")
    assert [(one.id, one.about, one.person) for one in found] == [("G1", "2026-W11", "tom"), ("G2", "2026-W11", "tia")]
    first = found[0]
    assert (first.by, first.clause, first.title) == (engine.SYSTEM, "5.2b", "Missed update")
    record = engine.record(running.unit, first.record)
    assert (record.type, record.key, record.sealed_by) == ("gap", "G1", engine.SYSTEM)
    assert record.intact
    assert record.data["person"] == "tom"
    assert record.clauses == ("5.2b",)
    assert "Tom Team" in str(record.sections)
    (event,) = engine.events(running.unit, kind="gap.added", entity_id="apollo/G1")
    assert event.person == engine.SYSTEM
    assert [one.person for one in processes.log(running.unit, "apollo", kinds=["missed"])] == ["tom", "tia"]
    assert {one.clause: one.missed for one in processes.standings(running.unit, "apollo")}["5.2b"] == 2
    assert any("gave no update" in said for said in processes.compliance(running.unit, first.instance).remarks)


@on_sqlite
def test_a_weekly_update_that_somebody_cancels_is_missed_all_the_same(running):
    def cancel(why: str) -> None:
        unit = running.unit
        processes.cancel(unit, running.instance("weekly-update").id, running.actor("pm"), why)
        running.session.commit()

    running.wait(days=7)
    row = {"milestone": "M1", "name": "Design", "status": "on-track", "percent": 10, "forecast": "2026-04-30"}
    running.do("tom", "submit-update", {"milestones": [row], "nothing_to_report": True})
    cancel("Begun twice")
    (gap,) = processes.gaps(running.unit, "apollo")
    assert (gap.kind, gap.person, gap.about, gap.by) == ("missed-update", "tia", "2026-W11", engine.SYSTEM)
    assert gap.text.endswith("The weekly update of 2026-W11 was cancelled by Pat Manager: Begun twice")
    assert {one.clause: one.missed for one in processes.standings(running.unit, "apollo")}["5.2b"] == 1
    assert [one.missed for one in processes.updates(running.unit, "apollo", "2026-W11")] == [False, True, True]
    running.wait(days=7)
    for person in ("tom", "tia"):
        (task,) = running.tasks(person, "submit-update")
        rows = engine.task_form(running.unit, task, running.actor(person)).values["milestones"]
        running.do(person, "submit-update", {"milestones": rows, "nothing_to_report": True})
    cancel("Nobody looks at it")
    gap = processes.gaps(running.unit, "apollo")[-1]
    assert (gap.kind, gap.about, gap.clause) == ("unchecked-status", "2026-W12", "4.PM1")
    assert running.incidents() == []


def test_a_gap_came_about_when_the_time_was_over_not_when_somebody_looked(running):
    """The period closed on Tuesday at 17:00 in Prague; the program ran again a day later."""
    running.wait(days=9)
    running.clock.now = running.clock.now.replace(month=3, day=18, hour=12)
    running.wait()
    first = processes.gaps(running.unit, "apollo")[0]
    assert first.at.isoformat() == "2026-03-17T16:00:00+00:00"
    assert first.written_at.isoformat() == "2026-03-18T12:00:00+00:00"


def test_a_gap_is_written_once_for_its_cause(running):
    work = at_work(running)
    first = write_gap(work, "late-report", "R1", "Too late")
    assert write_gap(work, "late-report", "R1", "Too late, again") == first
    assert write_gap(work, "late-report", "R2", "Too late") != first
    assert write_gap(work, "not-reviewed", "R1", "Silent", person="sue") != write_gap(
        work, "not-reviewed", "R1", "Silent", person="sam"
    )
    assert [one.about for one in processes.gaps(running.unit, "apollo", kind="late-report")] == ["R1", "R2"]
    assert len(engine.records(running.unit, type="gap")) == 4


def test_even_at_a_person_s_task_it_is_the_program_that_writes(running):
    work = replace(at_work(running), actor=running.actor("pm"), answers={})
    write_gap(work, "no-quorum", "R1", "Nobody came")
    (gap,) = processes.gaps(running.unit, "apollo")
    assert gap.by == engine.SYSTEM
    assert engine.record(running.unit, gap.record).sealed_by == engine.SYSTEM


def test_gaps_are_found_by_what_they_are_about(running):
    running.wait(days=16)
    unit = running.unit
    assert len(processes.gaps(unit, "apollo", person="tia")) == 1
    assert processes.gaps(unit, "apollo", clause="5.3b") == []
    assert len(processes.gaps(unit, "apollo", since=date(2026, 3, 17), until=date(2026, 3, 17))) == 2
    assert processes.gaps(unit, "apollo", until=date(2026, 3, 16)) == []
    with pytest.raises(KeyError):
        write_gap(at_work(running), "not-a-kind", "x", "y")
