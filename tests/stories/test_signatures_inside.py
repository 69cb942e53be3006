"""Ways around a signature from inside: messages, the database, new versions, commands, calls. Each fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text, update

import engine
import processes
from engine import NotAllowed, Signature, SignatureRefused, SignatureVoid, StepCall, Unit, Work
from engine.tables import TaskRow
from processes.applying import apply
from processes.steps import STEPS
from processes.writing import Writing
from tests.databases import on_sqlite
from tests.stories.attacks import (
    YES,
    approvers,
    edit_state,
    instance_of,
    refused,
    unmoved,
    without_decisions,
)
from tests.stories.office import Office, id_of
from web.__main__ import run
from web.commands import commands

# forged message


def test_no_address_takes_messages(attacked: Office) -> None:
    browser = attacked.browser("ines")
    browser.get("/inbox")
    for path in ("/messages", "/messages/baseline.approved", "/projects/apollo/messages", "/instances/start", "/send"):
        assert browser.post(path, {"message": "baseline.approved", "project": "apollo"}).status_code in (404, 405)


def test_a_message_that_the_baseline_is_approved_begins_nothing(signing: Office) -> None:
    for login in ("ines", "lena", "tomas"):
        with signing.writing() as unit:
            payload = {"baseline": 0, "approved": True}
            reached = engine.send(
                unit, "baseline.approved", signing.project, payload, signing.actor(unit, login), keep=True
            )
            assert len(reached) <= 1
    assert signing.baseline() is None
    assert any("5.1b" in cause for cause in signing.incidents())
    with signing.looking() as unit:
        assert processes.project(unit, signing.project).status == "planning"
    assert sorted(signing.open("sign-baseline")) == sorted([id_of("greta"), id_of("samuel")])
    assert signing.verdict().findings == ()


@pytest.mark.parametrize("message", ["change.start", "change.requested"])
def test_a_message_about_the_change_does_not_decide_it(attacked: Office, message: str) -> None:
    forged = {"change": "C1", "outcome": "approved", "decisions": {id_of("greta"): YES, id_of("samuel"): YES}}
    with attacked.writing() as unit:
        engine.send(unit, message, attacked.project, forged, attacked.actor(unit, "tomas"), keep=True)
    assert approvers(attacked) == set()
    assert len(attacked.open("decide-change")) == 2


@pytest.mark.parametrize("message", ["change.approved", "plan.apply", "baseline.approved"])
def test_a_message_that_nobody_waits_for_does_nothing(attacked: Office, message: str) -> None:
    def send(unit: Unit) -> None:
        engine.send(unit, message, attacked.project, {"change": "C1"}, attacked.actor(unit, "ines"))

    refused(attacked, engine.NobodyWaits, send)


# edited variable


def test_variables_that_say_approved_decide_nothing(attacked: Office) -> None:
    both = {id_of("greta"): YES, id_of("samuel"): YES}

    def forge(state: dict) -> None:
        for row in state["tree"]:
            if len(row) > 4:
                row[7] = {**(row[7] or {}), "outcome": "approved", "decisions": both, "approver_rule": "manager only"}

    edit_state(attacked, instance_of(attacked).id, forge)
    attacked.decide("greta", "rejected", "No")
    assert attacked.open("consider-rejection") == [id_of("tomas")]
    with attacked.looking() as unit:
        assert processes.change(unit, attacked.project, "C1").status == "rejected"


def test_a_token_put_before_the_plan_s_change_by_hand_is_an_incident(running: Office) -> None:
    """The state is edited so that what is tried again is the step that applies the change."""
    for login in ("greta", "samuel"):
        with running.writing() as unit:
            engine.set_active(unit, id_of(login), False, engine.THE_SYSTEM)
    running.raise_change("tomas")
    (cause,) = running.incidents()
    assert "active Stakeholder" in cause

    def move(state: dict) -> None:
        rows = state["tree"]
        (at,) = (number for number, row in enumerate(rows) if row[3] == "name-approvers" and len(row) > 4)
        rows[at][3] = "apply-change"
        rows[at][7] = {**(rows[at][7] or {}), "outcome": "approved", "approvers": {}}
        gone = {at}
        for number in range(at + 1, len(rows)):
            if rows[number][1] in gone:
                gone.add(number)
        assert max(gone) == at or gone == set(range(at, max(gone) + 1))
        del rows[at + 1 : max(gone) + 1]

    instance = instance_of(running)
    edit_state(running, instance.id, move)
    with running.writing() as unit:
        (incident,) = engine.incidents(unit)
        assert not engine.retry(unit, incident.id, running.actor(unit, "pavel"), "I have mended it")
    causes = running.incidents()
    assert any("Nobody was named" in cause for cause in causes), causes
    unmoved(running)


def test_a_task_given_to_somebody_else_in_the_database_is_not_the_named_person_s_signature(attacked: Office) -> None:
    task = attacked.task("samuel", "decide-change")

    def give(login: str) -> None:
        with attacked.writing() as unit:
            unit.session.execute(update(TaskRow).where(TaskRow.id == task.id).values(assignee=id_of(login)))

    def sign_as(login: str) -> Callable[[Unit], object]:
        with attacked.looking() as unit:
            by = attacked.actor(unit, login)
            shown = engine.preview(unit, task, YES, by)
        presented = Signature(by.person, "approved", shown.sha256)
        return lambda unit: engine.complete(unit, task.id, YES, by, signature=presented)

    give("ines")
    refused(attacked, NotAllowed, sign_as("ines"))
    attacked.decide("greta")
    give("greta")
    refused(attacked, SignatureRefused, sign_as("greta"))
    assert approvers(attacked) == {id_of("greta")}
    assert attacked.open("confirm-implementation") == []


def test_an_approver_struck_from_the_list_stops_everything(attacked: Office) -> None:
    with attacked.writing() as unit:
        unit.session.execute(
            text("DELETE FROM required_approval WHERE person = :who AND document_type = 'change-request'"),
            {"who": id_of("samuel")},
        )
    attacked.decide("greta")
    attacked.decide("samuel")
    assert any("approve" in cause for cause in attacked.incidents())


# command line


@on_sqlite
def test_the_command_line_approves_nothing(
    deciding: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert set(commands.commands) == {
        "demo", "serve", "deploy", "check", "walk", "register", "admin", "verify", "backup", "restore", "upgrade",
        "metrics", "matrix", "bench", "worker", "migrate", "bounced",
    }  # fmt: skip
    assert set(commands.commands["admin"].commands) == {"create", "reset", "list"}
    folder = deciding.app.extensions["milepost"].config.data
    monkeypatch.setenv("MILEPOST_DATA", str(folder))
    for words in (["approve", "C1"], ["complete"], ["sign", "C1"], ["send", "baseline.approved"], ["tick"]):
        assert run(words) == 2, words
    laws = tmp_path / "bundle"
    for path, content in processes.bundle().files.items():
        (laws / path).parent.mkdir(parents=True, exist_ok=True)
        (laws / path).write_bytes(without_decisions(content) if path == "change-approval.bpmn" else content)
    (laws / "sop.toml").write_text('key = "progress-tracking"\ntitle = "Progress Tracking"\nedition = "1.1"\n')
    assert run(["deploy", str(laws), "--reason", "Approval takes too long"]) == 1
    assert "Draw a task with a signature on this way" in capsys.readouterr().err
    assert sorted(deciding.open("decide-change")) == sorted([id_of("greta"), id_of("samuel")])
    assert run(["verify"]) == 0, capsys.readouterr()
    unmoved(deciding)


# direct engine call


def test_the_engine_completes_no_signing_task_without_a_fitting_signature(attacked: Office) -> None:
    task = attacked.task("greta", "decide-change")
    with attacked.looking() as unit:
        greta, samuel, lena = (attacked.actor(unit, login) for login in ("greta", "samuel", "lena"))
        shown = engine.preview(unit, task, YES, greta).sha256
    attempts = [
        (greta, None, SignatureRefused),
        (greta, Signature(samuel.person, "approved", shown), SignatureRefused),
        (greta, Signature(greta.person, "rejected", shown), SignatureRefused),
        (greta, Signature(greta.person, "authored", shown), SignatureRefused),
        (greta, Signature(greta.person, "approved", "0" * 64), SignatureVoid),
        (samuel, Signature(samuel.person, "approved", shown), NotAllowed),
        (samuel, Signature(greta.person, "approved", shown), NotAllowed),
        (lena, Signature(lena.person, "approved", shown), NotAllowed),
        (engine.THE_SYSTEM, Signature(engine.SYSTEM, "approved", shown), NotAllowed),
    ]
    for by, signature, refusal in attempts:
        act = {"signature": signature}
        refused(attacked, refusal, lambda unit, by=by, act=act: engine.complete(unit, task.id, YES, by, **act))
    assert approvers(attacked) == set()


def test_the_ledger_takes_nobody_s_signature_from_another(attacked: Office) -> None:
    with attacked.looking() as unit:
        record = engine.current(unit, "change-request", attacked.project, "C1")
        lena = attacked.actor(unit, "lena")
    for by in (lena, engine.THE_SYSTEM):
        for person in (id_of("greta"), engine.SYSTEM):
            forged = {"signature": Signature(person, "approved", record.sha256), "by": by, "role": "Stakeholder",
                      "instance": record.instance, "task": "t" * 32}  # fmt: skip
            refused(attacked, SignatureRefused, lambda unit, forged=forged: engine.sign(unit, record, **forged))
    assert approvers(attacked) == set()


def step(office: Office, one: engine.Instance, name: str, variables: dict) -> Callable[[Unit], object]:
    """A step called past the process, with whatever variables somebody likes."""

    def call(unit: Unit) -> object:
        at = StepCall("forged", name, {}, variables)
        return STEPS[name](Work(unit, one.id, one.process, one.definition, office.project, at, engine.THE_SYSTEM))

    return call


def test_the_plan_s_own_functions_ask_the_ledger(attacked: Office) -> None:
    one = instance_of(attacked)
    forged = {"outcome": "approved", "decisions": {id_of("greta"): YES, id_of("samuel"): YES}, "approvers": {}}

    def directly(unit: Unit) -> None:
        apply(Writing(unit, attacked.actor(unit, "ines"), attacked.project), "C1", definition=one.definition)

    for person in (None, "greta"):
        if person:
            attacked.decide(person)
        for variables in ({}, forged):
            refused(attacked, processes.ApprovalMissing, step(attacked, one, "change.apply", variables))
        refused(attacked, processes.ApprovalMissing, directly)


def test_a_baseline_is_frozen_by_nobody_s_call(signing: Office) -> None:
    with signing.looking() as unit:
        one = engine.instances(unit, process="milestone-setup")[0]
    forged = {"baseline_approved": True, "all_accepted": True}
    refused(signing, processes.ApprovalMissing, step(signing, one, "plan.freeze", forged))
    refused(signing, processes.StepRefused, step(signing, one, "project.begin", forged))
    assert signing.baseline() is None
    assert signing.verdict().findings == ()
