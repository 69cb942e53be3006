"""Ways around a signature by what a browser sends: each fails, and leaves ledger and plan as they were."""

from __future__ import annotations

import pytest

import engine
from engine import NotAllowed, NotFound, Signature, SignatureVoid
from tests.factories import PASSWORD
from tests.stories.attacks import (
    WRONG,
    YES,
    approvers,
    refused,
    signed,
)
from tests.stories.office import CHANGE, PLAN, Office, id_of
from tests.stories.task_page import TaskPage, sign
from web.people import set_active, set_password

# forged form


def test_a_form_with_another_signer_s_name_signs_for_nobody_else(attacked: Office) -> None:
    page = attacked.page("greta", "decide-change").fill(YES)
    names = ("person", "signer", "by", "assignee", "approver", "approvers", "key", "login", "actor")
    forged = {name: id_of("samuel") for name in names}
    assert signed(page, **forged, role="Sponsor", outcome="approved", decisions="approved").status_code == 302
    assert approvers(attacked) == {id_of("greta")}
    assert attacked.open("decide-change") == [id_of("samuel")]


@pytest.mark.parametrize("decision", ["Approved", "approved ", "yes", "authored", "=approved", ""])
def test_a_decision_that_the_form_does_not_offer_is_refused(attacked: Office, decision: str) -> None:
    page = attacked.page("greta", "decide-change")
    answer = page.send({"_do": "complete", "password": PASSWORD, "decision": decision})
    assert answer.status_code == 422
    assert approvers(attacked) == set()


def test_a_no_with_the_meaning_yes_beside_it_stays_a_no(attacked: Office) -> None:
    page = attacked.page("greta", "decide-change").fill({"decision": "rejected", "comment": "No"})
    assert signed(page, meaning="approved", signature="approved").status_code == 302
    assert approvers(attacked) == set()
    assert attacked.open("consider-rejection") == [id_of("tomas")]


def test_two_decisions_in_one_form_are_none(attacked: Office) -> None:
    page = attacked.page("greta", "decide-change")
    data = {name: [value] for name, value in page.pairs}
    both = {**data, "decision": ["approved", "rejected"], "_do": ["complete"], "password": [PASSWORD]}
    answer = page.browser.post(f"/tasks/{page.task}", both)
    assert answer.status_code == 422
    assert approvers(attacked) == set()
    assert len(attacked.open("decide-change")) == 2


@pytest.mark.parametrize(
    "left_out", [["_signing"], ["_signing", "_shown"], ["_shown"], ["_signing", "_shown", "_seen"]]
)
def test_a_form_without_its_marks_of_signing_signs_nothing(attacked: Office, left_out: list[str]) -> None:
    page = attacked.page("greta", "decide-change").fill(YES)
    for button in ("complete", "review", ""):
        answer = page.send({"_do": button, "password": PASSWORD}, without=left_out)
        assert answer.status_code in (302, 422)
        assert approvers(attacked) == set()
    assert id_of("greta") in attacked.open("decide-change")


# replayed form


def test_the_same_form_sent_twice_counts_once(attacked: Office) -> None:
    page = attacked.page("greta", "decide-change").fill(YES)
    assert signed(page).status_code == 302
    again = signed(page)
    assert again.status_code == 409
    assert "Greta Holm" in again.text
    assert approvers(attacked) == {id_of("greta")}
    assert attacked.open("decide-change") == [id_of("samuel")]


def test_a_form_kept_from_an_earlier_revision_signs_nothing(attacked: Office) -> None:
    kept = attacked.page("greta", "decide-change").fill(YES)
    attacked.decide("samuel", "returned", "Say more")
    attacked.do("tomas", "revise-change", CHANGE | {"reason": "Parts come very late"})
    old = signed(kept)
    assert old.status_code == 409
    now = attacked.page("greta", "decide-change")
    shown = dict(kept.pairs)["_shown"]
    assert shown != dict(now.pairs)["_shown"]
    answer = signed(now.fill(YES), _shown=shown)
    assert answer.status_code == 422
    assert "changed since" in answer.text
    assert approvers(attacked) == set()


# another's session


def test_in_another_s_session_one_s_own_password_does_not_sign(attacked: Office) -> None:
    with attacked.writing() as unit:
        set_password(unit, id_of("tomas"), "the requester's own words")
    page = attacked.page("samuel", "decide-change").fill(YES)
    for password in ("the requester's own words", WRONG, "", PASSWORD.upper(), f"{PASSWORD} "):
        answer = signed(page, password)
        assert answer.status_code == 422
        assert "checked" in answer.text, "the decision is kept"
    assert approvers(attacked) == set()


def test_a_task_of_somebody_else_is_not_signed_with_one_s_own_session(attacked: Office) -> None:
    for_samuel = attacked.page("samuel", "decide-change").fill(YES)
    for login in ("greta", "tomas", "ines", "dorothea"):
        other = TaskPage(attacked.browser(login), for_samuel.task, for_samuel.response, for_samuel.typed)
        other.browser.get("/inbox")
        sent = other.send({"_do": "complete", "password": PASSWORD, "csrf_token": other.browser.token})
        assert sent.status_code == 403
    assert approvers(attacked) == set()


def test_a_cookie_of_yesterday_opens_nothing(attacked: Office) -> None:
    page = attacked.page("samuel", "decide-change").fill(YES)
    attacked.browser("samuel").post("/sign-out")
    assert signed(page).status_code == 422
    fresh = attacked.another_browser("samuel")
    attacked.clock.turn(hours=13)
    late = TaskPage(fresh, page.task, page.response, page.typed).send({"_do": "complete", "password": PASSWORD})
    assert late.status_code == 422
    assert approvers(attacked) == set()


# stale hash


@pytest.mark.parametrize("shown", ["0" * 64, "", "approved"])
def test_a_signature_on_a_hash_that_nobody_was_shown(attacked: Office, shown: str) -> None:
    page = attacked.page("greta", "decide-change").fill(YES)
    assert signed(page, _shown=shown).status_code == 422
    task = attacked.task("greta", "decide-change")
    with attacked.looking() as unit:
        greta = attacked.actor(unit, "greta")
    presented = Signature(greta.person, "approved", shown)
    refused(attacked, SignatureVoid, lambda unit: engine.complete(unit, task.id, YES, greta, signature=presented))
    assert approvers(attacked) == set()


# passwords


def test_after_wrong_passwords_even_the_right_one_waits(attacked: Office) -> None:
    page = attacked.page("greta", "decide-change").fill(YES)
    statuses = [signed(page, WRONG).status_code for _ in range(6)]
    assert statuses[0] == 422
    assert statuses[-1] == 429
    assert signed(page).status_code == 429
    assert approvers(attacked) == set()
    attacked.clock.turn(minutes=2)
    assert signed(page).status_code == 302
    assert approvers(attacked) == {id_of("greta")}
    with attacked.looking() as unit:
        assert len(engine.events(unit, kind="person.signature-refused")) >= 5


def test_who_was_deactivated_meanwhile_signs_nothing(attacked: Office) -> None:
    page, task = attacked.page("greta", "decide-change").fill(YES), attacked.task("greta", "decide-change")
    with attacked.writing() as unit:
        set_active(unit, id_of("greta"), False, attacked.actor(unit, "lena"), "Has left")
    assert signed(page).status_code == 422
    with attacked.looking() as unit:
        greta = attacked.actor(unit, "greta")
        presented = Signature(greta.person, "approved", engine.preview(unit, task, YES, greta).sha256)
    gone = (NotAllowed, NotFound)
    refused(attacked, gone, lambda unit: engine.complete(unit, task.id, YES, greta, signature=presented))
    assert approvers(attacked) == set()


def test_the_document_that_a_plan_s_author_signs_is_the_one_that_was_read(office: Office) -> None:
    """Two steps: what is signed is read as it will be sealed; another window cannot slip something else under it."""
    office.register()
    address = office.page("ines", "draft-plan").fill(PLAN).review()
    browser = office.browser("ines")
    read = browser.get(address).text
    office.page("ines", "draft-plan", office.another_browser("ines")).fill({**PLAN, "purpose": "Another"}).review()
    shown = read.split('name="_shown" value="')[1].split('"')[0]
    answer = browser.post(address, {"_shown": shown, "password": PASSWORD})
    assert answer.status_code == 422
    with office.looking() as unit:
        assert engine.current(unit, "milestone-plan", office.project) is None
    assert sign(browser, address, WRONG).status_code == 422
    assert sign(browser, address).status_code == 302
    with office.looking() as unit:
        assert engine.current(unit, "milestone-plan", office.project).data["purpose"] == "Another"
