"""Log lines: one JSON object each, with the request's number, and without names."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask, request
from sqlalchemy import text

from tests.databases import Databases
from tests.factories import PASSWORD, Visitor
from web.database import db
from web.logs import StandardError, set_up_logs
from web.people import public


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: what a log line says does not hang on it."""
    return sqlite


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    root, before = logging.getLogger(), structlog.get_config()
    level = root.level
    set_up_logs("json")
    yield capsys
    for handler in [one for one in root.handlers if isinstance(one, StandardError)]:
        root.removeHandler(handler)
    root.setLevel(level)
    structlog.configure(**before)


def test_each_request_is_one_line_without_names(
    lines: pytest.CaptureFixture[str], people: dict[str, str], guest: Visitor
) -> None:
    lines.readouterr()
    response = guest.sign_in("ada")
    guest.get(f"/people/{people['paula']}?secret=1")
    logged = lines.readouterr().err
    found = [json.loads(line) for line in logged.splitlines()]
    assert found[-1]["route"] == "/people/<person>"
    assert found[-1]["status"] == 200
    assert response.headers["X-Request-Id"] in {one["request"] for one in found}
    assert len({one["request"] for one in found}) == len(found)
    for word in ("ada", "Ada", people["paula"], PASSWORD, "secret"):
        assert word not in logged


def test_health_checks_do_not_fill_the_log(lines: pytest.CaptureFixture[str], guest: Visitor) -> None:
    lines.readouterr()
    guest.get("/healthz")
    assert lines.readouterr().err == ""


def test_a_failure_is_logged_without_what_people_typed(
    lines: pytest.CaptureFixture[str], app: Flask, guest: Visitor
) -> None:
    def fail() -> str:
        password = "correct horse " + "battery"  # a local of the function that fails
        if request.args:
            db.session.execute(text("SELECT :typed FROM nowhere"), {"typed": password})
        raise RuntimeError

    app.add_url_rule("/fail", "fail", public(fail))
    for address in ("/fail", "/fail?database=1"):
        lines.readouterr()
        assert guest.get(address).status_code == 500
        logged = lines.readouterr().err
        assert '"exception"' in logged
        assert "battery" not in logged
