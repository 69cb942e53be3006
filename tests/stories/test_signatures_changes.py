"""Ways around the rules by which changes come into force, hold and go: each fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import engine
import processes
from engine import StepCall, Unit, Work
from processes import deciding
from processes.applying import apply
from processes.approvals import require
from processes.steps import STEPS
from processes.vocabulary import EMERGENCY
from processes.writing import Writing
from tests.databases import Databases
from tests.stories.attacks import YES, approvers, instance_of, refused, signed
from tests.stories.changes import BACK, MOVED, act, asked, on_conditions, plan_record, said
from tests.stories.office import CHANGE, MOVE, Office, id_of


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: what is refused is refused by the procedure, not by the database."""
    return sqlite


def step(office: Office, name: str, change: str = "C1", **variables: object) -> Callable[[Unit], object]:
    """A step called past its process, with whatever variables somebody likes."""
    one = instance_of(office, change)

    def call(unit: Unit) -> object:
        at = StepCall("forged", name, {}, variables)
        return STEPS[name](Work(unit, one.id, one.process, one.definition, office.project, at, engine.THE_SYSTEM))

    return call


def directly(office: Office, change: str = "C1") -> Callable[[Unit], object]:
    """The plan's own function, called by a manager."""
    one = instance_of(office, change)
    return lambda unit: apply(
        Writing(unit, office.actor(unit, "ines"), office.project), change, definition=one.definition
    )


def test_a_lapsed_approval_is_applied_by_nobody(running: Office) -> None:
    on_conditions(running)
    running.wait(days=30)
    assert (said(running, "C1").status, running.targets()["M1"]) == ("lapsed", BACK)
    assert approvers(running) == {id_of("greta"), id_of("samuel")}, "their signatures stay to be seen"
    for act_ in (directly(running), step(running, "change.apply", outcome="approved", conditional=False)):
        refused(running, processes.StepRefused, act_)
    for name in ("change.lapse", "change.conditions", "change.reverse", "change.raise"):
        refused(running, processes.StepRefused, step(running, name, conditions="met"))
    assert (running.targets()["M1"], plan_record(running).revision) == (BACK, 3)
    assert running.verdict().findings == ()


def test_a_change_is_not_taken_back_before_its_time_nor_cancelled(running: Office) -> None:
    on_conditions(running)
    refused(running, processes.StepRefused, step(running, "change.lapse", conditions="unmet"))
    instance = instance_of(running).id
    refused(
        running, engine.Refused,
        lambda unit: processes.cancel(unit, instance, running.actor(unit, "pavel"), "It is in the way"),
    )  # fmt: skip
    assert (said(running, "C1").status, running.targets()["M1"]) == ("conditional", MOVED)


def test_nobody_but_its_setter_says_that_a_condition_is_met(running: Office) -> None:
    on_conditions(running)
    running.do("rahul", "do-action", {"outcome": "done", "text": "Here"})
    task = running.task("greta", "verify-condition")
    answers = {"decision": "closed", "text": "It is met"}
    for login in ("tomas", "ines", "samuel", "rahul", "lena"):
        refused(
            running, (engine.NotAllowed, engine.NotFound),
            lambda unit, who=login: engine.complete(unit, task.id, answers, running.actor(unit, who)),
        )  # fmt: skip
    page = running.page("greta", "verify-condition").fill(answers)
    posted = running.browser("tomas").post(f"/tasks/{task.id}", dict(page.pairs))
    assert posted.status_code in (400, 403, 404)
    with running.looking() as unit:
        assert {one.state for one in processes.conditions(unit, running.project, "C1")} == {"waiting"}


def test_an_emergency_is_ratified_once_by_each(running: Office) -> None:
    running.raise_change("tomas", urgency="emergency")
    running.do("dorothea", "decide-emergency", {"decision": "approved", "comment": "Now"})
    page = running.page("greta", "decide-change").fill(YES)
    assert signed(page).status_code == 302
    assert signed(page).status_code in (403, 404, 409)
    assert running.open("decide-change") == [id_of("samuel")]
    assert said(running, "C1").status == "provisional"
    for answers in ({"decision": "partly", "items": ["0"], "comment": "x"}, {"decision": "returned", "comment": "x"}):
        answer = signed(running.page("samuel", "decide-change").fill(answers))
        assert answer.status_code == 422
    for act_ in (directly(running), step(running, "change.apply")):
        refused(running, processes.StepRefused, act_)
    refused(running, processes.StepRefused, step(running, "change.reverse", outcome="refused"))
    running.decide("samuel")
    assert said(running, "C1").status == "applied"
    assert plan_record(running).revision == 2
    assert running.verdict().findings == ()


def test_the_requester_is_not_the_sponsor_of_an_own_emergency(running: Office) -> None:
    with running.writing() as unit:
        processes.add_member(unit, running.project, id_of("tomas"), "Sponsor", running.actor(unit, "ines"))
    running.raise_change("tomas", urgency="emergency")
    task = running.task("dorothea", "decide-emergency")
    answers = {"decision": "approved", "comment": "Because I say so"}

    def sign(unit: Unit) -> None:
        by = running.actor(unit, "tomas")
        shown = engine.preview(unit, task, answers, by)
        engine.complete(unit, task.id, answers, by, signature=engine.Signature(by.person, "approved", shown.sha256))

    refused(running, (engine.NotAllowed, engine.SignatureRefused), sign)
    assert running.targets()["M1"] == BACK
    with running.writing() as unit:
        engine.set_active(unit, id_of("dorothea"), False, engine.THE_SYSTEM)
    running.raise_change("tomas", items=[{**MOVE, "milestone": "M2", "target": "2026-07-07"}], urgency="emergency")
    assert len(running.open("decide-emergency")) == 1, "for the first one; with no other sponsor nothing is urgent"
    assert sorted(running.open("decide-change")) == sorted([id_of("greta"), id_of("samuel")])


def test_one_signature_is_enough_for_nothing_but_an_emergency(running: Office) -> None:
    """Somebody names a single person under the rule of emergencies; the request says that it is none."""
    running.raise_change("tomas")
    with running.writing() as unit:
        record = engine.current(unit, "change-request", running.project, "C1")
        people = {id_of("greta"): "Sponsor"}
        forged = Writing(unit, engine.THE_SYSTEM, running.project)
        require(forged, record, people, EMERGENCY, completion=deciding.AT_ONCE)
    running.decide("greta")
    refused(running, processes.StepRefused, directly(running))
    assert (running.targets()["M1"], said(running, "C1").status) == (BACK, "rejected")


def test_a_base_that_is_gone_is_not_brought_back_by_what_is_posted(running: Office) -> None:
    """Pages opened on the old plan are sent after it has moved, with the old base typed in by hand."""
    running.raise_change("tomas")
    running.raise_change("mei", items=[{**MOVE, "target": "2026-06-10"}])
    with running.looking() as unit:
        before = processes.plan(unit, running.project)
    late = [one for one in running.tasks("greta", "decide-change") if one.instance == instance_of(running, "C2").id]
    with running.looking() as unit:
        by = running.actor(unit, "greta")
        shown = engine.preview(unit, late[0], YES, by).sha256
    for login in ("greta", "samuel"):
        act(running, login, "C1", "decide-change", YES)
    base = {"base_revision": str(before.revision), "base_sha256": before.sha256}
    with running.writing() as unit:
        presented = engine.Signature(id_of("greta"), "approved", shown)
        engine.complete(unit, late[0].id, {**YES, **base}, running.actor(unit, "greta"), signature=presented)
    assert running.open("rebase-change") == [id_of("mei")]
    assert running.targets()["M1"] == MOVED
    refused(running, processes.ApprovalMissing, directly(running, "C2"))
    page = running.page("mei", "rebase-change").fill(asked({**MOVE, "target": "2026-06-10"}))
    assert signed(page, **base).status_code in (302, 422)
    if running.open("rebase-change"):
        running.do("mei", "rebase-change", asked({**MOVE, "target": "2026-06-10"}))
    with running.looking() as unit:
        now = processes.plan(unit, running.project)
        record = engine.current(unit, "change-request", running.project, "C2")
    assert (record.data["base_revision"], record.data["base_sha256"]) == (now.revision, now.sha256)
    assert len(running.open("decide-change")) == 2
    assert running.targets()["M1"] == MOVED


def test_a_part_is_no_approval_of_the_whole_nor_of_itself(running: Office) -> None:
    running.raise_change("mei", items=[MOVE, {"action": "move", "milestone": "M2", "target": "2026-07-20"}])
    running.do("greta", "decide-change", {"decision": "partly", "items": ["0"], "comment": "Only this"})
    refused(running, processes.ApprovalMissing, directly(running))
    refused(running, processes.StepRefused, step(running, "change.split"))
    running.do("samuel", "decide-change", {"decision": "partly", "items": ["0"], "comment": "Only this"})
    refused(running, processes.ApprovalMissing, directly(running))
    assert approvers(running) == set()
    assert running.targets()["M1"] == BACK


def test_what_moves_something_is_not_passed_off_as_a_forecast(running: Office) -> None:
    forecast = {"action": "forecast", "milestone": "M1", "target": "2026-05-04"}
    running.raise_change("tomas", items=[forecast, {"action": "move", "milestone": "M2", "target": "2026-07-20"}])
    assert len(running.open("decide-change")) == 2
    refused(running, processes.StepRefused, step(running, "change.forecast", impact="forecast", approver_rule="nobody"))
    with running.looking() as unit:
        assert processes.plan(unit, running.project).milestone("M1").forecast == BACK
    with running.writing() as unit:
        processes.request_change(unit, running.project, running.actor(unit, "greta"))
    answer = running.page("greta", "describe-change").fill({**CHANGE, "items": [forecast]}).finish()
    assert answer.status_code == 422
    assert "Only its owner or a project manager" in answer.text
