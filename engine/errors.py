"""What the engine refuses, and why.

The docstring of each error is its message unless a more exact one is given.

    EngineError
    ├── Refused                     the request cannot be carried out as asked
    │   ├── DiagramRefused          a bundle has findings that keep it from running
    │   ├── AnswersRefused          (of `forms`) answers that the form does not accept
    │   ├── SignatureRefused        a signature is missing or does not fit
    │   │   └── SignatureVoid       a signature on something that has changed since
    │   ├── AbsenceRefused          an absence cannot be recorded as given; carries every error by field
    │   ├── NotAllowed              the actor may not do this
    │   └── NobodyWaits             a message that no instance waits for
    ├── NotFound                    an id that names nothing
    ├── Conflict                    somebody or something was faster
    │   ├── TaskClosed              the task is finished or cancelled
    │   ├── TaskClaimed             somebody else has claimed the task
    │   ├── TaskNotReady            the engine's state does not offer this task
    │   ├── Stale                   the page is older than what it is about
    │   └── AlreadyStarted          an instance with this business key exists
    ├── OutOfReach                  a unit of work that keeps to one subject came upon another
    └── StepFailed                  a step of the process could not be carried out
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.values import Finding


class EngineError(Exception):
    """The engine could not do what was asked."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class Refused(EngineError):
    """This cannot be done as asked."""


class DiagramRefused(Refused):
    """The diagrams have findings that must be mended before they can be deployed."""

    def __init__(self, findings: Sequence[Finding], message: str | None = None) -> None:
        super().__init__(message)
        self.findings = tuple(findings)

    def __str__(self) -> str:
        """The sentence, and below it one line for each finding that refuses."""
        lines = [f"{one.file} {one.element or ''}: {one.sentence}" for one in self.findings if one.refuses]
        return "\n".join([super().__str__(), *lines])


class SignatureRefused(Refused):
    """This step needs a signature by the person who performs it, with its meaning, on what was shown."""


class SignatureVoid(SignatureRefused):
    """What you were shown has changed since. Read it again before you sign."""


class AbsenceRefused(Refused):
    """This absence cannot be recorded like this."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


class NotAllowed(Refused):
    """You do not hold the role that this needs."""


class NobodyWaits(Refused):
    """No running instance waits for this message now."""


class NotFound(EngineError):
    """There is nothing under this address."""


class Conflict(EngineError):
    """Somebody else was faster."""

    def __init__(self, message: str | None = None, *, who: str | None = None, when: datetime | None = None) -> None:
        super().__init__(message)
        self.who = who
        self.when = when


class TaskClosed(Conflict):
    """This task is already finished."""


class TaskClaimed(Conflict):
    """Somebody else has claimed this task."""


class TaskNotReady(Conflict):
    """The process does not wait for this task at present."""


class Stale(Conflict):
    """What you saw has changed since. Look at it again."""


class AlreadyStarted(Conflict):
    """An instance for this subject and period exists already."""


class OutOfReach(EngineError):
    """This concerns more than one project, and has to be done in turn with everything else."""


class StepFailed(EngineError):
    """A step of the process could not be carried out."""
