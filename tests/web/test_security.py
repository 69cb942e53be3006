"""Headers, cookies and CSRF, with and without TLS at a proxy in front."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.databases import Databases
from tests.factories import PASSWORD, SmallProcedure, TestClock, Visitor, add_account, config_for, quick, visitor
from web import create_app
from web.database import db


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: what a response says about security does not hang on it."""
    return sqlite

MakeApp = Callable[..., Flask]


@pytest.fixture
def make_app(data: Path, clock: TestClock, procedure: SmallProcedure) -> Iterator[MakeApp]:
    made: list[Flask] = []

    def make(**changes: Any) -> Flask:
        made.append(create_app(config_for(data, **changes), clock=clock, procedure=procedure, roles=procedure.roles))
        return quick(made[-1])

    yield make
    for one in made:
        with one.app_context():
            db.engine.dispose()


def test_every_answer_carries_the_headers(people: dict[str, str], guest: Visitor) -> None:
    guest.sign_in("ada")
    for path in ("/people", "/sign-in", "/healthz", "/nothing-here"):
        headers = guest.get(path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "script-src 'self';" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in headers


def test_the_cookie_is_not_for_scripts_nor_for_other_sites(people: dict[str, str], guest: Visitor) -> None:
    cookie = guest.sign_in("ada").headers["Set-Cookie"]
    assert cookie.startswith("milepost=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_a_proxy_with_tls_cookies_are_secure_and_addresses_https(make_app: MakeApp) -> None:
    app = make_app(proxy=1, https=True)
    with app.app_context():
        add_account("ada", "Ada Admin", "Administrator")
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "milepost.example", "X-Forwarded-For": "192.0.2.7"}
    came = visitor(app)
    came.client.environ_base.update(
        {f"HTTP_{name.upper().replace('-', '_')}": text for name, text in forwarded.items()}
    )
    came.get("/sign-in")
    headers = {"Referer": "https://milepost.example/sign-in"}
    response = came.post("/sign-in", {"login": "ada", "password": PASSWORD}, headers=headers)
    assert response.status_code == 302
    assert response.headers["Set-Cookie"].startswith("__Host-milepost=")
    assert "Secure" in response.headers["Set-Cookie"]
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
    with app.test_request_context("/", headers=forwarded) as context:
        app.wsgi_app(context.request.environ, lambda *_: lambda _: None)
        assert context.request.environ["wsgi.url_scheme"] == "https"
        assert context.request.environ["HTTP_HOST"] == "milepost.example"
        assert context.request.environ["REMOTE_ADDR"] == "192.0.2.7"


def test_without_a_trusted_proxy_forwarded_headers_count_for_nothing(app: Flask) -> None:
    with app.test_request_context(
        "/healthz", headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil"}
    ) as context:
        app.wsgi_app(context.request.environ, lambda *_: lambda _: None)
        assert context.request.environ["wsgi.url_scheme"] == "http"
        assert context.request.environ["HTTP_HOST"] == "localhost"


def test_every_post_needs_the_token_of_its_session(app: Flask, people: dict[str, str], guest: Visitor) -> None:
    guest.sign_in("ada")
    other = visitor(app)
    other.get("/sign-in")
    before = guest.get("/people").text
    for token in ("", "forged", other.token):
        response = guest.client.post("/people/new", data={"csrf_token": token, "login": "eve", "name": "Eve"})
        assert response.status_code == 400
        assert "out of date" in response.text
    assert "eve" not in guest.get("/people").text
    assert before.count("list-group-item") == guest.get("/people").text.count("list-group-item")


def test_too_large_a_request_is_refused(make_app: MakeApp) -> None:
    app = make_app(upload_mb=1)
    with app.app_context():
        add_account("ada", "Ada Admin", "Administrator")
    came = visitor(app)
    came.sign_in("ada")
    response = came.post("/people/new", {"name": "x" * (1024 * 1024 + 1)})
    assert response.status_code == 413
    assert "larger than what is accepted" in response.text


def test_strangers_send_little(people: dict[str, str], guest: Visitor) -> None:
    """Reading a form takes many times its size in memory: only who is signed in may send large ones."""
    guest.get("/sign-in")
    large = "x" * 1_100_000
    assert guest.post("/sign-in", {"login": "ada", "password": large}).status_code == 413
    assert guest.sign_in("ada").status_code == 302
    guest.get("/people/new")
    assert guest.post("/people/new", {"login": "new", "name": large}).status_code == 422


def test_the_theme_is_kept_by_the_browser_and_leads_nowhere_else(app: Flask, guest: Visitor) -> None:
    guest.get("/sign-in")
    response = guest.post("/theme", {"theme": "dark", "back": "https://evil.example"})
    assert response.location == "/inbox"
    assert 'data-bs-theme="dark"' in guest.get("/sign-in").text
    assert guest.post("/theme", {"theme": "system", "back": "/sign-in"}).location == "/sign-in"
    assert "data-bs-theme" not in guest.get("/sign-in").text
