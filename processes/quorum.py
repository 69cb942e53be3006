"""Quorum: who is entitled to decide in a review, how many of them it takes, and whether enough are there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engine import Unit
from processes.people import holders
from processes.projects import Project
from processes.vocabulary import STAKEHOLDER


@dataclass(frozen=True)
class Quorum:
    """Those entitled, those of them who attend or have answered, and how many are needed."""

    entitled: tuple[str, ...]
    present: tuple[str, ...]
    needed: int

    @property
    def met(self) -> bool:
        """Whether enough are there. Where nobody is entitled, nobody can decide."""
        return len(self.present) >= self.needed

    def words(self) -> str:
        """The count, as minutes and forms say it."""
        return f"{len(self.present)} of {len(self.entitled)} entitled to decide; {self.needed} needed"


def quorum_of(unit: Unit, about: Project, attending: Collection[str]) -> Quorum:
    """The quorum of a project at present, with these people attending or answering.

    Entitled are the active stakeholders in person; the project's setting asks for half of them, rounded up, or for a
    number, and never for fewer than one. Whoever stands in for somebody is noted in the minutes and does not count.
    """
    entitled = holders(unit, about.id, STAKEHOLDER)
    wanted = (len(entitled) + 1) // 2 if about.settings.quorum == "half" else int(about.settings.quorum)
    return Quorum(entitled, tuple(one for one in entitled if one in attending), max(1, wanted))


def rule_words(about: Project) -> str:
    """The project's setting, as minutes say it."""
    rule = about.settings.quorum
    return "half of the stakeholders, rounded up" if rule == "half" else f"{rule} of the stakeholders"
