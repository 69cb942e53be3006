"""A new version of the procedure that asks nobody, or fewer, is deployed and run: neither plan nor baseline moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO

import engine
import processes
from engine import Finding
from tests.databases import on_sqlite
from tests.stories.attacks import YES, approvers, instance_of, signed, unmoved, without_decisions
from tests.stories.diagrams import unsigned, without
from tests.stories.office import PLAN, Office, id_of

REASON = "Approval takes too long"


def shipped(office: Office, path: str) -> bytes:
    """A file of the newest bundle."""
    with office.looking() as unit:
        return engine.bundle(unit, engine.newest(unit, "change-approval").bundle).files[path]


class Unwatched(processes.SopProcedure):
    """The procedure without its own look at bundles, as it was when older versions were deployed."""

    def check(self, files: Mapping[str, bytes]) -> Sequence[Finding]:
        return []


def deploy(office: Office, process: str, diagram: bytes) -> None:
    """Deploy an edited diagram: refused in the editor, so it comes in as versions did before that was looked at."""
    with office.looking() as unit:
        base = engine.newest(unit, process).bundle
        files = {**engine.bundle(unit, base).files, f"{process}.bpmn": diagram}
    browser = office.browser("pavel")
    browser.get(f"/processes/{process}/edit")
    answer = browser.post(f"/processes/{process}/deploy", {"xml": diagram.decode(), "reason": REASON, "base": base})
    assert answer.status_code == 422
    assert "Draw a task with a signature on this way" in answer.text
    with office.writing() as unit:
        edited = replace(engine.bundle(unit, base), files=files)
        engine.deploy(replace(unit, procedure=Unwatched()), edited, office.actor(unit, "pavel"))


def test_a_change_that_nobody_is_asked_about(running: Office) -> None:
    deploy(running, "change-approval", without_decisions(shipped(running, "change-approval.bpmn")))
    running.raise_change("tomas")
    assert instance_of(running).version == 2
    assert any("Nobody was named" in cause for cause in running.incidents())
    assert running.open("confirm-implementation") == []
    unmoved(running)


def test_a_decision_that_is_answered_and_not_signed(running: Office) -> None:
    deploy(running, "change-approval", unsigned(shipped(running, "change-approval.bpmn"), "decide-change"))
    running.raise_change("tomas")
    for login in ("greta", "samuel"):
        assert not running.task(login, "decide-change").signature
        running.do(login, "decide-change", YES)
    assert approvers(running) == set()
    assert running.open("confirm-implementation") == []
    assert sorted(running.open("decide-change")) == sorted([id_of("greta"), id_of("samuel")]), "they are asked still"
    unmoved(running)


def test_a_table_that_asks_fewer_people(running: Office) -> None:
    table = shipped(running, "change-approvers.dmn").replace(b'"stakeholders"', b'"manager and owners"')
    browser = running.browser("pavel")
    browser.get("/processes/upload")
    sent = {"file": (BytesIO(table), "change-approvers.dmn"), "reason": REASON}
    assert browser.post("/processes/upload", sent).status_code == 302
    running.raise_change("tomas")
    assert any("asks fewer people" in cause for cause in running.incidents())
    assert running.open("decide-change") == []
    unmoved(running)


@on_sqlite
def test_a_no_that_would_be_signed_as_a_yes(running: Office) -> None:
    """An edited diagram says that whoever rejects a change approves it."""
    diagram = shipped(running, "change-approval.bpmn")
    edited = diagram.replace(b"'rejected': 'rejected'", b"'rejected': 'approved'")
    assert edited != diagram
    with running.writing() as unit:
        base = engine.bundle(unit, engine.newest(unit, "change-approval").bundle)
        files = {**base.files, "change-approval.bpmn": edited}
        engine.deploy(unit, replace(base, files=files, reason=REASON), running.actor(unit, "pavel"))
    running.raise_change("tomas")
    no = running.page("greta", "decide-change").fill({"decision": "rejected", "comment": "No"})
    refused = signed(no)
    assert refused.status_code == 422
    assert "You chose “rejected”" in refused.text
    assert approvers(running) == set()
    unmoved(running)


def test_a_baseline_that_nobody_signs(office: Office) -> None:
    gone = {
        "choose-approvers", "name-approvers", "sign-baseline", "approvers-late",
        "approvers-silent", "remind-approvers", "approvers-reminded",
        "chase-sign-off", "chase-next", "judge-sign-off", "baseline-approved",
    }  # fmt: skip
    straight = {"f-owners-accept-choose-approvers": "freeze-baseline"}
    deploy(office, "milestone-setup", without(shipped(office, "milestone-setup.bpmn"), gone, straight))
    office.register()
    office.do("ines", "draft-plan", PLAN)
    office.accept_all()
    assert any("Nobody was named" in cause for cause in office.incidents())
    assert office.baseline() is None
    assert office.verdict().findings == ()


def test_a_plan_whose_signing_is_only_a_form(office: Office) -> None:
    deploy(office, "milestone-setup", unsigned(shipped(office, "milestone-setup.bpmn"), "sign-baseline"))
    office.register()
    office.do("ines", "draft-plan", PLAN)
    office.accept_all()
    for login in ("greta", "samuel"):
        office.do(login, "sign-baseline", YES)
    assert len(office.tasks("ines", "revise-plan")) == 1, "two answers are no approval"
    assert office.baseline() is None
    assert office.verdict().findings == ()
