"""What holds tokens in a token game: scopes at work, and the activities in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tests.engine.bpmn.drawn import Level, Place


@dataclass(eq=False)
class Scope:
    """A process or sub-process at work: tokens on flows, and activities that hold one."""

    level: Level
    host: Activity | None
    tokens: list[str] = field(default_factory=list)
    at_work: list[Activity] = field(default_factory=list)
    listening: list[Activity] = field(default_factory=list)
    """The starts of its event sub-processes, each waiting for its event."""

    def every(self) -> Iterator[Activity]:
        """All in it that holds a token or waits for an event."""
        yield from self.listening
        for one in self.at_work:
            yield from one.every()


@dataclass(eq=False)
class Activity:
    """A node that holds a token. One that is repeated has an activity for each round as its parts."""

    place: Place
    scope: Scope
    key: str | None = None
    whole: Activity | None = None
    inside: Scope | None = None
    parts: list[Activity] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    rounds: int = 0
    dues: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    """When its timers are due, and how often still: its own, those of its branches, and those on its border."""

    def every(self) -> Iterator[Activity]:
        """Itself and all in it."""
        yield self
        for part in self.parts:
            yield from part.every()
        if self.inside is not None:
            yield from self.inside.every()
