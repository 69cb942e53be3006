"""The unit of work: the collaborators that every verb of the engine takes, and the procedure it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session

from engine.errors import OutOfReach
from engine.values import Actor, Clock, Draft, Finding, StandIn, StepCall
from forms import Choice

_REACHED = "milepost.reached"


class Procedure(Protocol):
    """What the room above brings: the steps, records and forms of one organisation's procedure."""

    steps: Mapping[str, Callable[[Work], Any]]
    """Automatic steps by name, called by service tasks, and by user tasks with the property `step`."""
    records: Mapping[str, Callable[[Work], Draft]]
    """Composers by record type: they make the content that a completed task proves. Deterministic in their Work."""
    functions: Mapping[str, Callable[..., Any]]
    """Functions that expressions in diagrams may call; the unit and the instance's subject are given to each first."""
    errors: tuple[type[BaseException], ...]
    """What a step raises when it cannot be carried out: an incident, not a crash."""

    def choices(self, work: Work, wanted: frozenset[str]) -> Mapping[str, Sequence[Choice]]:
        """The lists of these names, that a form chooses from: members, milestones, ... of the subject."""
        ...

    def context(self, work: Work, wanted: frozenset[str]) -> Mapping[str, Any]:
        """The values of these names, that a form looks at: tables, texts and initial values (JSON values)."""
        ...

    def check(self, files: Mapping[str, bytes]) -> Sequence[Finding]:
        """What the procedure itself finds wrong with a bundle, on top of the engine's own rules."""
        ...

    def concerned(self, unit: Unit, instance: str, step: str, signs: str) -> Mapping[str, str]:
        """Who has a part of their own in what a task of an instance decides on, beside whoever sealed it: they do not
        decide on it for others, and it is not handed on to them. Person -> what they did, as the rest of a sentence
        about them. `step` and `signs` as the diagram says them, or ""."""
        ...


@dataclass(frozen=True)
class Unit:
    """One unit of work. Whoever made the session commits it, once; the engine never does."""

    session: Session
    clock: Clock
    procedure: Procedure
    software: str = "0.1.0"
    within: str | None = None
    """The one subject that it may change, and whose state it may decide on; None where that may be any."""

    def reach(self, subject: str) -> None:
        """Say that something about this subject is going to be written, or decided on. Raises OutOfReach."""
        if self.within is not None and subject != self.within:
            self.session.info[_REACHED] = self.session.get_transaction()
            raise OutOfReach

    def stayed(self) -> None:
        """Raise OutOfReach if `reach` has in this transaction, however that was taken on the way: as a failing step."""
        reached = self.session.info.get(_REACHED)
        if reached is not None and reached is self.session.get_transaction():
            raise OutOfReach


@dataclass(frozen=True)
class Work:
    """What a step or a composer knows: the instance and element at work, the variables, and who acts."""

    unit: Unit
    instance: str
    process: str
    definition: str
    subject: str
    call: StepCall
    actor: Actor
    role: str = ""
    task: str | None = None
    key: str | None = None
    """The key of a multi-instance task: the person it is for."""
    answers: Mapping[str, Any] | None = None
    """The validated answers of the user task at work; None for service tasks."""
    behalf: StandIn | None = None
    """For whom the actor does the task; None in the actor's own name."""

    @property
    def whose(self) -> str:
        """The person whose task it is: the one who acts, or who is stood in for."""
        return self.behalf.person if self.behalf else self.actor.person

    @property
    def who(self) -> str:
        """The name of who acts, as it is printed: with the name of whom the actor stands in for."""
        return f"{self.actor.name} for {self.behalf.name}" if self.behalf else self.actor.name


Barred = Callable[[Unit, str, Mapping[str, frozenset[str]]], Mapping[str, str]]
"""Gives the open tasks of a person with these roles that are somebody else's all the same, by id, and why."""


def nothing_barred(_unit: Unit, _person: str, _roles: Mapping[str, frozenset[str]]) -> Mapping[str, str]:
    """No task of anybody's roles is somebody else's."""
    return {}
