"""Every route says who may open it; what says nothing is closed."""

from __future__ import annotations

import re

import pytest
from flask import Blueprint, Flask

from tests.databases import Databases
from tests.factories import SmallProcedure, Visitor
from web.people import guard_of


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: who may open a page does not hang on it."""
    return sqlite

PUBLIC = {
    "static",
    "account.sign_in",
    "account.enter",
    "account.setup_first",
    "account.make_first",
    "account.theme",
    "health.healthz",
    "health.readyz",
    "inbox.home",
    "mailbox.calendar",  # its address is the secret: calendar programs cannot sign in
}
"""What a stranger may open. Nothing is added here without a reason."""


def test_every_route_has_a_guard_or_is_public(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    guards = {endpoint: guard_of(app, endpoint) for endpoint in endpoints}
    assert [endpoint for endpoint, guard in guards.items() if guard is None] == []
    assert {endpoint for endpoint, guard in guards.items() if guard and not guard.signed_in} <= PUBLIC


def test_a_stranger_is_sent_to_sign_in_from_every_page(app: Flask, guest: Visitor) -> None:
    opened = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PUBLIC or "GET" not in (rule.methods or ()):
            continue
        path = rule.rule
        for name in rule.arguments:
            path = re.sub(rf"<(?:any\((\w+).*?\):|\w+:)?{name}>", lambda found: found[1] or "1", path)
        response = guest.get(path)
        if response.status_code != 302 or not response.location.startswith("/sign-in?next="):
            opened.append((path, response.status_code))
    assert opened == []


@pytest.mark.parametrize("path", ["/people", "/people/new", "/register", "/jobs"])
def test_pages_for_administrators_are_closed_to_others(people: dict[str, str], guest: Visitor, path: str) -> None:
    guest.sign_in("paula")
    response = guest.get(path)
    assert response.status_code == 403
    assert "Administrator" in response.text


def test_a_role_in_a_project_is_none_in_the_organisation(
    people: dict[str, str], procedure: SmallProcedure, guest: Visitor
) -> None:
    procedure.join(people["tom"], "Administrator")
    guest.sign_in("tom")
    assert guest.get("/people").status_code == 403


def test_a_view_that_says_nothing_is_for_administrators_only(
    app: Flask, people: dict[str, str], guest: Visitor
) -> None:
    blueprint = Blueprint("forgotten", __name__)
    blueprint.add_url_rule("/forgotten", "page", lambda: "open")
    app.register_blueprint(blueprint)
    assert guest.get("/forgotten").status_code == 302
    guest.sign_in("paula")
    assert guest.get("/forgotten").status_code == 403
    guest.sign_in("ada")
    assert guest.get("/forgotten").text == "open"
