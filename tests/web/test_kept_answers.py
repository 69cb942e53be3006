"""Answers sent after the session ran out: they come back to the same person at the same page, and to nobody else."""

from __future__ import annotations

import html
import json
import re

import pytest
from flask import Blueprint, Flask, render_template_string, request
from werkzeug.datastructures import MultiDict

from tests.databases import Databases
from tests.factories import PASSWORD, TestClock, Visitor, visitor
from web.people import page_token, resumes, signed_in
from web.people.kept import RESUMERS


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: what is kept is kept in the browser."""
    return sqlite

PAGE = """{% extends "base.html" %}{% block content %}<p class="message">{{ message }}</p><form method="post">
<input name="_page" value="{{ page_token() }}"><textarea name="text">{{ values.get("text", "") }}</textarea>
<p>{{ values.getlist("box") | join(",") }}</p></form>{% endblock %}"""
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def letters(app: Flask) -> list[str]:
    """A page with a form, as any page of tasks has one; what was really sent lands in the list."""
    sent: list[str] = []
    blueprint = Blueprint("letters", __name__)

    @blueprint.get("/letters/<number>")
    @signed_in
    def show(number: str) -> str:
        return render_template_string(PAGE, values=MultiDict(), message="")

    @blueprint.post("/letters/<number>")
    @signed_in
    def send(number: str) -> str:
        sent.append(request.form["text"])
        return "sent"

    @resumes("letters.send")
    def again(values: MultiDict[str, str], message: str, number: str) -> str:
        return render_template_string(PAGE, values=values, message=message)

    app.register_blueprint(blueprint)
    yield sent
    del RESUMERS["letters.send"]


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return html.unescape(found[1])


def write(guest: Visitor, login: str = "paula", path: str = "/letters/7") -> dict[str, object]:
    guest.sign_in(login)
    page = guest.get(path)
    return {"_page": hidden(page.text, "_page"), "text": SCRIPT, "box": ["a", "b"], "password": PASSWORD}


def test_an_idle_session_gives_everything_back(
    people: dict[str, str], guest: Visitor, clock: TestClock, letters: list[str]
) -> None:
    data = write(guest)
    clock.turn(hours=1)
    lost = guest.post("/letters/7", data)
    assert lost.status_code == 422
    assert "Your session ran out" in lost.text
    assert SCRIPT not in lost.text
    assert PASSWORD not in lost.text
    kept = hidden(lost.text, "_kept")
    assert json.loads(kept) == [["text", SCRIPT], ["box", "a"], ["box", "b"]]
    back = guest.post("/sign-in", {"login": "paula", "password": PASSWORD, "_page": data["_page"], "_kept": kept})
    assert back.status_code == 422
    assert html.escape(SCRIPT) in back.text
    assert "a,b" in back.text
    assert "send it" in back.text
    assert letters == []
    again = {**data, "_page": hidden(back.text, "_page"), "text": "dear all"}
    assert guest.post("/letters/7", again).text == "sent"
    assert letters == ["dear all"]


def test_a_mistyped_password_on_the_way_loses_nothing(
    people: dict[str, str], guest: Visitor, clock: TestClock, letters: list[str]
) -> None:
    data = write(guest)
    clock.turn(hours=1)
    kept = hidden(guest.post("/letters/7", data).text, "_kept")
    refused = guest.post("/sign-in", {"login": "paula", "password": "x", "_page": data["_page"], "_kept": kept})
    assert hidden(refused.text, "_kept") == kept
    stale = guest.client.post("/sign-in", data={"login": "paula", "_page": data["_page"], "_kept": kept})
    assert stale.status_code == 422
    assert hidden(stale.text, "_kept") == kept


def test_somebody_else_who_signs_in_sees_nothing_of_it(
    people: dict[str, str], guest: Visitor, clock: TestClock, letters: list[str]
) -> None:
    data = write(guest)
    clock.turn(hours=1)
    kept = hidden(guest.post("/letters/7", data).text, "_kept")
    response = guest.post("/sign-in", {"login": "tom", "password": PASSWORD, "_page": data["_page"], "_kept": kept})
    assert response.status_code == 302


def test_a_page_that_was_not_ours_carries_nothing(app: Flask, people: dict[str, str], letters: list[str]) -> None:
    stranger = visitor(app)
    forged = stranger.client.post("/letters/7", data={"_page": "forged", "text": "pay me"})
    assert forged.status_code == 422
    assert "pay me" not in forged.text
    assert "_kept" not in forged.text


def test_values_do_not_travel_to_another_page(
    people: dict[str, str], guest: Visitor, clock: TestClock, letters: list[str]
) -> None:
    data = write(guest, path="/letters/7")
    clock.turn(hours=1)
    assert "_kept" not in guest.post("/letters/8", data).text


def test_a_page_from_an_earlier_session_comes_back_at_once(
    people: dict[str, str], guest: Visitor, letters: list[str]
) -> None:
    data = write(guest)
    guest.post("/sign-out")
    guest.sign_in("paula")
    response = guest.client.post("/letters/7", data={**data, "csrf_token": "old"})
    assert response.status_code == 422
    assert html.escape(SCRIPT) in response.text
    assert "earlier session" in response.text
    assert letters == []


def test_the_token_is_of_the_person_who_saw_the_page(
    app: Flask, people: dict[str, str], guest: Visitor, letters: list[str]
) -> None:
    tokens = set()
    for login in ("paula", "tom"):
        came = visitor(app)
        came.sign_in(login)
        tokens.add(hidden(came.get("/letters/7").text, "_page").split(".")[0])
    assert len(tokens) == 2
    assert callable(page_token)
