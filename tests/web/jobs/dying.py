"""Workers in processes of their own, whose letters wait for a word on standard input before they go out.

`python -m tests.web.jobs.dying worker` is the command; `python -m tests.web.jobs.dying URL` a bare worker.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from engine import Unit
from tests.factories import SmallProcedure
from web import create_app
from web.__main__ import run
from web.commands import opening
from web.jobs import DbosJobs, Kind
from web.work import wall_clock


def hold(payload: Mapping[str, Any]) -> None:
    """Say which letter was taken, and wait for a word, or to be killed."""
    sys.stdout.write(f"{payload['name']}\n")
    sys.stdout.flush()
    sys.stdin.readline()


def write(unit: Unit, payload: Mapping[str, Any]) -> None:
    """Put a letter on the pile."""
    unit.session.execute(text("INSERT INTO letter VALUES (:name)"), {"name": payload["name"]})


LETTER = Kind("letter", write, outside=hold)


def main(what: str) -> int:
    """Work until told to stop."""
    procedure = SmallProcedure()
    if what == "worker":
        opening.create_app = partial(create_app, procedure=procedure, roles=procedure.roles, kinds=(LETTER,))
        return run(["worker"])

    def unit(session: Session) -> Unit:
        return Unit(session, wall_clock, procedure)

    with DbosJobs(what, wall_clock, unit, [LETTER]).start_worker():
        threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
