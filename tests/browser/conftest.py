"""Browsers for tests: a served demo for each file, and windows that fail a test when a page complains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.stage import NOW, Stage, chromium, served
from tests.databases import Databases
from tests.factories import elapse
from tests.stories.stages import Stages

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium where there is one."""
    return {**browser_type_launch_args, **chromium()}


@pytest.fixture(scope="session")
def prepared_demo(sqlite: Databases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a demo in which all has happened that is due; copied, never served itself."""
    stages = Stages(sqlite, tmp_path_factory)

    def go_on() -> Path:
        folder = tmp_path_factory.mktemp("prepared") / "demo"
        with stages.kept_in(folder, stages.demo(), NOW) as office:
            elapse(office.app)
        return folder

    return sqlite.shared("demo gone on", go_on)


@pytest.fixture(scope="module")
def served_demo(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Stage]:
    """A demo of this file's own, served."""
    with served(prepared_demo, tmp_path_factory.mktemp("served") / "demo", browser) as stage:
        yield stage


@pytest.fixture
def stage(served_demo: Stage) -> Iterator[Stage]:
    """The served demo. Its windows are closed after the test, which fails if a page had anything to complain of."""
    yield served_demo
    served_demo.close()
    served_demo.clock.now = NOW
    errors, served_demo.errors = served_demo.errors, []
    assert errors == []


@pytest.fixture
def visit(stage: Stage) -> Visit:
    """A new window: `visit("ines", phone=True)`."""
    return stage.visit
