"""The app under gunicorn with two processes, which share nothing across the fork: on SQLite each works jobs off."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.databases import Kept
from tests.web.jobs.waiting import until

Started = tuple[subprocess.Popen[str], str]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def gunicorn(kept: Kept) -> Iterator[Callable[[], Started]]:
    """Start a server with two processes; gives it and its address."""
    started: list[subprocess.Popen[str]] = []

    def go() -> Started:
        command = [sys.executable, "-m", "gunicorn", "--workers", "2", "--threads", "2", "--bind", "127.0.0.1:0"]
        server = subprocess.Popen(
            [*command, "web.wsgi:application()"],
            cwd=ROOT, env={**os.environ, "MILEPOST_DATA": str(kept.folder)},
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(server)
        for line in server.stderr or ():
            if found := re.search(r"Listening at: (http://[\d.:]+)", line):
                return server, found[1]
        raise AssertionError("gunicorn did not start")

    yield go
    for server in started:
        server.kill()
        server.communicate()


def ready(address: str) -> dict[str, Any]:
    """What the server says of itself."""
    try:
        with urlopen(f"{address}/readyz", timeout=20) as answer:  # noqa: S310  our own server
            return json.load(answer)
    except HTTPError as error:
        return json.load(error)
    except TimeoutError:  # its processes are still beginning
        return {}


def test_two_processes_serve_and_end_cleanly(gunicorn: Callable[[], Started], kept: Kept) -> None:
    server, address = gunicorn()
    workers = 2 if kept.database.startswith("sqlite") else 0
    until(lambda: ready(address).get("workers") == workers, 120)
    answers = [ready(address) for _ in range(10)]
    assert {one["status"] for one in answers} == {"ready"}
    server.send_signal(signal.SIGTERM)
    _out, said = server.communicate(timeout=60)
    assert server.returncode == 0
    assert "Traceback" not in said
