"""Ways around a signature by people with power, by haste, by silence: each fails, and the plan stands."""

from __future__ import annotations

import pytest

import engine
import processes
from engine import NotAllowed
from tests.factories import PASSWORD, visitor
from tests.stories.attacks import (
    AFTER,
    YES,
    approvers,
    at_once,
    instance_of,
    refused,
    signed,
    unmoved,
)
from tests.stories.office import CHANGE, MOVE, Office, id_of
from tests.stories.task_page import TaskPage
from web.people import set_active
from web.people.accounts import reset_password

# admin


@pytest.mark.parametrize("login", ["lena", "pavel", "amina"])
def test_those_who_oversee_sign_nothing(attacked: Office, login: str) -> None:
    page = attacked.page("greta", "decide-change").fill(YES)
    browser = attacked.browser(login)
    browser.get("/inbox")
    sent = {**dict(page.pairs), "_do": "complete", "password": PASSWORD, "csrf_token": browser.token}
    assert browser.post(f"/tasks/{page.task}", sent).status_code == 403
    for_herself = {"to": id_of(login), "reason": "I take this over"}
    assert browser.post(f"/tasks/{page.task}/reassign", for_herself).status_code in (403, 422)
    assert browser.post(f"/tasks/{page.task}/claim").status_code == 403
    assert approvers(attacked) == set()


def test_an_administrator_who_joins_the_stakeholders_is_not_among_the_named(attacked: Office) -> None:
    browser = attacked.browser("lena")
    browser.get("/projects/apollo/team")
    assert browser.post("/projects/apollo/team", {"person": id_of("lena"), "role": "Stakeholder"}).status_code == 302
    assert attacked.tasks("lena", "decide-change") == []
    page = attacked.page("greta", "decide-change").fill(YES)
    browser.get("/inbox")
    sent = {**dict(page.pairs), "_do": "complete", "password": PASSWORD, "csrf_token": browser.token}
    assert browser.post(f"/tasks/{page.task}", sent).status_code == 403


def test_cancelling_the_instance_approves_nothing(attacked: Office) -> None:
    browser, instance = attacked.browser("lena"), instance_of(attacked).id
    browser.get(f"/instances/{instance}")
    assert browser.post(f"/instances/{instance}/cancel", {"reason": "Get on with it"}).status_code == 302
    assert attacked.open("decide-change") == []
    assert instance_of(attacked).status == "cancelled"


def test_a_code_by_which_a_password_is_reset_does_not_sign(attacked: Office) -> None:
    """Whoever resets a password and chooses a new one acts as that person; the log says who reset it and when."""
    page = attacked.page("greta", "decide-change").fill(YES)
    with attacked.writing() as unit:
        code = reset_password(unit, id_of("greta"), attacked.actor(unit, "lena"))
    assert signed(page, code).status_code == 422, "the reset ended the session"
    came = visitor(attacked.app)
    came.sign_in("greta", code)
    came.get("/password")
    fresh = TaskPage(came, page.task, page.response, page.typed)
    assert fresh.send({"_do": "complete", "password": code, "csrf_token": came.token}).status_code != 200
    assert approvers(attacked) == set()
    with attacked.looking() as unit:
        (event,) = engine.events(unit, kind="person.password-reset")
    assert event.person == id_of("lena")


# reassigned task


@pytest.mark.parametrize("login", ["greta", "ines", "lena"])
@pytest.mark.parametrize("heir", ["samuel", "dorothea", "tomas"])
def test_a_signature_is_handed_on_to_nobody(attacked: Office, login: str, heir: str) -> None:
    task = attacked.task("greta", "decide-change")
    browser = attacked.browser(login)
    browser.get(f"/inbox/{task.id}")
    answer = browser.post(f"/tasks/{task.id}/reassign", {"to": id_of(heir), "reason": "Please do it for me"})
    assert answer.status_code == 403
    with attacked.looking() as unit:
        to, by = attacked.actor(unit, heir), attacked.actor(unit, login)
    refused(attacked, NotAllowed, lambda unit: engine.reassign(unit, task.id, to, by, "Do it for me"))
    assert sorted(attacked.open("decide-change")) == sorted([id_of("greta"), id_of("samuel")])


# somebody who has left


def test_who_was_named_and_has_left_the_role_signs_no_more(attacked: Office) -> None:
    page = attacked.page("greta", "decide-change").fill(YES)
    with attacked.writing() as unit:
        lena = attacked.actor(unit, "lena")
        processes.add_member(unit, attacked.project, id_of("greta"), "Sponsor", lena)
        processes.remove_member(unit, attacked.project, id_of("greta"), "Stakeholder", lena, "She moved on")
    assert attacked.tasks("greta", "decide-change") == []
    assert signed(page).status_code == 403, "another role in the project is not the one she was named for"
    with attacked.writing() as unit:
        lena = attacked.actor(unit, "lena")
        processes.remove_member(unit, attacked.project, id_of("greta"), "Sponsor", lena, "She left")
    assert signed(page).status_code == 404
    assert attacked.browser("greta").get(f"/inbox/{page.task}").status_code == 404
    assert approvers(attacked) == set()


# two at once


def test_the_same_signer_in_two_windows_at_once_signs_once(attacked: Office) -> None:
    pages = [attacked.page("greta", "decide-change", attacked.another_browser("greta")).fill(YES) for _ in range(2)]
    assert sorted(at_once(*(lambda page=page: signed(page).status_code for page in pages))) == [302, 409]
    assert approvers(attacked) == {id_of("greta")}
    assert attacked.open("decide-change") == [id_of("samuel")]


def test_two_last_signers_at_once_move_the_plan_once(deciding: Office) -> None:
    pages = [deciding.page(login, "decide-change").fill(YES) for login in ("greta", "samuel")]
    assert at_once(*(lambda page=page: signed(page).status_code for page in pages)) == [302, 302]
    assert deciding.targets()["M1"] == AFTER
    with deciding.looking() as unit:
        assert processes.plan(unit, deciding.project).revision == 2
        assert len(engine.revisions(unit, "milestone-plan", deciding.project)) == 2
        (record,) = engine.revisions(unit, "change-request", deciding.project, "C1")
        found = [(one.person, one.meaning) for one in engine.signatures(unit, record.id)]
    assert sorted(found) == sorted(
        [(id_of("tomas"), "authored"), (id_of("greta"), "approved"), (id_of("samuel"), "approved")]
    )
    assert deciding.incidents() == []
    assert deciding.verdict().findings == ()


def test_an_approval_and_a_rejection_at_once_are_no_approval(attacked: Office) -> None:
    yes = attacked.page("greta", "decide-change").fill(YES)
    no = attacked.page("samuel", "decide-change").fill({"decision": "rejected", "comment": "No"})
    codes = at_once(lambda: signed(yes).status_code, lambda: signed(no).status_code)
    assert codes[1] == 302
    assert codes[0] in (302, 409)
    assert attacked.open("consider-rejection") == [id_of("tomas")]


# the requester, the empty set, the changed request, the silence


def test_whoever_asks_does_not_decide(running: Office) -> None:
    running.raise_change("greta")
    assert running.tasks("greta", "decide-change") == []
    for_samuel = running.page("samuel", "decide-change").fill(YES)
    hers = TaskPage(running.browser("greta"), for_samuel.task, for_samuel.response, for_samuel.typed)
    hers.browser.get("/inbox")
    assert hers.send({"_do": "complete", "password": PASSWORD, "csrf_token": hers.browser.token}).status_code == 403
    unmoved(running)


def test_nobody_left_to_approve_is_an_incident(running: Office) -> None:
    with running.writing() as unit:
        set_active(unit, id_of("samuel"), False, running.actor(unit, "lena"), "Has left")
    running.raise_change("greta")
    (cause,) = running.incidents()
    assert "Nobody but the requester is an active Stakeholder" in cause
    assert running.open("decide-change") == []
    page = running.browser("pavel").get(f"/instances/{instance_of(running).id}").text
    assert "Nobody but the requester is an active Stakeholder" in page
    unmoved(running)


def test_a_changed_request_voids_the_signatures_that_it_had(attacked: Office) -> None:
    attacked.decide("greta")
    attacked.decide("samuel", "returned", "Another day, please")
    attacked.do("tomas", "revise-change", CHANGE | {"items": [MOVE | {"target": "2026-05-25"}]})
    with attacked.looking() as unit:
        first, second = sorted(
            engine.revisions(unit, "change-request", attacked.project, "C1"), key=lambda one: one.revision
        )
        assert all(not one.valid for one in engine.signatures(unit, first.id))
        assert [one.meaning for one in engine.signatures(unit, second.id)] == ["authored"]
    assert sorted(attacked.open("decide-change")) == sorted([id_of("greta"), id_of("samuel")])
    attacked.decide("samuel")
    assert attacked.open("confirm-implementation") == []


def test_no_answer_is_never_a_yes(attacked: Office) -> None:
    attacked.decide("greta")
    attacked.wait(days=90)
    assert attacked.open("decide-change") == [id_of("samuel")]
    with attacked.looking() as unit:
        entries = processes.log(unit, attacked.project, kinds=["unanswered"])
    assert {one.person for one in entries} == {id_of("samuel")}


def test_no_answer_to_the_baseline_is_never_a_yes(signing: Office) -> None:
    signing.do("greta", "sign-baseline", YES)
    signing.wait(days=90)
    assert signing.baseline() is None
    assert len(signing.tasks("ines", "chase-sign-off")) == 1
    assert signing.open("sign-baseline") == []
    assert signing.verdict().findings == ()
