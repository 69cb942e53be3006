"""What the tests of pages ask for: a walk through the small procedure, and people who are signed in."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.databases import Databases
from tests.factories import SmallProcedure, Visitor, add_account, visitor
from tests.web.pages.signing_procedure import Walk, begin


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: what pages ask of it, stories ask of both."""
    return sqlite


@pytest.fixture
def walk(app: Flask, procedure: SmallProcedure, people: dict[str, str]) -> Walk:
    """An instance that waits for its plan."""
    return begin(app, procedure, people["ada"])


def _signed_in(app: Flask, login: str) -> Visitor:
    browser = visitor(app)
    assert browser.sign_in(login).status_code == 302
    return browser


@pytest.fixture
def paula(app: Flask, walk: Walk) -> Visitor:
    """The project manager's browser."""
    return _signed_in(app, "paula")


@pytest.fixture
def sam(app: Flask, walk: Walk) -> Visitor:
    """The stakeholder's browser."""
    return _signed_in(app, "sam")


@pytest.fixture
def tom(app: Flask, walk: Walk) -> Visitor:
    """The team member's browser."""
    return _signed_in(app, "tom")


@pytest.fixture
def ada(app: Flask, walk: Walk) -> Visitor:
    """The browser of the administrator, who is a process admin too."""
    return _signed_in(app, "ada")


@pytest.fixture
def eve(app: Flask, walk: Walk, procedure: SmallProcedure) -> Visitor:
    """The browser of somebody who works in another project."""
    with app.app_context():
        person = add_account("eve", "Eve Elsewhere")
    procedure.join(person, "Project Manager", project="zeus")
    return _signed_in(app, "eve")
