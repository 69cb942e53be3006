"""What is measured of pages over much data: a large project, many projects, and a large plan that comes in."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

import engine
import processes
from engine import THE_SYSTEM, Unit
from processes import exchange
from processes.people import Member
from processes.tables import BaselineRow, ForecastRow, MilestoneRow, UpdateRow
from tests import factories
from tests.benchmarks.measuring import Row, timed
from web import create_app
from web.database import open_engine
from web.migrations import upgrade

MILESTONES, UPDATES, PROJECTS, LINES = 500, 5_000, 200, 5_000
START = date(2026, 1, 5)


class Portfolio:
    """An app over the SOP with many projects, one of which is large; and an administrator at a browser."""

    def __init__(self, folder: Path, projects: int, milestones: int, updates: int) -> None:
        folder.mkdir()
        config = factories.config_for(folder)
        self._engine = open_engine(config.database)
        upgrade(self._engine)
        self._clock = factories.TestClock(datetime(2026, 6, 1, 9, tzinfo=UTC))
        self.app: Flask = create_app(
            config, clock=self._clock, procedure=processes.procedure(), roles=processes.roles
        )
        with self.app.app_context():
            self._people = {
                role: factories.add_account(login, f"{login.title()} Alder", *(["Compliance"] if login == "pm" else []))
                for login, role in (("pm", "Project Manager"), ("tom", "Project Team"), ("sue", "Stakeholder"),
                                    ("spo", "Sponsor"))
            }  # fmt: skip
        with self._work() as unit:
            engine.deploy(unit, processes.bundle(), THE_SYSTEM)
        for number in range(projects):
            with self._work() as unit:
                processes.register(
                    unit, f"p{number}", f"Project {number}", start=date(2026, 7, 1), by=THE_SYSTEM,
                    members={role: [person] for role, person in self._people.items()},
                )  # fmt: skip
        self._fill("p0", milestones, updates)
        self._visitor = factories.visitor(self.app)
        with redirect_stderr(StringIO()):
            self._visitor.sign_in("pm")

    @contextmanager
    def _work(self) -> Iterator[Unit]:
        with Session(self._engine) as session:
            yield Unit(session, self._clock, processes.procedure())
            session.commit()

    def page(self, address: str) -> Callable[[], None]:
        """What opens a page, in this process; its log lines are written, and nobody reads them."""

        def opened() -> None:
            with redirect_stderr(StringIO()):
                answer = self._visitor.get(address)
            assert answer.status_code == 200, answer.status_code

        return opened

    def _fill(self, project: str, milestones: int, updates: int) -> None:
        """Give a project so many milestones with forecasts, and so many weekly updates of them."""
        owner, at = self._people["Project Team"], self._clock()
        rows, baselines, forecasts, told = [], [], [], []
        for number in range(milestones):
            target = START + timedelta(days=number)
            known = {"project": project, "milestone": f"M{number}", "by": owner, "instance": "i", "source": "update"}
            rows.append(
                {"project": project, "id": f"M{number}", "sequence": number, "name": f"Milestone {number}",
                 "deliverable": "A report", "criterion": "All 3 tests pass.", "owner": owner, "type": "internal",
                 "tolerance": 2, "weight": 1.0, "after": f"M{number - 1}" if number else "", "target": target,
                 "baseline": target, "forecast": target + timedelta(days=3), "actual": None, "status": "on-track",
                 "percent": 10, "added_on": None, "dropped_on": None}
            )  # fmt: skip
            baselines.append(
                {"project": project, "number": 0, "milestone": f"M{number}", "date": target, "weight": 1.0,
                 "record": "", "frozen_on": START}
            )  # fmt: skip
            forecasts.append({**known, "recorded_on": START, "date": target, "kind": "expected"})
        for number in range(updates):
            milestone, week = number % milestones, number // milestones
            moved = START + timedelta(days=milestone + week)
            told.append(
                {"project": project, "period": f"2026-W{week + 2:02d}", "attempt": 1, "milestone": f"M{milestone}",
                 "person": owner, "by": owner, "status": "on-track", "percent": 10, "forecast": moved, "actual": None,
                 "late": False, "missed": False, "at": at - timedelta(days=120 - 7 * week), "instance": "i"}
            )  # fmt: skip
            forecasts.append(
                {"project": project, "milestone": f"M{milestone}", "by": owner, "instance": "i", "source": "update",
                 "recorded_on": START + timedelta(days=7 * (week + 1)), "date": moved, "kind": "expected"}
            )  # fmt: skip
        with self._engine.begin() as connection:
            for table, found in ((MilestoneRow, rows), (BaselineRow, baselines), (ForecastRow, forecasts),
                                 (UpdateRow, told)):  # fmt: skip
                connection.execute(insert(table), found)


def pages(folder: Path, runs: int, *, share: float = 1) -> list[Row]:
    """Server time of the pages, as medians; over this share of the data when one only wants to see that it runs."""
    projects, milestones, updates = (max(round(one * share), 1) for one in (PROJECTS, MILESTONES, UPDATES))
    made = Portfolio(folder, projects, milestones, updates)
    return [
        _row(f"dashboard of {MILESTONES} milestones with {UPDATES:,} updates", made.page("/projects/p0"), runs, 150),
        _row(f"performance page of {MILESTONES} milestones with {UPDATES:,} updates",
             made.page("/projects/p0/performance"), runs, 300),
        _row(f"portfolio of {PROJECTS} projects", made.page("/projects"), runs, 300),
    ]


def imported(runs: int, lines: int = LINES) -> Row:
    """A plan of so many milestones as CSV, read, judged and previewed."""
    team = [Member("p-1", "Tom Alder", "Project Team", datetime(2026, 1, 1, tzinfo=UTC))]
    head = "id,name,deliverable,criterion,owner,target,after\n"
    rows = (
        f"M{n},Milestone {n},A report,All {n} tests pass.,Tom Alder,{START + timedelta(days=n)},{f'M{n - 1}' * bool(n)}"
        for n in range(lines)
    )
    content = head + "\n".join(rows)
    return _row(
        f"import of {LINES:,} milestones, with preview",
        lambda: exchange.preview("plan.csv", content.encode(), team, START), max(runs // 10, 3), 3000,
    )  # fmt: skip


def _row(what: str, act: Callable[[], object], runs: int, goal: float) -> Row:
    act()
    return Row(what, statistics.median(timed(act) for _ in range(max(runs // 4, 3))) * 1000, "ms", goal)
