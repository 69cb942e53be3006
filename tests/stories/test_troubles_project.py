"""Troubles that a project meets, by their numbers: its plan, its updates, its calendar, its hold and its end.

Trouble 4, a forecast in the past, is refused at its field in tests/processes/test_updates.py, and here over HTTP.
Trouble 19, nothing running for weeks, is also lived through in tests/processes/test_updates.py.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import engine
import processes
from tests.databases import Databases
from tests.stories.holds import a_project_on_hold, gaps, go_on, put_on_hold
from tests.stories.office import PLAN, Office, id_of
from tests.stories.task_page import problems

PRAGUE = ZoneInfo("Europe/Prague")


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: what the procedure asks of it is asked of both elsewhere."""
    return sqlite


def until_called(office: Office) -> None:
    """Wait for the next call for updates."""
    while not office.open("submit-update"):
        office.wait(hours=6)


def report(office: Office, login: str, of: int, **more: Any) -> None:
    row = PLAN["milestones"][of]
    line = {"milestone": row["id"], "name": row["name"], "status": "on-track", "percent": 10, "forecast": row["target"]}
    office.do(login, "submit-update", {"milestones": [line | more], "nothing_to_report": True})


def test_trouble_1_a_plan_is_rejected_twice_and_then_accepted(signing: Office) -> None:
    """Earlier signatures do not count, what was said is carried along, and the third revision is the baseline."""
    signing.do("samuel", "sign-baseline", {"decision": "approved"})
    for said in ("The release is too late", "Who tests it?"):
        signing.do("greta", "sign-baseline", {"decision": "rejected", "comment": said})
        signing.do("ines", "revise-plan", PLAN)
        signing.accept_all()
    assert signing.open("sign-baseline") == sorted([id_of("greta"), id_of("samuel")]), "everybody signs anew"
    for login in ("greta", "samuel"):
        signing.do(login, "sign-baseline", {"decision": "approved"})
    assert signing.baseline() == 0
    with signing.looking() as unit:
        revisions = engine.revisions(unit, "milestone-plan", "apollo")
        assert [one.revision for one in revisions] == [1, 2, 3]
        assert all(not mark.valid for one in revisions[:2] for mark in engine.signatures(unit, one.id))
        assert processes.plan(unit, "apollo").revision == 3


def test_trouble_2_an_owner_declines_the_date(office: Office) -> None:
    """The wish stands before whoever revises the plan, and nobody signs before the owner has agreed."""
    office.register()
    office.do("ines", "draft-plan", PLAN)
    wish = {"decision": "other-date", "proposed": "2026-05-15", "comment": "Parts come in May"}
    office.do("tomas", "accept-ownership", wish)
    for login in ("mei", "rahul"):
        office.do(login, "accept-ownership", {"decision": "accepted"})
    assert office.open("sign-baseline") == []
    page = office.page("ines", "revise-plan")
    assert "Parts come in May Could accept 15 May 2026." in page.response.text
    moved = [{**PLAN["milestones"][0], "target": "2026-05-15"}, *PLAN["milestones"][1:]]
    office.do("ines", "revise-plan", {**PLAN, "milestones": moved})
    office.accept_all()
    assert len(office.open("sign-baseline")) == 2


def test_trouble_3_updates_are_missed_three_weeks_running(running: Office) -> None:
    """Each week is a gap of its own, sealed and attributed to the program; the forecasts stay what they were."""
    running.wait(days=30)
    found = [one for one in gaps(running, "missed-update") if one.person == id_of("tomas")]
    assert [one.about for one in found] == ["2026-W11", "2026-W12", "2026-W13"]
    assert {one.by for one in found} == {engine.SYSTEM}
    with running.looking() as unit:
        assert all(engine.record(unit, one.record).intact for one in found)
        assert {one.clause: one.state for one in processes.standings(unit, "apollo")}["5.2b"] == "missed"
        metrics = processes.metrics(unit, "apollo")
        assert metrics is not None
        assert metrics.updates is not None
        assert (metrics.updates.on_time, metrics.updates.of) == (0, 9)
        assert processes.milestones(unit, "apollo")[0].forecast == date(2026, 4, 30)
    assert running.verdict().findings == ()


def test_trouble_4_a_forecast_in_the_past_is_refused_at_its_field(running: Office) -> None:
    """What else was typed stays."""
    until_called(running)
    line = {"status": "on-track", "percent": 10, "forecast": "2026-03-01"}
    typed = {"milestones": [line], "achievements": "The outline is written"}
    sent = running.page("tomas", "submit-update").fill(typed).finish()
    assert sent.status_code == 422
    assert "cannot be expected in the past" in problems(sent)
    assert "The outline is written" in sent.text
    assert running.targets()["M1"] == date(2026, 4, 30)


def test_trouble_17_a_hold_over_a_timer(office: Office) -> None:
    """An update that was open is not missed, an approval is due as much later, and the hold says why."""
    a_project_on_hold(office)
    assert office.incidents() == []


def test_trouble_17_what_somebody_does_in_a_hold_is_due_after_it(running: Office) -> None:
    """The days that a procedure gives begin when the project goes on."""
    running.raise_change("tomas")
    put_on_hold(running, 30)
    running.wait(days=10)
    running.decide("greta", "returned")
    (task,) = running.tasks("tomas", "revise-change")
    assert task.due is None or task.due > running.clock.now + timedelta(days=19)
    running.wait(days=15)
    assert gaps(running) == []
    go_on(running)
    running.wait(hours=1)
    assert gaps(running) == []
    assert running.incidents() == []


def test_trouble_18_clocks_are_put_forward(running: Office) -> None:
    """On 29 March 2026 they are: the call comes at eight and the update is due at five by the clock on the wall."""
    times, dues = [], []
    for _ in range(4):
        until_called(running)
        task = running.task("tomas", "submit-update")
        times.append(task.created_at.astimezone(PRAGUE).time().isoformat())
        assert task.due
        dues.append(task.due.astimezone(PRAGUE).time().isoformat())
        running.wait(days=6)
    assert set(times) == {"08:00:00"}
    assert set(dues) == {"17:00:00"}
    assert running.clock.now.astimezone(PRAGUE).utcoffset() == timedelta(hours=2)


def test_trouble_18_a_holiday_and_a_leap_day(office: Office) -> None:
    """29 February 2028 is a Tuesday to work on; what is due on a public holiday is due on the day before it."""
    office.clock.now = datetime(2028, 2, 22, 9, 0, tzinfo=UTC)
    plan = {**PLAN, "milestones": [{**one, "target": f"2028{one['target'][4:]}"} for one in PLAN["milestones"]]}
    office.register(start=date(2028, 5, 1), settings={"holidays": "CZ"})
    (task,) = office.tasks("ines", "draft-plan")
    assert task.due
    assert task.due.date() == date(2028, 3, 7), "ten working days, the leap day among them"
    office.do("ines", "draft-plan", plan)
    (task,) = office.tasks("tomas", "accept-ownership")
    assert task.due
    assert task.due.date() == date(2028, 2, 29)
    office.accept_all()
    for login in ("greta", "samuel"):
        office.do(login, "sign-baseline", {"decision": "approved"})
    dues = set()
    while office.clock.now.date() < date(2028, 4, 20):
        dues |= {one.due.date() for one in office.tasks("tomas", "submit-update") if one.due}
        office.wait(days=1)
    assert date(2028, 3, 3) in dues
    assert date(2028, 4, 13) in dues, "Good Friday is the 14th"
    assert date(2028, 4, 14) not in dues


def test_trouble_19_nothing_runs_for_seven_weeks(running: Office) -> None:
    """One update is called for afterwards, not seven; the weeks between are gaps, each once for each owner."""
    running.clock.now += timedelta(days=49)
    running.wait()
    assert len(running.open("submit-update")) == 3
    missed = gaps(running, "missed-update")
    assert len({one.about for one in missed}) == 6
    assert len(missed) == 18
    assert len(running.open("schedule-review")) == 1, "one review, not two"
    assert running.incidents() == []


def test_trouble_21_a_closure_is_requested_with_an_open_change(deciding: Office) -> None:
    """It is listed with what else is open, and the project does not end before somebody has dealt with it."""
    with deciding.writing() as unit:
        processes.close(unit, "apollo", deciding.actor(unit, "ines"), "It is over")
    page = deciding.page("ines", "settle-gaps")
    assert "C1" in page.response.text
    deciding.do("ines", "settle-gaps", {"next": "look-again"})
    assert deciding.open("give-feedback") == []
    deciding.do("ines", "settle-gaps", {"next": "close", "reason": "Nobody decides any more"})
    assert deciding.open("give-feedback") != []
    assert deciding.open("decide-change") != [], "the change stays open until the closure is signed"


def test_trouble_23_the_clock_is_set_back(running: Office) -> None:
    """Nothing is called for twice, nothing is written twice, and the ledger keeps the order of what happened."""
    until_called(running)
    report(running, "tomas", 0)
    before = running.clock.now
    running.clock.now -= timedelta(days=5)
    running.wait(days=4)
    report(running, "mei", 1)
    running.wait(days=1)
    assert running.clock.now == before
    assert len(running.open("submit-update")) == 1, "Rahul's, of the same week"
    running.wait(days=9)
    with running.looking() as unit:
        weeks = [one.title for one in engine.instances(unit, process="weekly-update")]
    assert len(weeks) == len(set(weeks)) == 2
    assert [(one.about, one.person) for one in gaps(running)] == [("2026-W11", id_of("rahul"))]
    assert running.verdict().findings == ()
    assert running.incidents() == []
