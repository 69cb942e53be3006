"""The job that lets one instance follow to another version; what came of it stands in the migration's report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import engine
from engine import Unit
from web.jobs.kinds import Kind

if TYPE_CHECKING:
    from web.jobs.queue import DbosJobs

FOLLOW = "follow"


def _follow(unit: Unit, payload: Mapping[str, Any]) -> str:
    return engine.follow(unit, payload["migration"], payload["instance"]).outcome


def _give_up(unit: Unit, payload: Mapping[str, Any], cause: str) -> None:
    engine.give_up(unit, payload["migration"], payload["instance"], cause)


FOLLOWING = Kind(FOLLOW, _follow, tries=4, gave_up=_give_up)
"""One instance in one transaction. Done again, it does nothing."""


def have_followed(jobs: DbosJobs, unit: Unit, migration: str, instances: Iterable[str]) -> None:
    """Have these instances dealt with, one by one, if the unit of work is committed."""
    for one in instances:
        jobs.enqueue(unit.session, FOLLOW, {"migration": migration, "instance": one})
