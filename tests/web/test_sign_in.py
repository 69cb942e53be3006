"""Signing in and out: what lets a person in, what does not, and what ends a session."""

from __future__ import annotations

import tracemalloc

import pytest
from flask import Flask
from sqlalchemy import select

from engine import SYSTEM, THE_SYSTEM, events
from tests.factories import PASSWORD, TestClock, Visitor, visitor
from web.errors import PasswordRefused, TooManyAttempts
from web.people import AccountRow, account, set_active, set_password, verify_password
from web.people.accounts import reset_password
from web.people.passwords import check_new_password, matches
from web.people.proving import FREE_ATTEMPTS
from web.work import reading, work

WRONG = "not the password at all"


def refusals(app: Flask) -> list[str]:
    with app.app_context():
        return [one.facts["cause"] for one in events(reading(), kind="person.sign-in-refused")]


def test_the_right_password_opens_the_page_one_wanted(people: dict[str, str], guest: Visitor) -> None:
    first = guest.get("/people")
    assert first.status_code == 302
    assert first.location == "/sign-in?next=/people"
    guest.get(first.location)
    response = guest.post("/sign-in", {"login": " ADA ", "password": PASSWORD, "next": "/people"})
    assert response.status_code == 302
    assert response.location == "/people"
    assert "Paula Manager" in guest.get("/people").text


def test_a_refused_sign_in_is_not_put_down_to_the_person_whose_login_was_typed(
    app: Flask, people: dict[str, str], guest: Visitor
) -> None:
    guest.sign_in("ada", WRONG)
    with app.app_context():
        (event,) = events(reading(), kind="person.sign-in-refused")
    assert (event.entity_id, event.person) == (people["ada"], SYSTEM)


@pytest.mark.parametrize("login", ["ada", "nobody"])
def test_wrong_password_and_unknown_login_read_the_same(
    app: Flask, people: dict[str, str], guest: Visitor, login: str
) -> None:
    response = guest.sign_in(login, WRONG)
    assert response.status_code == 422
    assert "Check login and password" in response.text
    assert f'value="{login}"' in response.text
    assert WRONG not in response.text
    assert refusals(app) == ["wrong password" if login == "ada" else "unknown login"]


def test_after_five_wrong_attempts_even_the_right_one_waits(
    app: Flask, people: dict[str, str], guest: Visitor, clock: TestClock
) -> None:
    for _ in range(FREE_ATTEMPTS):
        assert guest.sign_in("ada", WRONG).status_code == 422
    assert guest.sign_in("ada").status_code == 422
    assert refusals(app)[0] == "locked"
    clock.turn(seconds=31)
    assert guest.sign_in("ada", WRONG).status_code == 422
    clock.turn(seconds=31)
    assert guest.sign_in("ada").status_code == 422, "the lock doubles"
    clock.turn(seconds=30)
    assert guest.sign_in("ada").status_code == 302
    with app.app_context():
        found = account(reading(), login="ada")
    assert found is not None
    assert (found.failures, found.locked_until) == (0, None)


def test_an_hour_after_a_lock_counting_begins_anew(
    app: Flask, guest: Visitor, people: dict[str, str], clock: TestClock
) -> None:
    """One wrong guess an hour, by whoever knows a login, does not keep its owner out."""
    for _ in range(5):
        guest.sign_in("tom", "not his password")
    clock.turn(hours=2)
    guest.sign_in("tom", "not his password either")
    with app.app_context():
        found = account(reading(), login="tom")
        assert found
        assert (found.failures, found.locked_until) == (1, None)


def test_only_argon2id_is_stored(app: Flask, people: dict[str, str]) -> None:
    with app.app_context():
        hashes = reading().session.scalars(select(AccountRow.password_hash)).all()
    assert len(set(hashes)) == len(hashes) == 4
    assert all(one.startswith("$argon2id$v=19$") for one in hashes)


def test_an_idle_session_ends(people: dict[str, str], guest: Visitor, clock: TestClock) -> None:
    guest.sign_in("ada")
    clock.turn(minutes=29)
    assert guest.get("/people").status_code == 200
    clock.turn(minutes=29)
    assert guest.get("/people").status_code == 200
    clock.turn(minutes=30)
    assert guest.get("/people").location == "/sign-in?next=/people"


def test_no_session_outlives_twelve_hours(people: dict[str, str], guest: Visitor, clock: TestClock) -> None:
    guest.sign_in("ada")
    for _ in range(35):
        clock.turn(minutes=20)
        assert guest.get("/people").status_code == 200
    clock.turn(minutes=20)
    assert guest.get("/people").status_code == 302


def test_signing_out_ends_the_session_on_every_device(app: Flask, people: dict[str, str], guest: Visitor) -> None:
    other = visitor(app)
    guest.sign_in("ada")
    other.sign_in("ada")
    assert guest.post("/sign-out").status_code == 302
    assert guest.get("/people").status_code == 302
    assert other.get("/people").status_code == 302


def test_a_cookie_kept_from_before_signing_out_opens_nothing(
    app: Flask, people: dict[str, str], guest: Visitor
) -> None:
    guest.sign_in("ada")
    cookie = guest.client.get_cookie("milepost")
    assert cookie is not None
    guest.post("/sign-out")
    thief = visitor(app)
    thief.client.set_cookie("milepost", cookie.value)
    assert thief.get("/people").status_code == 302


def test_deactivation_and_reset_end_sessions(app: Flask, people: dict[str, str]) -> None:
    one, two = visitor(app), visitor(app)
    one.sign_in("paula")
    two.sign_in("tom")
    with app.app_context(), work() as unit:
        set_active(unit, people["paula"], False, THE_SYSTEM, "left")
        reset_password(unit, people["tom"], THE_SYSTEM)
    assert one.get("/password").status_code == 302
    assert two.get("/password").status_code == 302
    assert one.sign_in("paula").status_code == 422
    assert two.sign_in("tom").status_code == 422
    assert refusals(app) == ["wrong password", "deactivated"]


def test_somebody_with_a_code_chooses_a_password_first(
    app: Flask, people: dict[str, str], guest: Visitor, clock: TestClock
) -> None:

    with app.app_context(), work() as unit:
        code = reset_password(unit, people["ada"], THE_SYSTEM)
    assert guest.sign_in("ada", code).location == "/password"
    assert guest.get("/people").location == "/password"
    refused = guest.post("/password", {"new_password": "ada ada ada ada", "repeated_password": "other"})
    assert refused.status_code == 422
    assert "not the same" in refused.text
    chosen = {"new_password": "nine green bottles", "repeated_password": "nine green bottles"}
    assert guest.post("/password", chosen).status_code == 302
    assert guest.get("/people").status_code == 200
    again = visitor(app)
    assert again.sign_in("ada", code).status_code == 422, "a code works once"
    assert again.sign_in("ada", "nine green bottles").status_code == 302


def test_a_code_expires(app: Flask, people: dict[str, str], guest: Visitor, clock: TestClock) -> None:

    with app.app_context(), work() as unit:
        code = reset_password(unit, people["ada"], THE_SYSTEM)
    clock.turn(days=7)
    assert guest.sign_in("ada", code).status_code == 422
    assert refusals(app) == ["code expired"]


def test_changing_the_password_asks_for_the_present_one(people: dict[str, str], guest: Visitor) -> None:
    guest.sign_in("ada")
    new = {"new_password": "nine green bottles", "repeated_password": "nine green bottles"}
    refused = guest.post("/password", {**new, "password": WRONG})
    assert refused.status_code == 422
    assert "not your present password" in refused.text
    assert guest.post("/password", {**new, "password": PASSWORD}).status_code == 302
    assert guest.get("/people").status_code == 200, "this session goes on"


@pytest.mark.parametrize("bad", ["short", "password1234", "ada likes boats", "aaaaaaaaaaaaaaaa", "x" * 201])
def test_passwords_that_are_too_easy_are_refused(people: dict[str, str], guest: Visitor, bad: str) -> None:
    guest.sign_in("ada")
    login = {"ada likes boats": "Admin"}.get(bad, "")
    bad = bad + login
    response = guest.post("/password", {"password": PASSWORD, "new_password": bad, "repeated_password": bad})
    assert response.status_code == 422


def test_a_signature_counts_wrong_passwords_too(app: Flask, people: dict[str, str], clock: TestClock) -> None:
    with app.test_request_context(method="POST"):
        assert verify_password(people["sam"], PASSWORD)
        for _ in range(FREE_ATTEMPTS - 1):
            assert not verify_password(people["sam"], WRONG)
        with pytest.raises(TooManyAttempts) as locked:
            verify_password(people["sam"], WRONG)
        assert locked.value.until is not None
        assert (locked.value.until - clock()).total_seconds() == 30
        with pytest.raises(TooManyAttempts):
            verify_password(people["sam"], PASSWORD)
        clock.turn(seconds=31)
        assert verify_password(people["sam"], PASSWORD)
        kinds = [one.kind for one in events(reading(), entity_id=people["sam"], kind="person.signature-refused")]
    assert len(kinds) == FREE_ATTEMPTS + 1


def test_a_one_time_code_signs_nothing(app: Flask, people: dict[str, str]) -> None:

    with app.test_request_context(method="POST"):
        with work() as unit:
            code = reset_password(unit, people["sam"], THE_SYSTEM)
        assert not verify_password(people["sam"], code)


def test_a_password_in_another_spelling_of_unicode_is_the_same(app: Flask, people: dict[str, str]) -> None:
    with app.test_request_context(method="POST"):
        with work() as unit:
            set_password(unit, people["sam"], "zwölf große Boote")
        assert verify_password(people["sam"], "zwo\u0308lf große Boote")


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_elsewhere(people: dict[str, str], guest: Visitor, elsewhere: str) -> None:
    guest.get("/sign-in")
    response = guest.post("/sign-in", {"login": "ada", "password": PASSWORD, "next": elsewhere})
    assert response.location == "/inbox"


def test_a_password_that_nobody_can_have_is_not_even_normalised(
    app: Flask, people: dict[str, str], guest: Visitor
) -> None:
    """Normalising makes eighteen letters of this one."""
    long = "\ufdfa" * 300_000
    tracemalloc.start()
    with app.app_context():
        assert not matches(long, None)
        with pytest.raises(PasswordRefused):
            check_new_password(long, "ada", "Ada Admin")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 5_000_000
