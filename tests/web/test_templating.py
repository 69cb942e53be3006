"""Filters and names of templates: times, hashes, built assets."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask, g

from tests.databases import Databases
from web import templating
from web.templating import day, distance, instant, relative, short, vite


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: words and dates do not hang on it."""
    return sqlite

AT = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)


def test_an_instant_says_its_zone(app: Flask) -> None:
    with app.test_request_context():
        assert instant(AT).striptags() == "31 January 2026, 23:30 UTC"
        assert 'datetime="2026-01-31T23:30:00+00:00"' in instant(AT)
        assert instant(AT, "Europe/Berlin").striptags() == "1 February 2026, 00:30 CET"
        g.zone = "Asia/Tokyo"
        assert instant(AT).striptags() == "1 February 2026, 08:30 JST"
        assert day(AT).striptags() == "1 February 2026"
        assert instant(None) == day(None) == relative(None) == ""


def test_a_day_may_come_as_text(app: Flask) -> None:
    with app.test_request_context():
        assert day(date(2026, 3, 1)).striptags() == "1 March 2026"
        assert day("2026-03-01").striptags() == "1 March 2026"
        assert day("<b>soon</b>") == "&lt;b&gt;soon&lt;/b&gt;"


@pytest.mark.parametrize(
    ("span", "says"),
    [
        (timedelta(seconds=30), "now"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(hours=-3), "3 hours ago"),
        (timedelta(days=-1, hours=-5), "1 day ago"),
        (timedelta(days=40), "in 40 days"),
    ],
)
def test_distances_in_words(span: timedelta, says: str) -> None:
    assert distance(span) == says


def test_relative_times_are_refreshed_by_the_browser(app: Flask, clock: object) -> None:
    with app.test_request_context():
        text = relative(app.extensions["milepost"].clock() + timedelta(days=2))
    assert "data-relative" in text
    assert text.striptags() == "in 2 days"


def test_short_hashes() -> None:
    assert short("a" * 64) == "a" * 12
    assert short(None) == ""


def test_assets_come_with_the_style_sheets_of_what_they_import(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = {
        "src/app.js": {
            "file": "assets/app-1.js",
            "css": ["assets/app-2.css"],
            "imports": ["_shared.js"],
            "isEntry": True,
        },
        "_shared.js": {"file": "assets/shared-3.js", "css": ["assets/shared-4.css"]},
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    monkeypatch.setattr(templating, "DIST", tmp_path)
    with app.test_request_context():
        tags = str(vite("app"))
        assert vite("other") == ""
    assert tags.splitlines() == [
        '<link rel="stylesheet" href="/static/dist/assets/shared-4.css">',
        '<link rel="stylesheet" href="/static/dist/assets/app-2.css">',
        '<script type="module" src="/static/dist/assets/app-1.js"></script>',
    ]


def test_without_built_assets_pages_still_come(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templating, "DIST", tmp_path)
    with app.test_request_context():
        assert vite("app") == ""
