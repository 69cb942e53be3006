"""The demo is the history: what its people did through the processes gives the same facts and the same numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import engine
import processes
from engine import Unit
from processes.demo import FINISHED, MEMBERS, RUNNING
from processes.demo.people import GRETA, SAMUEL
from processes.metrics import History, earned, on_time_completed, slips
from tests.databases import Databases
from tests.stories.office import Office
from tests.stories.stages import TODAY, Stages


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: the whole replay takes long, and its parts are played on both elsewhere."""
    return sqlite


CSV = Path(processes.__file__).parent / "history" / "python-3.13.csv"
END = date(2024, 10, 9)
"""The day of the last fact."""


@pytest.fixture(scope="module", params=["sqlite"])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The demo, for looking at."""
    stages = Stages(request.getfixturevalue(request.param), tmp_path_factory)
    with stages.kept_in(tmp_path_factory.mktemp("looking"), stages.demo()) as office:
        yield office


@pytest.fixture
def unit(demo: Office) -> Iterator[Unit]:
    with demo.looking() as unit:
        yield unit


def test_every_fact_of_the_history_was_recorded_by_the_processes_and_no_other(unit: Unit) -> None:
    names = {one.id: one.name for one in processes.milestones(unit, FINISHED)}
    found = [
        (names[one.milestone], one.recorded_on.isoformat(), one.date.isoformat() if one.date else "", one.kind)
        for one in processes.history(unit, FINISHED).facts
    ]
    lines = [tuple(line.split(",")) for line in CSV.read_text(encoding="utf-8").splitlines()[1:]]
    assert len(lines) == 37
    assert Counter(found) == Counter(lines)


@pytest.mark.parametrize(("tolerance", "in_time"), [(0, 1), (1, 3), (3, 6), (7, 7)])
def test_on_time_of_the_thirteen_that_were_planned_and_done(unit: Unit, tolerance: int, in_time: int) -> None:
    found = on_time_completed(planned(unit), END, tolerance)
    assert (found.on_time, found.of) == (in_time, 13)


def planned(unit: Unit) -> History:
    """The history against baseline 0, without the milestone that lay in the past when the plan was made."""
    found = processes.history(unit, FINISHED)
    return replace(found, promises=tuple(one for one in found.promises if one.milestone != "DEV"))


def test_slips_of_what_was_planned_and_done(unit: Unit) -> None:
    history = planned(unit)
    found = slips(history, END)
    assert found.n == 13
    assert found.mean == pytest.approx(143 / 13)
    assert found.median == 6
    assert max((one.days, one.milestone) for one in found.rows) == (30, "A4")


def test_what_was_forecast_anew_dropped_added_and_left_stale(unit: Unit) -> None:
    found = processes.metrics(unit, FINISHED, END)
    assert (len(found.reforecasts), found.dropped, len(found.added)) == (6, ("A7",), 1)
    added = next(one for one in processes.milestones(unit, FINISHED) if one.id == found.added[0])
    assert added.name == "candidate 3"
    assert {one.milestone: one.days for one in found.stood_stale}["A3"] == 29


@pytest.mark.parametrize(
    ("day", "seven_stays", "pv", "ev", "spi", "es", "at", "spi_t", "sv_t"),
    [
        (date(2024, 1, 16), True, 4, 2, 0.5, 183, 239, 0.7657, -56),
        (date(2024, 6, 30), True, 10, 9, 0.9, 372, 405, 0.9185, -33),
        (date(2024, 6, 30), False, 9, 9, 1, 393, 405, 0.9704, -12),
    ],
)
def test_earned_schedule(unit: Unit, day, seven_stays, pv, ev, spi, es, at, spi_t, sv_t) -> None:
    """The project's own metrics count no dropped milestone; with the approval forgotten, alpha 7 stays in PV."""
    history = processes.history(unit, FINISHED)
    if seven_stays:
        history = replace(history, facts=tuple(one for one in history.facts if one.kind != "removed"))
        found = earned(history, day)
    else:
        found = processes.metrics(unit, FINISHED, day).earned
    assert (found.pv, found.ev, found.es, found.at) == (pv, ev, es, at)
    assert found.planned_duration == 498
    assert round(found.spi, 4) == spi
    assert round(found.spi_t, 4) == spi_t
    assert found.sv_t == sv_t


def test_the_change_that_drops_alpha_7_came_to_hold_on_its_day(unit: Unit) -> None:
    (dropped,) = (one for one in processes.milestones(unit, FINISHED) if one.id == "A7")
    assert dropped.dropped_on == date(2024, 1, 17)
    before = processes.metrics(unit, FINISHED, date(2024, 1, 16)).earned
    assert (before.pv, before.ev, before.at) == (4, 2, 239)


def test_the_second_project_leaves_work_in_several_inboxes(demo: Office) -> None:
    waiting = {one.login: len(demo.tasks(one.login)) for one in MEMBERS}
    assert sum(count > 0 for count in waiting.values()) >= 4, waiting
    with demo.looking() as unit:
        assert processes.project(unit, RUNNING).status == "running"
        assert processes.project(unit, FINISHED).status == "closed"
        assert engine.tasks(unit, subject=FINISHED, status="open") == []


def test_people_find_those_tasks_at_their_browsers(demo: Office) -> None:
    for one in MEMBERS:
        mine = demo.tasks(one.login)
        page = demo.browser(one.login).get("/inbox").text
        assert {task.id for task in mine if f"/inbox/{task.id}" in page} == {task.id for task in mine}, one.login


def test_nothing_in_it_is_altered_and_nothing_failed(demo: Office) -> None:
    verdict = demo.verdict()
    assert verdict.findings == ()
    with demo.looking() as unit:
        assert processes.verify_rows(unit) == (), "every row is what its events say"
    assert verdict.counted["signature"] > 50
    with demo.looking() as unit:
        assert engine.incidents(unit, status=None) == []


def test_every_approval_is_a_signature_by_its_own_task(unit: Unit) -> None:
    deciding = {
        one.id: one
        for project in (FINISHED, RUNNING)
        for one in engine.tasks(unit, subject=project, status="completed", limit=5000)
        if one.signature
    }
    found = [signed for record in engine.records(unit, limit=5000) for signed in engine.signatures(unit, record.id)]
    assert {one.task for one in found} == set(deciding)
    assert all(one.person == deciding[one.task].ended_by for one in found)
    changed = [one for project in (FINISHED, RUNNING) for one in processes.changes(unit, project) if one.applied_at]
    assert len(changed) >= 2
    for one in changed:
        approvals = engine.approvals(unit, one.record.id)
        assert approvals
        assert one.raised_by not in approvals
    for project in (FINISHED, RUNNING):
        first = processes.baselines(unit, project)[0].record
        approved = {one.person for one in engine.signatures(unit, first) if one.meaning == "approved"}
        assert approved == {GRETA.id, SAMUEL.id}, "both stakeholders signed the baseline"


def test_no_row_came_from_a_fixture(unit: Unit) -> None:
    """Records, forecasts and baselines were written by an instance that runs or ran, and an event tells of each."""
    instances = {one.id for one in engine.instances(unit, limit=5000)}
    records = engine.records(unit, limit=5000)
    assert records
    assert {one.instance for one in records} <= instances
    for project in (FINISHED, RUNNING):
        told = Counter(one.kind for one in engine.events(unit, subject=project, limit=100_000) if one.instance)
        assert told["forecast.added"] == len(processes.forecasts(unit, project)) > 15
        dates = sum(len(one.dates) for one in processes.baselines(unit, project))
        assert told["baseline.added"] == dates > 14
        assert {one.record for one in processes.baselines(unit, project)} <= {one.id for one in records}
        done = engine.tasks(unit, subject=project, status="completed", limit=5000)
        answered = {sent.task for one in instances for sent in engine.submissions(unit, one)}
        assert {one.id for one in done} <= answered


def test_what_is_behind_a_figure_is_as_much_as_it_counts(unit: Unit) -> None:
    for about in (FINISHED, RUNNING):
        for baseline in {one.number for one in processes.baselines(unit, about)}:
            asked = {"as_of": END if about == FINISHED else TODAY, "baseline": baseline}
            found = processes.analysis(unit, about, **asked)
            counted = ("milestones", "reforecasts", "warning", "stale", "scope", "updates", "changes", "actions")
            lines = {figure: processes.behind(unit, about, figure, **asked).lines for figure in counted}
            figures = found.metrics
            rows = [line.cells for line in lines["milestones"]]
            assert sum(cells[6] in ("on time", "late", "late: not reached") for cells in rows) == figures.on_time_due.of
            assert sum(cells[6] == "on time" for cells in rows) == figures.on_time_due.on_time
            assert sorted(cells[4] for cells in rows if cells[4] is not None) == sorted(
                row.days for row in figures.slips.rows
            )
            assert len(lines["reforecasts"]) == len(figures.reforecasts)
            assert [line.cells[6] for line in lines["warning"]] == [one.warning for one in figures.told]
            assert [line.cells[3] for line in lines["stale"]] == [one.days for one in figures.stood_stale]
            assert all(line.instance for line in lines["stale"])
            for one in found.accuracy:
                behind = processes.behind(unit, about, f"accuracy-{one.horizon}", **asked)
                off = [line.cells[4] for line in behind.lines]
                assert len(off) == one.n
                assert sum(off) == round((one.bias or 0) * one.n)
            assert len(lines["scope"]) == len(figures.dropped) + len(figures.added)
            assert len(lines["updates"]) == figures.updates.of
            assert sum(line.cells[2] == "on time" for line in lines["updates"]) == figures.updates.on_time
            assert len(lines["changes"]) == len(processes.changes(unit, about))
            assert len(lines["actions"]) == len(processes.actions(unit, about))
            told = {line.instance for some in lines.values() for line in some if line.instance}
            assert told <= {one.id for one in engine.instances(unit, subjects=[about], limit=5000)}


def test_the_headline_of_the_list_is_that_of_the_page(unit: Unit) -> None:
    both = [processes.project(unit, one) for one in (FINISHED, RUNNING)]
    found = processes.headlines(unit, both)
    for about in both:
        figures = processes.metrics(unit, about.id)
        assert found[about.id].on_time == figures.on_time_due
        assert found[about.id].stale == len(figures.stale)


def test_in_january_the_outlook_is_a_list_and_in_june_a_range(unit: Unit) -> None:
    january = processes.analysis(unit, FINISHED, date(2024, 1, 16))
    assert (january.outlook.slips, january.outlook.finish) == ((-4, 1), None)
    june = processes.analysis(unit, FINISHED, date(2024, 6, 30))
    assert june.outlook.finish.days[0] == date(2024, 10, 10), "it was done on the 7th"
    assert (june.planned, processes.analysis(unit, FINISHED, END).planned) == (15, 16), "candidate 3 came in September"
    later = processes.analysis(unit, RUNNING, TODAY)
    assert later.outlook.own < len(later.outlook.slips), "the finished project is its reference class"
