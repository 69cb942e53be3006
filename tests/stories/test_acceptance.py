"""A milestone is achieved when its claim is accepted, not before: verified, signed, sent back, with points left."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

import engine
import processes
from engine import THE_SYSTEM, Record, StepCall, Unit, Work
from processes.steps import STEPS
from tests.databases import on_sqlite
from tests.stories.acceptance import (
    EVIDENCE,
    MEASURED,
    claim,
    claims,
    give_evidence,
    run_contractual,
    standing,
    today,
)
from tests.stories.office import PLAN, TEAM, Office, id_of, milestone
from tests.stories.task_page import problems, send_form, sign

pytestmark = on_sqlite

CLAIMS = "/projects/apollo/claims"


@pytest.fixture
def contractual(office: Office) -> Office:
    """A running project whose first milestone is contractual, and claimed by its owner."""
    run_contractual(office)
    claim(office)
    give_evidence(office)
    return office


def press(office: Office, login: str, of: str) -> TestResponse:
    """Press the button that claims a milestone, as the page offers it, or as somebody would who makes it up."""
    return office.browser(login).post(CLAIMS, {"milestone": of})


def text(office: Office, login: str, path: str) -> str:
    return office.browser(login).get(path).text


def record(unit: Unit) -> Record:
    found = engine.current(unit, "milestone-acceptance", "apollo", "Q1")
    assert found
    return found


def test_an_owner_claims_a_milestone_and_it_is_achieved_as_of_the_day_its_criterion_was_met(running: Office) -> None:
    running.wait(days=4)
    assert "All 12 tests of Design pass." in text(running, "tomas", CLAIMS)
    sent = send_form(running.browser("tomas"), CLAIMS, {"milestone": "M1"})
    assert sent.status_code == 302
    page = running.page("tomas", "state-claim")
    assert "All 12 tests of Design pass." in page.response.text, "the criterion stands in full beside the form"
    assert standing(running) == ("not-started", None), "nothing is claimed before there is evidence"
    given = {**EVIDENCE, "link": "https://ci.example.org/7", "met_on": "2026-03-04"}
    assert page.fill(given).finish().status_code == 302
    assert standing(running) == ("claimed-complete", None)
    assert "Claimed complete" in text(running, "greta", "/projects/apollo/plan")
    assert EVIDENCE["text"] in text(running, "greta", CLAIMS)
    task = running.task("ines", "verify-claim")
    assert task.instance_title == "Claim Q1: M1 Design"
    assert "https://ci.example.org/7" in text(running, "ines", f"/inbox/{task.id}")
    running.answer("ines", "verify-claim", MEASURED)
    assert standing(running) == ("achieved", date(2026, 3, 4))
    with running.looking() as unit:
        fact = processes.forecasts(unit, "apollo", "M1")[-1]
        signed = {one.person: one.meaning for one in engine.signatures(unit, record(unit).id)}
    assert (fact.kind, fact.date, fact.recorded_on) == ("actual", date(2026, 3, 4), date(2026, 3, 6))
    (one,) = claims(running)
    assert (one.state, one.met_on, one.ended_at) == ("accepted", date(2026, 3, 4), running.clock.now)
    assert signed == {id_of("ines"): "approved"}
    assert running.open("accept-milestone") == [], "it is internal: no stakeholder is asked"


def test_the_document_tells_somebody_who_was_not_there(running: Office) -> None:
    claim(running)
    give_evidence(running)
    running.do("ines", "verify-claim", {"decision": "rejected", "findings": "Test 3 fails."})
    give_evidence(running, text="Test 3 is mended: report 8.")
    points = [{"text": "Tidy up", "owner": id_of("mei"), "due": "2026-05-01", "priority": "low"}]
    running.do("ines", "verify-claim", {**MEASURED, "points": points})
    with running.looking() as unit:
        found = record(unit)
    assert (found.revision, found.intact) == (2, True)
    said = str(found.sections)
    for words in ("All 12 tests of Design pass.", "Test 3 is mended: report 8.", "Test 3 fails.", EVIDENCE["text"],
                  "I ran the 12 tests again", "Tidy up", "Tomas", "Ines"):  # fmt: skip
        assert words in said, words
    assert [one["heading"] for one in found.sections] == [
        "The milestone", "The claim", "The verification", "Still to be done", "Earlier rounds",
    ]  # fmt: skip
    assert (found.data["round"], found.data["decision"], found.data["met_on"]) == (2, "approved", today(running))


def test_a_contractual_milestone_is_accepted_by_every_stakeholder(contractual: Office) -> None:
    contractual.answer("ines", "verify-claim", MEASURED)
    assert standing(contractual) == ("claimed-complete", None)
    assert contractual.open("accept-milestone") == sorted([id_of("greta"), id_of("samuel")])
    contractual.answer("greta", "accept-milestone", {"decision": "approved"})
    assert standing(contractual) == ("claimed-complete", None)
    contractual.answer("samuel", "accept-milestone", {"decision": "approved"})
    assert standing(contractual) == ("achieved", contractual.clock.now.date())
    with contractual.looking() as unit:
        assert set(engine.approvals(unit, record(unit).id)) == {id_of(one) for one in ("ines", "greta", "samuel")}
    assert "Samuel" in text(contractual, "tomas", CLAIMS)


def test_one_stakeholder_who_does_not_accept_sends_it_back_and_earlier_signatures_do_not_count(
    contractual: Office,
) -> None:
    contractual.do("ines", "verify-claim", MEASURED)
    contractual.do("greta", "accept-milestone", {"decision": "approved"})
    contractual.answer("samuel", "accept-milestone", {"decision": "rejected", "comment": "Page 3 is missing."})
    assert standing(contractual) == ("not-started", None)
    page = contractual.page("tomas", "state-claim")
    assert "Page 3 is missing." in page.response.text
    give_evidence(contractual, text="Page 3 is there.")
    contractual.do("ines", "verify-claim", MEASURED)
    assert len(contractual.open("accept-milestone")) == 2, "Greta accepted another document"


def test_what_does_not_hold_goes_back_and_the_fourth_time_the_sponsor_decides(running: Office) -> None:
    claim(running)
    for number in (1, 2, 3):
        give_evidence(running)
        running.answer("ines", "verify-claim", {"decision": "rejected", "findings": f"Test {number} fails."})
        assert standing(running) == ("not-started", None)
        assert claims(running)[0].loops == number
    give_evidence(running)
    assert running.open("verify-claim") == []
    assert "Sent back" in text(running, "ines", CLAIMS)
    with running.looking() as unit:
        told = {one.recipient for one in processes.communications(unit, "apollo", about="claim-escalated")}
        (entry,) = processes.log(unit, "apollo", kinds=["escalation"])
    assert told == {id_of("dorothea"), id_of("ines")}
    assert (entry.clause, entry.milestone, entry.by) == ("5.1a", "M1", THE_SYSTEM.person)
    running.answer("dorothea", "verify-for-manager", MEASURED)
    assert standing(running) == ("achieved", running.clock.now.date())


def test_points_that_are_left_become_actions_with_an_owner_and_a_date(running: Office) -> None:
    claim(running)
    give_evidence(running)
    points = [
        {"text": "Write the summary", "owner": id_of("mei"), "due": "2026-04-01", "priority": "high"},
        {"text": "Tell the press", "owner": id_of("samuel"), "due": "2026-04-02", "priority": "low"},
    ]
    running.answer("ines", "verify-claim", {**MEASURED, "points": points})
    assert standing(running)[0] == "achieved"
    with running.looking() as unit:
        found = processes.actions(unit, "apollo")
    assert [(one.id, one.meeting, one.text, one.owner, one.due.isoformat(), one.priority) for one in found] == [
        ("A1", "Q1", "Write the summary", id_of("mei"), "2026-04-01", "high"),
        ("A2", "Q1", "Tell the press", id_of("samuel"), "2026-04-02", "low"),
    ]
    running.answer("mei", "do-action", {"outcome": "done", "text": "Written"})
    running.answer("ines", "verify-action", {"decision": "closed"})
    with running.looking() as unit:
        assert [one.status for one in processes.actions(unit, "apollo")] == ["closed", "open"]


def test_the_weekly_update_claims_and_the_released_status_hands_the_claim_on(running: Office) -> None:
    while not running.open("submit-update"):
        running.wait(days=1)
    done = {"status": "achieved", "actual": today(running)}
    running.answer("tomas", "submit-update", {"milestones": [done], "achievements": "Design is done."})
    assert standing(running) == ("claimed-complete", None)
    assert running.open("state-claim") == [], "the manager looks at the week first"
    for login, of in (("mei", 1), ("rahul", 2)):
        row = PLAN["milestones"][of]
        line = {"milestone": row["id"], "name": row["name"], "status": "on-track", "forecast": row["target"]}
        running.do(login, "submit-update", {"milestones": [line], "nothing_to_report": True})
    running.do("ines", "release-status", {"decision": "released"})
    assert running.open("state-claim") == [id_of("tomas")]
    page = running.page("tomas", "state-claim")
    assert ("met_on", today(running)) in page.pairs, "the day is filled in from the update"
    assert page.fill({"text": EVIDENCE["text"]}).finish().status_code == 302
    running.wait(days=7)
    assert id_of("tomas") not in running.open("submit-update"), "there is nothing more to say of it"
    running.do("ines", "verify-claim", MEASURED)
    with running.looking() as unit:
        fact = processes.forecasts(unit, "apollo", "M1")[-1]
    assert fact.date == fact.recorded_on - timedelta(days=7)


def test_a_claim_of_an_update_can_be_handed_on_at_once_and_is_not_handed_on_twice(running: Office) -> None:
    while not running.open("submit-update"):
        running.wait(days=1)
    done = {"milestone": "M1", "name": "Design", "status": "achieved", "actual": today(running)}
    running.do("tomas", "submit-update", {"milestones": [done], "achievements": "Design is done."})
    assert press(running, "tomas", "M1").status_code == 302
    give_evidence(running)
    while not running.tasks("ines", "release-status"):
        running.wait(days=1)
    running.do("ines", "release-status", {"decision": "released"})
    assert [(one.id, one.state) for one in claims(running)] == [("Q1", "claimed")]
    assert running.incidents() == []


def test_a_claim_that_was_sent_back_is_not_claimed_a_second_time_by_an_update(running: Office) -> None:
    claim(running)
    give_evidence(running)
    running.do("ines", "verify-claim", {"decision": "rejected", "findings": "Test 1 fails."})
    while not running.open("submit-update"):
        running.wait(days=1)
    done = {"status": "achieved", "actual": today(running)}
    sent = running.page("tomas", "submit-update").fill({"milestones": [done], "achievements": "Done."}).finish()
    assert sent.status_code == 422
    assert "Q1 was sent back to you" in problems(sent)


def test_who_cannot_claim_is_told_why(running: Office) -> None:
    for login, of, said in (
        ("mei", "M1", "Only its owner, Tomas"), ("greta", "M1", "Only its owner"), ("tomas", "M9", "no milestone"),
    ):  # fmt: skip
        sent = press(running, login, of)
        assert sent.status_code == 422
        assert said in problems(sent)
    assert claims(running) == []
    assert press(running, "tomas", "M1").status_code == 302
    sent = press(running, "tomas", "M1")
    assert (sent.status_code, "claimed already: the claim Q1 is open" in problems(sent)) == (422, True)
    give_evidence(running)
    running.do("ines", "verify-claim", MEASURED)
    sent = press(running, "tomas", "M1")
    assert (sent.status_code, "is achieved already" in problems(sent)) == (422, True)
    running.raise_change("mei", items=[{"action": "drop", "milestone": "M2"}])
    for login in ("greta", "samuel", "dorothea"):
        running.decide(login)
    sent = press(running, "mei", "M2")
    assert (sent.status_code, "taken out of the plan" in problems(sent)) == (422, True)


def test_without_a_baseline_there_is_nothing_to_claim(signing: Office) -> None:
    sent = press(signing, "tomas", "M1")
    assert (sent.status_code, "no approved baseline" in problems(sent)) == (422, True)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"met_on": "2026-03-03"}, "The project began on"),
        ({"met_on": "2027-01-01"}, "or earlier"),
        ({"text": " ", "met_on": "2026-03-05"}, "What shows that the criterion is met"),
        ({"link": "javascript:alert(1)", "met_on": "2026-03-05"}, "https://"),
    ],
)
def test_evidence_that_cannot_be_true_is_refused_at_its_field(office: Office, said: dict[str, Any], field: str) -> None:
    office.wait(days=2)
    office.run()
    office.wait(days=2)
    claim(office)
    sent = office.page("tomas", "state-claim").fill({**EVIDENCE, **said}).finish()
    assert sent.status_code == 422
    assert field in problems(sent) or field in sent.text
    assert standing(office) == ("not-started", None)


def test_nobody_but_the_people_named_can_verify_or_accept(contractual: Office) -> None:
    task = contractual.task("ines", "verify-claim").id
    for login in ("tomas", "greta", "dorothea"):
        assert contractual.browser(login).post(f"/tasks/{task}", {"_do": "complete"}).status_code in (403, 404)
    contractual.do("ines", "verify-claim", MEASURED)
    for task in [one.id for one in contractual.tasks("greta", "accept-milestone")]:
        for login in ("tomas", "ines", "samuel"):
            assert contractual.browser(login).post(f"/tasks/{task}", {"_do": "complete"}).status_code in (403, 404)
    assert standing(contractual) == ("claimed-complete", None)


def test_a_contractual_milestone_is_not_achieved_without_every_signature(contractual: Office) -> None:
    """The step itself looks into the ledger: whatever way a process takes, it finds what is missing."""

    def achieve() -> str:
        with contractual.writing() as unit:
            (one,) = engine.instances(unit, process="milestone-acceptance")
            call = StepCall("achieve-milestone", "acceptance.achieve", {}, {"accepted": True, "contractual": False})
            work = Work(unit, one.id, one.process, one.definition, "apollo", call, THE_SYSTEM)
            with pytest.raises(processes.ApprovalMissing) as missing:
                STEPS["acceptance.achieve"](work)
        return str(missing.value)

    assert "has not been verified yet" in achieve()
    page = contractual.page("ines", "verify-claim").fill(MEASURED)
    assert page.finish("not the password").status_code in (403, 422)
    address = page.review()
    assert sign(contractual.browser("ines"), address, "wrong").status_code in (403, 422)
    assert "has not been verified yet" in achieve()
    contractual.do("ines", "verify-claim", MEASURED)
    assert "Not approved yet by Greta" in achieve()
    contractual.do("greta", "accept-milestone", {"decision": "approved"})
    assert "Not approved yet by Samuel" in achieve()
    contractual.do("samuel", "accept-milestone", {"decision": "rejected", "comment": "No"})
    give_evidence(contractual, text="Another evidence")
    assert "has not been verified" in achieve(), "what was signed is not what is claimed now"
    assert standing(contractual) == ("claimed-complete", None)


def small_team(office: Office, **roles: list[str]) -> None:
    """A project whose manager owns its first milestone."""
    mine = [milestone("M1", "Design", "ines", "2026-04-30"), *PLAN["milestones"][1:]]
    team = {**TEAM, "Project Team": [*TEAM["Project Team"], id_of("ines")]}
    office.register(members=team)
    office.do("ines", "draft-plan", {**PLAN, "milestones": mine})
    for login in ("ines", "mei", "rahul"):
        office.do(login, "accept-ownership", {"decision": "accepted"})
    for login in ("greta", "samuel"):
        office.do(login, "sign-baseline", {"decision": "approved"})


def test_a_manager_does_not_verify_what_they_claimed_the_sponsor_does(office: Office) -> None:
    small_team(office)
    claim(office, "ines")
    give_evidence(office, "ines")
    assert office.open("verify-claim") == []
    office.answer("dorothea", "verify-for-manager", MEASURED)
    assert standing(office)[0] == "achieved"


def test_a_manager_does_not_verify_what_they_claimed_as_a_deputy(running: Office) -> None:
    claim(running)
    with running.writing() as unit:
        first, people = running.clock.now.date(), [running.actor(unit, one) for one in ("tomas", "ines", "tomas")]
        last = first + timedelta(days=5)
        engine.record_absence(unit, *people, first_day=first, last_day=last, zone="Europe/Prague", reason="Holiday")
    running.answer("ines", "state-claim", {**EVIDENCE, "met_on": today(running)})
    assert claims(running)[0].claimed_by == id_of("tomas")
    assert running.open("verify-claim") == []
    running.answer("dorothea", "verify-for-manager", MEASURED)
    assert standing(running)[0] == "achieved"


def test_where_nobody_else_is_left_verifying_oneself_is_said(office: Office) -> None:
    small_team(office)
    with office.writing() as unit:
        engine.set_active(unit, id_of("dorothea"), False, THE_SYSTEM)
    claim(office, "ines")
    give_evidence(office, "ines")
    office.do("ines", "verify-claim", MEASURED)
    assert standing(office)[0] == "achieved"
    with office.looking() as unit:
        (gap,) = [one for one in processes.gaps(unit, "apollo") if one.kind == "self-verified"]
        assert "Verified by whoever claimed it" in str(record(unit).sections)
    assert gap.clause == "5.1a"


def test_a_project_is_not_closed_while_a_claim_is_open(running: Office) -> None:
    claim(running)
    give_evidence(running)
    with running.writing() as unit:
        processes.close(unit, "apollo", running.actor(unit, "ines"), "Done")
    page = running.page("ines", "settle-gaps")
    assert "Claimed complete, to be verified" in page.response.text
    sent = page.fill({"next": "close", "reason": "Good enough"}).finish()
    assert (sent.status_code, "A claim is still open: Q1" in problems(sent)) == (422, True)
    running.do("ines", "verify-claim", MEASURED)
    running.answer("ines", "settle-gaps", {"next": "close", "reason": "The rest is dropped"})


def test_a_claim_whose_milestone_leaves_the_plan_is_taken_back(contractual: Office) -> None:
    contractual.do("ines", "verify-claim", MEASURED)
    contractual.raise_change("mei", items=[{"action": "drop", "milestone": "M1"}])
    for login in ("greta", "samuel", "dorothea"):
        contractual.decide(login)
    for login in ("greta", "samuel"):
        contractual.do(login, "accept-milestone", {"decision": "approved"})
    assert standing(contractual)[1] is None
    sent = contractual.page("tomas", "state-claim").fill({**EVIDENCE, "met_on": today(contractual)}).finish()
    assert (sent.status_code, "out of the plan" in problems(sent)) == (422, True)
    contractual.do("tomas", "state-claim", {"decision": "withdraw", "text": "It was dropped."})
    assert [one.state for one in claims(contractual)] == ["withdrawn"]
    assert contractual.incidents() == []


def test_a_cancelled_acceptance_gives_the_milestone_back(running: Office) -> None:
    claim(running)
    give_evidence(running)
    with running.writing() as unit:
        (one,) = engine.instances(unit, process="milestone-acceptance")
        processes.cancel(unit, one.id, running.actor(unit, "lena"), "Begun by mistake")
    assert standing(running) == ("not-started", None)
    assert [one.state for one in claims(running)] == ["withdrawn"]
    assert claim(running) == "Q2"
    assert running.verdict().findings == ()
