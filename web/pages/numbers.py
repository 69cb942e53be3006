"""The numbers of a project as tiles: a value, the n behind it, and where one sees what it was counted from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import url_for

import processes
from engine import Unit


@dataclass(frozen=True)
class Number:
    """One figure: what it says, of how many, and the address of what is behind it."""

    label: str
    value: str
    basis: str
    address: str


def of(unit: Unit, project: str) -> list[Number]:
    """The figures of a project today, against its first baseline; none before it has one."""
    found = processes.metrics(unit, project)
    return [] if found is None else list(_numbers(found, project))


def _numbers(found: Any, project: str) -> Iterator[Number]:
    def behind(figure: str) -> str:
        return url_for("performance.behind", project=project, figure=figure)

    due, slip, earned, rows = found.on_time_due, found.slips, found.earned, behind("milestones")
    if due.of:
        yield Number("On time", f"{due.on_time} of {due.of}", "milestones due so far", rows)
    if slip.n:
        yield Number("Mean slip", f"{slip.mean:+.1f} days", f"n = {slip.n}, at most {slip.largest:+d}", rows)
    if earned.spi_t is not None:
        yield Number("Schedule index SPI(t)", f"{earned.spi_t:.2f}", f"n = {earned.n} milestones; 1 is on plan", rows)
    yield Number("Stale forecasts", str(len(found.stale)), "forecast dates that have passed", behind("stale"))
    scope = f"{len(found.dropped)} dropped, {len(found.added)} added"
    yield Number("Re-forecasts", str(len(found.reforecasts)), scope, behind("reforecasts"))
    if found.updates is not None and found.updates.of:
        yield Number(
            "Updates on time", f"{found.updates.on_time} of {found.updates.of}", "asked for so far", behind("updates")
        )
    if found.longest_review_gap is not None:
        yield Number(
            "Longest review gap", f"{found.longest_review_gap} days", "a month at most is asked", behind("reviews")
        )
