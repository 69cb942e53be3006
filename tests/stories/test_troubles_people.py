"""Troubles with people: who never answers, is away, asks and decides, leaves, or is everybody at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import engine
import processes
from tests.databases import on_sqlite
from tests.stories.office import PLAN, Office, id_of


def told(office: Office, about: str) -> set[str]:
    """Who was told about something."""
    with office.looking() as unit:
        return {one.recipient for one in processes.communications(unit, office.project, about=about)}


def unanswered(office: Office) -> list[tuple[str, str]]:
    """The gaps of approvals that nobody gave: whose, and who wrote it."""
    with office.looking() as unit:
        return [(one.person, one.by) for one in processes.gaps(unit, office.project, kind="unanswered-approval")]


def away(office: Office, login: str, deputy: str, days: int = 30) -> None:
    """Somebody is away from today."""
    first = office.clock().date()
    with office.writing() as unit:
        who = office.actor(unit, login)
        engine.record_absence(
            unit, who, office.actor(unit, deputy), who, first_day=first, last_day=first + timedelta(days=days),
            zone="Europe/Prague", reason="Parental leave",
        )  # fmt: skip


@on_sqlite
def test_trouble_5_an_approval_that_is_never_given_goes_up_step_by_step(signing: Office) -> None:
    """Trouble 5: a stakeholder never answers an approval. Reminder, deputy, project manager, sponsor; it stays a no."""
    office = signing
    office.do("greta", "sign-baseline", {"decision": "approved"})
    away(office, "samuel", "tomas")
    assert told(office, "reminder") == set()
    office.wait(days=3)  # Thursday
    assert told(office, "reminder") == {id_of("samuel")}
    assert unanswered(office) == []
    office.wait(days=3)
    assert told(office, "deputy-asked") == set(), "five working days are a week, not five days"
    office.wait(days=1)
    assert told(office, "deputy-asked") == {id_of("tomas")}
    assert unanswered(office) == [(id_of("samuel"), "system")]
    office.wait(days=2)
    assert told(office, "approval-unanswered") == {id_of("ines")}
    office.wait(days=4)
    assert told(office, "approval-unanswered") == {id_of("ines"), id_of("dorothea")}
    assert unanswered(office) == [(id_of("samuel"), "system")] * 3
    assert office.baseline() is None
    office.wait(days=3)
    assert office.open("chase-sign-off") != []
    assert office.verdict().findings == ()


@on_sqlite
def test_trouble_5_an_approval_that_is_given_is_escalated_no_further(signing: Office) -> None:
    """Trouble 5, ended: when the last one signs, the procedure ends with its escalation still waiting."""
    office = signing
    office.wait(days=3)
    for login in ("greta", "samuel"):
        office.do(login, "sign-baseline", {"decision": "approved"})
    with office.looking() as unit:
        (setup,) = engine.instances(unit, process="milestone-setup")
        assert engine.waiting(unit, setup.id) == []
    assert setup.status == "completed"
    office.wait(days=30)
    assert unanswered(office) == []


@on_sqlite
def test_after_a_rejection_the_old_round_escalates_nothing(signing: Office) -> None:
    office = signing
    office.wait(days=3)
    office.do("greta", "sign-baseline", {"decision": "rejected", "comment": "Too early"})
    office.wait(days=10)
    assert unanswered(office) == []
    office.do("ines", "revise-plan", PLAN)
    office.accept_all()
    office.wait(days=7)
    assert {one for one, _ in unanswered(office)} == {id_of("greta"), id_of("samuel")}


# somebody leaves


def leaves(office: Office, login: str) -> None:
    """An administrator deactivates somebody."""
    browser = office.browser("lena")
    browser.get(f"/people/{id_of(login)}")
    sent = browser.post(f"/people/{id_of(login)}/active", {"active": "no", "reason": "Left the company"})
    assert sent.status_code == 302


@on_sqlite
def test_trouble_16_what_somebody_leaves_behind_comes_to_the_project_manager(office: Office) -> None:
    """Trouble 16: a person leaves the organisation with open tasks."""
    office.register()
    office.do("ines", "draft-plan", PLAN)
    leaves(office, "rahul")
    assert told(office, "tasks-left") == {id_of("ines")}
    browser = office.browser("ines")
    page = browser.get("/projects/apollo").text
    assert "These tasks need somebody else" in page
    assert "has been deactivated" in page
    (task,) = [one for one in open_tasks(office) if one.assignee == id_of("rahul")]
    browser.get(f"/inbox/{task.id}")
    assert browser.post(f"/tasks/{task.id}/reassign", {"to": id_of("mei"), "reason": "Left"}).status_code == 302
    assert "These tasks need somebody else" not in browser.get("/projects/apollo").text
    assert len(office.tasks("mei", "accept-ownership")) == 2


def open_tasks(office: Office) -> list[engine.Task]:
    with office.looking() as unit:
        return engine.tasks(unit, subject=office.project, status="open")


@on_sqlite
def test_trouble_22_a_signer_who_was_deactivated_is_replaced_by_name(deciding: Office) -> None:
    """Trouble 22: the account is disabled between review and signature. Nobody signs with it; a named person does."""
    office = deciding
    page = office.page("samuel", "decide-change").fill({"decision": "approved"})
    with office.writing() as unit:
        processes.add_member(unit, office.project, id_of("pavel"), "Stakeholder", office.actor(unit, "lena"))
    leaves(office, "samuel")
    assert page.finish().status_code in (403, 422)
    (task,) = [one for one in open_tasks(office) if one.assignee == id_of("samuel")]
    for login in ("tomas", "greta"):  # who asked for the change, and who has no say in this
        office.browser(login).get("/inbox")
        sent = office.browser(login).post(f"/tasks/{task.id}/replace", {"to": id_of("pavel"), "reason": "Left"})
        assert sent.status_code == 403
    browser = office.browser("ines")
    assert "Samuel Osei has been deactivated and can neither do nor sign this" in browser.get(f"/inbox/{task.id}").text
    greta = {"to": id_of("greta"), "reason": "She knows it"}
    assert browser.post(f"/tasks/{task.id}/replace", greta).status_code == 409, "Greta is asked already"
    assert browser.post(f"/tasks/{task.id}/replace", {"to": id_of("pavel"), "reason": " "}).status_code == 422
    assert browser.post(f"/tasks/{task.id}/replace", {"to": id_of("pavel"), "reason": "Left"}).status_code == 302
    for login in ("greta", "pavel"):
        office.decide(login)
    assert office.targets()["M1"] == date(2026, 5, 20)
    with office.looking() as unit:
        named = engine.events(unit, kind="approvers.named")
    assert [one.reason for one in named if one.reason] == ["Left"]
    assert office.verdict().findings == ()


@on_sqlite
def test_who_can_sign_is_not_replaced(deciding: Office) -> None:
    office = deciding
    task = office.task("samuel", "decide-change")
    with office.writing() as unit:
        processes.add_member(unit, office.project, id_of("pavel"), "Stakeholder", office.actor(unit, "lena"))
    browser = office.browser("ines")
    browser.get("/inbox")
    assert browser.post(f"/tasks/{task.id}/replace", {"to": id_of("pavel"), "reason": "Quicker"}).status_code == 409
    assert office.task("samuel", "decide-change") == task


# one person is several


@on_sqlite
def test_trouble_6_an_approver_on_leave_is_stood_in_for(deciding: Office) -> None:
    """Trouble 6: the approver is on leave, the deputy decides, and the record names both."""
    office = deciding
    away(office, "greta", "dorothea")
    assert office.answer("dorothea", "decide-change", {"decision": "approved"}).status_code == 302
    office.decide("samuel")
    assert office.targets()["M1"] == date(2026, 5, 20)
    with office.looking() as unit:
        plan = engine.current(unit, "milestone-plan", office.project)
        request = processes.change(unit, office.project, "C1").record
        found = {one.counts_for: one for one in engine.signatures(unit, request.id) if one.meaning == "approved"}
        (absence,) = engine.events(unit, kind="absence.recorded")
    assert plan is not None
    assert "Dorothea Brandt for Greta Holm" in plan.text
    assert {seat: one.person for seat, one in found.items()} == {
        id_of("greta"): id_of("dorothea"), id_of("samuel"): id_of("samuel"),
    }  # fmt: skip
    assert absence.seq < found[id_of("greta")].seq, "it was recorded before use"


@on_sqlite
def test_trouble_7_the_requester_is_told_off_as_a_deputy(deciding: Office) -> None:
    """Trouble 7: the deputy is the requester. Said when it is recorded, refused when it is tried."""
    office = deciding
    away(office, "greta", "tomas")
    assert "made or asked for what is decided here" in office.browser("greta").get("/absences").text
    (task,) = office.tasks("tomas", "decide-change")
    assert "You cannot do this for Greta Holm" in office.browser("tomas").get(f"/inbox/{task.id}").text
    with pytest.raises(engine.NotAllowed):
        office.do("tomas", "decide-change", {"decision": "approved"})
    assert office.open("decide-change") == sorted([id_of("greta"), id_of("samuel")])


@on_sqlite
def test_trouble_24_one_person_with_all_roles_runs_a_project_and_approves_no_change(office: Office) -> None:
    """Trouble 24: a small team. Allowed where the setting leaves the plan to its manager; a change waits for others.

    The minutes of a review that she holds with herself say so.
    """
    alone = {role: [id_of("ines")] for role in processes.ROLES}
    mine = [{**one, "owner": id_of("ines")} for one in PLAN["milestones"]]
    office.register(members=alone, settings={"approval_rule": "manager only"})
    office.do("ines", "draft-plan", {**PLAN, "milestones": mine})
    office.do("ines", "accept-ownership", {"decision": "accepted"})
    office.do("ines", "sign-baseline", {"decision": "approved"})
    assert office.baseline() == 0
    office.raise_change("ines")
    assert office.open("decide-change") == []
    assert any("Nobody but the requester" in cause for cause in office.incidents())
    assert office.targets()["M1"] == date(2026, 4, 30)
    office.wait(days=14)
    me = id_of("ines")
    office.do("ines", "schedule-review", {"date": "2026-03-27", "time": "10:00", "place": "Desk", "agenda": "All of it",
                                          "invitees": [me]})  # fmt: skip
    office.wait(days=9)
    done = {"text": "Answer sooner", "owner": me, "due": "2026-04-30", "effect": "Fewer reminders"}
    office.do("ines", "analyse-performance", {"trends": "Flat", "bottlenecks": "None", "improvements": [done]})
    office.do("ines", "issue-report", {"note": "To myself"})
    office.do("ines", "give-input", {"comment": "Fine"})
    office.wait(days=3)
    office.do("ines", "open-meeting", {"attendees": [me]})
    lines = [{"milestone": one["id"], "name": one["name"], "outcome": "pending", "remark": ""} for one in mine]
    office.do("ines", "hold-review", {"lines": lines, "no_items": True})
    office.do("ines", "draft-minutes", {"text": "I met myself", "plan_statement": "no-change"})
    office.do("ines", "comment-minutes", {"decision": "agree"})
    office.do("ines", "confirm-minutes", {})
    with office.looking() as unit:
        record = engine.current(unit, "minutes", office.project, "R1")
    assert record.data["self_confirmed"] is True
    assert "Self-confirmed" in [one["heading"] for one in record.sections]
