"""The demo on a stage: prepared once, copied for each file of tests, served on a free port, visited with Chromium."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response
from werkzeug.serving import make_server

from processes.demo import FINISHED, RUNNING
from tests.databases import Kept
from tests.factories import PASSWORD, TestClock, config_for, elapse, quick
from tests.stories.stages import closed, live_through, opened
from web import create_app
from web.database import db, open_engine
from web.migrations import upgrade

__all__ = ["FINISHED", "RUNNING", "Stage", "chromium", "prepare_demo", "served"]

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "web" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa")

NOW = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)
"""When every visit takes place: a day before the one on which the demo was prepared."""
PATIENCE = 8000
"""Milliseconds until something that is waited for counts as missing."""
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


def chromium() -> dict[str, Any]:
    """How Chromium is launched: $CHROMIUM, the machine's own, or the one that Playwright brought."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    quiet = "gpu quic background-networking component-update sync dev-shm-usage".split()
    arguments: dict[str, Any] = {"args": [*(f"--disable-{one}" for one in quiet), "--no-first-run"]}
    if path:
        arguments["executable_path"] = path
    if os.geteuid() == 0:
        arguments["chromium_sandbox"] = False
    return arguments


def prepare_demo(folder: Path) -> None:
    """Make a data folder in which the demo's history was lived through, and all has happened that is due."""
    folder.mkdir(mode=0o700)
    database = config_for(folder).database
    engine = open_engine(database)
    upgrade(engine)
    engine.dispose()
    office = opened(Kept(folder, database), NOW)
    live_through(office)
    elapse(office.app)
    closed(office)


@dataclass
class Stage:
    """One served demo, and the browsers that visit it. What goes wrong in a page is noted in `errors`."""

    address: str
    app: Flask
    clock: TestClock
    browser: Browser
    errors: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    _signed_in: dict[str, Any] = field(default_factory=dict)

    def visit(self, login: str = "", *, phone: bool = False, dark: bool = False, script: bool = True) -> Page:
        """A new browser window, signed in as somebody of the demo unless `login` is empty."""
        more = {"storage_state": self._state(login)} if login else {}
        if phone:
            more |= {"is_mobile": True, "has_touch": True}
        context = self.browser.new_context(
            base_url=self.address, viewport=PHONE if phone else WIDE, color_scheme="dark" if dark else "light",
            java_script_enabled=script, locale="en-GB", timezone_id="UTC", reduced_motion="reduce", **more,
        )  # fmt: skip
        context.clock.install(time=NOW)
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._hear(page, message))
        page.on("response", self._note)
        return page

    def close(self) -> None:
        """Close every window."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()

    def _state(self, login: str) -> Any:
        """The cookies of somebody who has signed in through the page."""
        if login not in self._signed_in:
            page = self.visit()
            sign_in(page, login)
            self._signed_in[login] = page.context.storage_state()
        return self._signed_in[login]

    def _hear(self, page: Page, message: ConsoleMessage) -> None:
        """Errors and breaches of the content security policy; not that a page was refused, which tests ask for.

        Nor what htmx says of a request that was under way when the page was left: a server's trouble is noted anyway.
        """
        expected = ("htmx:afterRequest", "htmx:sendError", "htmx:sendAbort")
        refused = "the server responded with a status of" in message.text
        if message.type == "error" and not refused and not message.text.startswith(expected):
            self.errors.append(f"{page.url}: {message.text}")

    def _note(self, response: Response) -> None:
        if response.status >= 500:
            self.errors.append(f"{response.status} {response.url}")


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    """Sign in through the page."""
    page.goto("/sign-in")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password or one-time code").fill(password)
    page.get_by_role("button", name="Sign in").click()


def findings_of_axe(page: Page) -> list[str]:
    """What axe finds on the page as it stands, each as one line. By evaluate: the page's policy allows no script."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished.catch(() => {})))")
    asked = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})"
    found = page.evaluate(asked, list(TAGS))["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"][:3]]


@contextmanager
def served(prepared: Path, folder: Path, browser: Browser) -> Iterator[Stage]:
    """Serve a copy of a prepared demo from this process until the block is left."""
    shutil.copytree(prepared, folder)
    clock = TestClock(NOW)
    app = quick(create_app(config_for(folder), clock=clock))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="served-demo")
    thread.start()
    stage = Stage(f"http://127.0.0.1:{server.server_port}", app, clock, browser)
    try:
        yield stage
    finally:
        stage.close()
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()
