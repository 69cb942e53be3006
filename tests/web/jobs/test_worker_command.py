"""`./milepost worker`: it ends when the jobs at hand are done, and at once when asked twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.databases import on_sqlite
from tests.web.jobs.test_taking_over import ROOT, write_letters
from web.jobs import DbosJobs

Worker = subprocess.Popen[str]


@pytest.fixture
def busy(app: Flask, jobs: DbosJobs, data: Path) -> Iterator[Worker]:
    """The command in a process of its own, with one job at hand that waits for a word."""
    write_letters(app, jobs, "hello")
    env = {**os.environ, "MILEPOST_DATA": str(data)}
    command = [sys.executable, "-m", "tests.web.jobs.dying", "worker"]
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        said(process, "works jobs off")
        said(process, "hello")
        yield process
        process.kill()


def said(process: Worker, words: str) -> None:
    """Wait until a process has said something."""
    while words not in (line := process.stdout.readline()):
        assert line, f"it never said {words!r}"


def test_the_first_signal_lets_the_job_at_hand_be_done(busy: Worker, pile: Callable[[], list[str]]) -> None:
    busy.send_signal(signal.SIGTERM)
    said(busy, "Stopping")
    assert pile() == []
    busy.stdin.write("go on\n")
    busy.stdin.flush()
    said(busy, "Stopped")
    assert busy.wait(20) == 0
    assert pile() == ["hello"]


@on_sqlite
def test_the_second_signal_ends_it_at_once(busy: Worker, pile: Callable[[], list[str]]) -> None:
    busy.send_signal(signal.SIGTERM)
    said(busy, "Stopping")
    busy.send_signal(signal.SIGTERM)
    assert busy.wait(20) == 1
    assert pile() == []
