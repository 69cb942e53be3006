"""Every obligation of the SOP, under its own name: what the demo's finished project leaves as evidence of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import pytest

import engine
import processes
from engine import Instance, Record, Unit
from processes.approvals import naming
from processes.demo import FINISHED, RUNNING
from processes.demo.people import DOROTHEA, GRETA, INES, MEI, PAVEL, RAHUL, SAMUEL, TOMAS
from processes.measurability import measure
from processes.vocabulary import CLAUSES
from tests.stories.office import Office
from tests.stories.stages import Stages

TEAM = {TOMAS.id, MEI.id, RAHUL.id}
STAKEHOLDERS = {GRETA.id, SAMUEL.id}
LAST = date(2024, 10, 9)
"""The day of the last fact; the closure, which needs no reviews, comes after it."""


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


def instances(unit: Unit, process: str) -> list[Instance]:
    return engine.instances(unit, subjects=[FINISHED], process=process, limit=1000)


def is_kept(unit: Unit, type: str) -> bool:
    """Whether every document of a type is sealed and intact, reads like a document, and prints with its data."""
    found = record(unit, type)
    sound = all(one.intact and one.sections and one.data and one.title for one in found)
    last = found[-1]
    layout = engine.bundle(unit, engine.definition(unit, last.definition).bundle).files["layouts/record.typ"]
    printed = engine.print_record(last, engine.signatures(unit, last.id), layout, names={}, organisation="", project="")
    copy = json.loads(last.text)["content"]["data"]
    return bool(found) and sound and printed.startswith(b"%PDF") and copy == last.data


def section(record: Record, heading: str) -> Mapping[str, Any]:
    return next(one for one in record.sections if one["heading"] == heading)


def minutes(unit: Unit) -> list[Record]:
    """The confirmed minutes of every review that was held."""
    found = [processes.minutes(unit, FINISHED, one.id) for one in held(unit)]
    assert all(found)
    return [one for one in found if one]


def follows_the_sop(unit: Unit) -> bool:
    """Each project has one parent instance, and that is pinned to a version."""
    parents = engine.instances(unit, process="project-under-sop", limit=100)
    pinned = {one.subject: engine.definition(unit, one.definition).version for one in parents}
    return len(parents) == len(pinned) and set(pinned) == {one.id for one in processes.projects(unit)}


def gaps_are_listed(unit: Unit) -> bool:
    """Every week's log names those who reported nothing: exactly those of whom the program wrote a missed update."""
    names = {one.person: one.name for one in processes.members(unit, FINISHED)}
    missed: dict[str, set[str]] = {}
    for gap in processes.gaps(unit, FINISHED, kind="missed-update"):
        missed.setdefault(gap.about, set()).add(names[gap.person])
    said = {one.key: section(one, "Missing updates")["text"] for one in record(unit, "progress-log")}
    return bool(missed) and all(
        set(text.split("; ")) == missed.get(period, {"None."}) for period, text in said.items()
    )


def every_owner_every_week(unit: Unit) -> bool:
    """For each week and each person, each milestone was reported once at last, or the program says that it was not."""
    found = processes.updates(unit, FINISHED)
    seats = Counter((one.period, one.milestone) for one in found)
    silent = {(one.period, one.person) for one in found if one.missed}
    gaps = {(one.about, one.person) for one in processes.gaps(unit, FINISHED, kind="missed-update")}
    weeks = {one.period for one in found}
    logs = {one.key for one in record(unit, "progress-log")}
    return len(weeks) > 50 and set(seats.values()) == {1} and silent == gaps and weeks <= logs


def owners_have_accepted(unit: Unit) -> bool:
    """Each milestone has one owner, who has accepted the very revision that was signed."""
    first = engine.revisions(unit, "milestone-plan", FINISHED)[-1 - len(processes.baselines(unit, FINISHED)[1:])]
    accepted = {
        one.person for one in instances(unit, "milestone-setup")
        for one in engine.submissions(unit, one.id, "accept-ownership")
        if one.answers["decision"] == "accepted" and one.shown == first.sha256
    }  # fmt: skip
    return accepted == {one["owner"] for one in first.data["milestones"] if not one["actual"]}


def reports_went_out(unit: Unit) -> bool:
    """Before each meeting, early enough or as a gap: which revision, to whom, when, with what result."""
    late = {one.about for one in processes.gaps(unit, FINISHED, kind="late-report")}
    about = processes.project(unit, FINISHED)
    for meeting, record in zip(held(unit), minutes(unit), strict=True):
        sent = section(record, "Distribution of the status report")
        lead = about.calendar.between(about.day(meeting.distributed_at), about.day(meeting.scheduled_at))
        report = next(one for one in engine.revisions(unit, "minutes", FINISHED, meeting.id) if not one.data["held"])
        assert meeting.distributed_at < meeting.scheduled_at
        assert lead >= about.settings.preread_days or meeting.id in late
        assert sent["fields"][1]["value"] == report.sha256
        assert len(sent["table"]["rows"]) >= len(processes.members(unit, FINISHED))
    return True


def every_milestone_was_looked_at(unit: Unit) -> bool:
    """In each meeting: every milestone that was open when its data were cut, or claimed as complete since the last."""
    looked = [{line[0]: line[1] for line in one.lines} for one in held(unit)]
    for lines, record in zip(looked, minutes(unit), strict=True):
        open_then = {one["milestone"] for one in record.data["report"] if one["status"] not in ("achieved", "dropped")}
        assert set(lines) >= open_then, record.key
        assert set(lines.values()) <= {"completed", "pending", "delayed", "dropped"}
    claimed = {one.milestone for one in processes.claims(unit, FINISHED) if one.ended_at < held(unit)[-1].scheduled_at}
    completed = {line[0] for one in held(unit) for line in one.lines if line[1] == "completed"}
    return completed >= claimed


def told(unit: Unit, about: str) -> dict[str, set[str]]:
    """What it was about -> who was told, each through a channel, at a time, with a result."""
    found: dict[str, set[str]] = {}
    for one in processes.communications(unit, FINISHED, about=about):
        assert one.channel
        assert one.result
        found.setdefault(one.key, set()).add(one.recipient)
    return found


def plan_moves_by_changes_alone(unit: Unit) -> bool:
    """Each revision of the plan after the first baseline, and each later baseline, names the change it comes from."""
    made = {one.record.sha256 for one in processes.changes(unit, FINISHED) if one.record}
    first, *later = processes.baselines(unit, FINISHED)
    revised = engine.revisions(unit, "milestone-plan", FINISHED)
    start = next(at for at, one in enumerate(revised) if one.id == first.record)
    causes = [one.data["change"] for one in revised[start + 1 :]]
    return bool(causes) and {one["sha256"] for one in causes} <= made and len(later) <= len(causes)


def everybody_required_has_signed(unit: Unit) -> bool:
    """For each change in force: everybody whom the rule named, by name, under the very text that was applied."""
    for change in processes.changes(unit, FINISHED):
        if change.applied_at is None:
            continue
        assert change.record
        asked = naming(unit, engine.record(unit, change.record.id)).people
        given = {one.person for one in engine.signatures(unit, change.record.id) if one.meaning == "approved"}
        assert change.rule == "stakeholders and sponsor"
        assert given == STAKEHOLDERS | {DOROTHEA.id}
        assert set(asked) >= given
        assert change.raised_by not in given
    return True


EVIDENCE: Mapping[str, Callable[[Unit], Any]] = {
    "2a": follows_the_sop,
    "4.PM1": lambda unit: by(unit, "weekly-update", "release-status") == {INES.id}
    and {one.key for one in record(unit, "progress-log")} >= {one.period for one in processes.updates(unit, FINISHED)},
    "4.PM2": lambda unit: by(unit, "review-cycle", "schedule-review") == {INES.id}
    and all(
        {row[1] for row in section(one, "Distribution of the status report")["table"]["rows"]} for one in minutes(unit)
    )
    and {*told(unit, "invitation")} >= {one.id for one in held(unit)},
    "4.PM3": gaps_are_listed,
    "4.PT1": lambda unit: by(unit, "weekly-update", "submit-update") == TEAM
    and {one.by for one in processes.updates(unit, FINISHED) if not one.missed} == TEAM,
    "4.PT2": lambda unit: all(
        f"{who.name} (Project Team)" in field["value"]
        for one in minutes(unit)
        for field in section(one, "Attendance")["fields"]
        if field["label"] == "Present"
        for who in (TOMAS, MEI, RAHUL)
    ),
    "4.PT3": lambda unit: by(unit, "closure", "give-feedback") >= TEAM
    and {row[0] for row in section(record(unit, "closure-evaluation")[0], "Feedback of team and stakeholders")["table"][
        "rows"
    ]} >= {one.name for one in (TOMAS, MEI, RAHUL)},
    "4.ST1": lambda unit: {
        (said.shown, said.person)
        for one in instances(unit, "review-cycle")
        for said in engine.submissions(unit, one.id, "give-input")
    }
    >= {
        (next(r for r in engine.revisions(unit, "minutes", FINISHED, one.id) if not r.data["held"]).sha256, GRETA.id)
        for one in held(unit)
    },
    "4.ST2": lambda unit: by(unit, "review-cycle", "give-input") >= STAKEHOLDERS | {DOROTHEA.id}
    and all(row[1] for one in minutes(unit) for row in section(one, "Input of the readers")["table"]["rows"]),
    "4.ST3": lambda unit: signed(unit, "change-request", "approved") >= STAKEHOLDERS,
    "5.1a": lambda unit: all(measure(one.criterion).sound for one in plan(unit).milestones)
    and {one.milestone for one in processes.claims(unit, FINISHED) if one.state == "accepted"}
    == {one.id for one in plan(unit).milestones if one.actual and one.id != "DEV"}
    and by(unit, "milestone-acceptance", "verify-claim") == {INES.id},
    "5.1b": lambda unit: kinds(unit, "5.1b") == {"deviation"}
    and max(one.at for one in engine.signatures(unit, processes.baselines(unit, FINISHED)[0].record))
    <= processes.project(unit, FINISHED).started_at,
    "5.1c": owners_have_accepted,
    "5.1d": lambda unit: all(
        one.id in processes.baselines(unit, FINISHED)[0].dates or one.added_on for one in plan(unit).milestones
    )
    and all(one.target and one.baseline for one in plan(unit).milestones),
    "5.2a": lambda unit: record(unit, "milestone-plan")[0].data["tools"] == "Issue tracker and release calendar",
    "5.2b": every_owner_every_week,
    "5.2c": lambda unit: kinds(unit, "5.2c") == {"achievement", "nil"}
    and {one.milestone for one in processes.log(unit, FINISHED) if one.kind == "achievement" and one.milestone}
    >= {one.milestone for one in processes.claims(unit, FINISHED)},
    "5.2d": lambda unit: all(
        one.cause and one.impact_days is not None and one.event_on and one.entered_at
        for one in processes.log(unit, FINISHED)
        if one.kind == "setback"
    )
    and "setback" in kinds(unit, "5.2d"),
    "5.3a": lambda unit: len(held(unit)) >= 15
    and len(processes.gaps(unit, FINISHED, kind="review-gap"))
    == sum(not one.kept for one in processes.analysis(unit, FINISHED, LAST).conduct.gaps),
    "5.3b": reports_went_out,
    "5.3c": every_milestone_was_looked_at,
    "5.3d": lambda unit: all(
        one.items or section(said, "Blockers, constraints and risks").get("text") == "None."
        for one, said in zip(held(unit), minutes(unit), strict=True)
    )
    and all(item[2] for one in held(unit) for item in one.items),
    "5.4a": lambda unit: all(
        {mark.person for mark in engine.signatures(unit, one.id) if mark.valid and mark.meaning == "approved"}
        == {INES.id} and one.data["text"]
        for one in minutes(unit)
    ),
    "5.4b": lambda unit: {one.meeting for one in processes.decisions(unit, FINISHED)} == {one.id for one in held(unit)}
    and all(one.decided_by and one.text for one in processes.decisions(unit, FINISHED)),
    "5.4c": lambda unit: {bool(one.owner and one.due): one.status for one in processes.actions(unit, FINISHED)}
    == {True: "closed"}
    and by(unit, "action-item", "verify-action") == {INES.id},
    "5.4d": lambda unit: {one.data["plan_statement"] for one in minutes(unit)} == {"no-change", "by-change-request"}
    and record(unit, "milestone-plan")[0].data["change"]["id"] == "C3",
    "5.4e": lambda unit: all(
        told(unit, "minutes")[one.id] >= TEAM | STAKEHOLDERS | {INES.id, DOROTHEA.id} for one in held(unit)
    )
    and len(told(unit, "change")) == 2,
    "5.5a": lambda unit: all(
        section(one, heading).get("text") or section(one, heading).get("table")
        for one in record(unit, "performance-review")
        for heading in ("Trends", "Bottlenecks", "Improvements")
    )
    and {one.key for one in record(unit, "performance-review")} >= {one.id for one in held(unit)},
    "5.5b": lambda unit: {one.change for one in processes.decisions(unit, FINISHED) if one.change}
    == {one.id for one in processes.changes(unit, FINISHED) if one.source}
    and [one.id for one in processes.changes(unit, FINISHED) if one.applied_at] == ["C2", "C3"],
    "5.5c": plan_moves_by_changes_alone,
    "5.5d": everybody_required_has_signed,
    "6a": lambda unit: is_kept(unit, "milestone-plan"),
    "6b": lambda unit: is_kept(unit, "progress-log"),
    "6c": lambda unit: is_kept(unit, "minutes"),
    "6d": lambda unit: is_kept(unit, "performance-review"),
    "6e": lambda unit: is_kept(unit, "change-request"),
    "7a": lambda unit: record(unit, "closure-evaluation")[0].data["verdict"] == "effective"
    and signed(unit, "closure-evaluation", "approved") == STAKEHOLDERS | {DOROTHEA.id}
    and len(section(record(unit, "closure-evaluation")[0], "How the procedure worked")["table"]["rows"]) > 10,
    "7b": lambda unit: {one["answered"] for one in record(unit, "closure-evaluation")[0].data["feedback"]} == {True}
    and len(record(unit, "closure-evaluation")[0].data["feedback"]) == len(TEAM | STAKEHOLDERS),
    "7c": lambda unit: [(one.status, bool(one.why)) for one in processes.proposals(unit, FINISHED)]
    == [("rejected", True)],
    "8a": lambda unit: [one.state for one in processes.sop_history(unit)] == ["imported", "unchanged"]
    and all(one.version and one.description and one.author and one.dated for one in processes.sop_history(unit))
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


def test_what_the_matrix_says_of_a_clause_is_what_an_auditor_counts_by_hand(finished: Office) -> None:
    """Done, due and missed, counted from the tasks and gaps themselves, for the finished and the running project."""
    with finished.looking() as unit:
        for project in (FINISHED, RUNNING):
            tasks = [
                one for status in ("open", "completed")
                for one in engine.tasks(unit, subject=project, status=status, limit=10_000)
            ]  # fmt: skip
            gaps = Counter(one.kind for one in processes.gaps(unit, project))
            standing = {one.clause: one for one in processes.standings(unit, project)}

            def count(element: str, status: str, tasks: list[Any] = tasks) -> int:
                return sum((one.element, one.status) == (element, status) for one in tasks)

            for clause, element, missed in (
                ("4.PM2", "schedule-review", gaps["review-gap"]), ("4.PT1", "submit-update", gaps["missed-update"]),
                ("4.PT2", "open-meeting", 0), ("4.ST1", "give-input", gaps["not-reviewed"]),
                ("4.ST3", "decide-change", 0), ("7b", "give-feedback", gaps["no-feedback"]),
                ("6b", "release-status", 0), ("6d", "analyse-performance", 0),
            ):  # fmt: skip
                found = standing[clause]
                assert (found.done, found.due, found.missed) == (
                    count(element, "completed"), count(element, "open"), missed
                ), (project, clause)  # fmt: skip
                state = "missed" if missed else "due" if found.due else "done" if found.done else "not yet"
                assert found.state == state, (project, clause)
            assert standing["5.3a"].missed == gaps["review-gap"] + gaps["no-quorum"]
            assert standing["5.1b"].missed == gaps["late-start"] == 1


def test_a_reminder_is_no_evidence_that_something_was_done() -> None:
    """Of each clause something else than reminders, notes of what was missed and events is left that can prove it."""
    found = processes.matrix_of(processes.bundle())
    drawn = {process: one.elements for process, one in engine.processes_of(processes.bundle()).items()}
    proving = {
        one.clause: {step.element for step in one.steps if drawn[step.process][step.element].properties.get("evidence")
                     != "none"}
        for one in found.obligations
    }  # fmt: skip
    assert all(proving.values())
    assert not {element for elements in proving.values() for element in elements if element.startswith("remind-")}
