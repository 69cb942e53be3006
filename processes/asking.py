"""Asking the process of a project for something: where nothing in it waits for that, the refusal says why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import engine
from engine import Actor, NobodyWaits, Unit
from processes.projects import project

CLOSING = "The closure of this project is under way. Nothing else begins in it until that is finished."
NOT_BEGUN = "This project has not begun: its plan is not approved yet."


def ask(unit: Unit, message: str, project_id: str, payload: Mapping[str, Any], by: Actor) -> list[str]:
    """Send a message about a project; give the instances that heard it. Raises NobodyWaits, with the reason."""
    try:
        return engine.send(unit, message, project_id, payload, by)
    except NobodyWaits as nobody:
        if closing(unit, project_id):
            raise NobodyWaits(CLOSING) from nobody
        if project(unit, project_id).started_at is None:
            raise NobodyWaits(NOT_BEGUN) from nobody
        raise


def closing(unit: Unit, project_id: str) -> bool:
    """Whether the closure of a project is under way."""
    return bool(engine.instances(unit, subjects=[project_id], process="closure", status="running", limit=1))
