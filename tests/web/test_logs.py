"""Log lines: one JSON object each, with the request's number, and without names."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from tests.factories import PASSWORD, Visitor
from web.logs import StandardError, set_up_logs


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
    text = lines.readouterr().err
    found = [json.loads(line) for line in text.splitlines()]
    assert found[-1]["route"] == "/people/<person>"
    assert found[-1]["status"] == 200
    assert response.headers["X-Request-Id"] in {one["request"] for one in found}
    assert len({one["request"] for one in found}) == len(found)
    for word in ("ada", "Ada", people["paula"], PASSWORD, "secret"):
        assert word not in text


def test_health_checks_do_not_fill_the_log(lines: pytest.CaptureFixture[str], guest: Visitor) -> None:
    lines.readouterr()
    guest.get("/healthz")
    assert lines.readouterr().err == ""
