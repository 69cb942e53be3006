"""The values that the engine takes and gives: frozen, free of storage and of HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MEANINGS = ("authored", "reviewed", "approved", "rejected", "acknowledged")
"""What a signature can mean (21 CFR 11.50(a)(3))."""

SYSTEM = "system"
"""The actor id of everything the program does by itself."""

Clock = Callable[[], datetime]
"""Gives the present instant, aware, in UTC."""


@dataclass(frozen=True)
class Finding:
    """What is wrong with a diagram, paintable on it."""

    element: str | None
    rule: str
    severity: str
    sentence: str
    file: str = ""

    @property
    def refuses(self) -> bool:
        """Whether this finding keeps the bundle from being deployed."""
        return self.severity == "error"


@dataclass(frozen=True)
class StandIn:
    """Whom somebody stands in for, and by which absence: with the roles that the absent person holds at present."""

    absence: str
    person: str
    name: str
    roles: Mapping[str, frozenset[str]]
    """Only as far as the absence goes."""
    role: str = ""
    """The one role that the absence is about; "" for all of them."""
    barred: Mapping[str, str] = field(default_factory=dict)
    """Open tasks that are not the absent person's to do although their role is, by id, and why."""


@dataclass(frozen=True)
class Actor:
    """Somebody who acts: a person's id, the name as printed in records, and the roles held in each subject.

    `roles` maps a subject (a project's id, or "" for the organisation) to role names. `stands_in` are those whose
    tasks the actor may do while they are absent; whoever stands in for somebody holds no role by that. `barred` are
    open tasks by id that decide on the actor's own matter, and so are nobody's to be asked of the actor, and why.
    """

    person: str
    name: str
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stands_in: tuple[StandIn, ...] = ()
    barred: Mapping[str, str] = field(default_factory=dict)

    def holds(self, role: str, subject: str) -> bool:
        """Whether the actor holds the role in this very subject."""
        return role in self.roles.get(subject, frozenset())

    @property
    def is_system(self) -> bool:
        """Whether it is the program itself that acts."""
        return self.person == SYSTEM


THE_SYSTEM = Actor(SYSTEM, "Milepost")


@dataclass(frozen=True)
class Signature:
    """A person's signature as presented: who, with which meaning, on the hash of exactly what was shown.

    `method` says how web verified the person ("password"). The engine verifies everything else. `absence` is the one
    by which the person signs for somebody else, as it was shown; "" for a signature in the person's own name.
    """

    person: str
    meaning: str
    shown: str
    method: str = "password"
    absence: str = ""


@dataclass(frozen=True)
class Draft:
    """A record about to be sealed: its type, what it is about, and its typed content (JSON values only)."""

    type: str
    subject: str
    title: str
    content: Mapping[str, Any]
    key: str = ""
    """Which document of this type it is: a change's id, a period. Revisions count per type, subject and key."""
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """What a signer sees: the document and its SHA-256 in hex, which the signature names."""

    sha256: str
    document: Mapping[str, Any]
    record: str | None = None
    """The id of the sealed record that is signed; None when completing the task seals it."""


@dataclass(frozen=True)
class StepCall:
    """A service task at work: which element calls which step, with evaluated parameters and the task's variables."""

    element: str
    step: str
    parameters: Mapping[str, Any]
    data: Mapping[str, Any]
