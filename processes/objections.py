"""What a document would come back for, or should better say: told to its author before it is signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import Unit
from processes.people import holders
from processes.plan_check import plan_faults, plan_warnings
from processes.vocabulary import PLAN, TEAM


@dataclass(frozen=True)
class Objections:
    """`faults` send a document back as soon as it is signed; with `warnings` it goes on as it is."""

    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def objections(unit: Unit, document: Mapping[str, Any]) -> Objections:
    """What the check of the procedure will say to a document as it would be sealed; only plans are checked (5.1a-d)."""
    if document["type"] != PLAN:
        return Objections()
    rows = document["content"]["data"]["milestones"]
    owners = holders(unit, document["subject"], TEAM)
    return Objections(tuple(plan_faults(rows, owners=owners)), tuple(plan_warnings(rows)))
