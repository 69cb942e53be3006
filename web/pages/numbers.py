"""The numbers of a project as tiles: a value, the n behind it, and where one sees what it was counted from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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


def of(unit: Unit, project: Any, now: datetime) -> list[Number]:
    """The figures of a project today; none before it has a plan."""
    return []
