"""The app as a WSGI server such as gunicorn starts it."""

from __future__ import annotations

import gc
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.databases import Kept
from web.database import db
from web.errors import DataUnusable
from web.lasting import keep_for_good
from web.secret import hold_data
from web.wsgi import begin


def test_it_serves_and_ticks_until_the_process_ends(kept: Kept) -> None:
    running = ExitStack()
    with running:
        app = begin({"MILEPOST_DATA": str(kept.folder), "MILEPOST_DATABASE": kept.database}, running)
        assert app.test_client().get("/healthz").status_code == 200
        with pytest.raises(DataUnusable), hold_data(app.extensions["milepost"].config, alone=True):
            raise AssertionError
    with hold_data(app.extensions["milepost"].config, alone=True), app.app_context():
        db.engine.dispose()


def test_what_a_server_begins_with_is_passed_over_by_the_collector() -> None:
    try:
        keep_for_good()
        assert gc.get_freeze_count() > 10_000
        assert len(gc.get_objects()) < 1_000
    finally:
        gc.unfreeze()


def test_before_an_upgrade_it_says_what_to_run(tmp_path: Path) -> None:
    with ExitStack() as running, pytest.raises(DataUnusable, match="milepost upgrade"):
        begin({"MILEPOST_DATA": str(tmp_path / "new")}, running)
