"""What keeps an instance from following to another version: one class for each reason, its docstring the rule.

    Blocker
    ├── Ended               it does not run any more
    ├── IncidentOpen        a step of it has failed
    ├── MappingWrong        the mapping names what does not exist, or something of another kind
    ├── ElementGone         what it stands at is not there
    │   ├── InsideGone      … within a sub-process or a called process
    │   └── UndoingGone     … or nothing there undoes what it has done and may have to undo
    ├── KindChanged         what it stands at is something else there
    ├── RepeatingChanged    … is repeated otherwise
    ├── BordersChanged      … has other boundary events
    ├── EventChanged        … waits for something else
    ├── CallChanged         … calls another process
    ├── ArrivalChanged      a way by which it came to a join does not lead there
    ├── CannotStand         nothing that begins there could ever stand where this one stands
    ├── SignatureDropped    a task that is to be signed would not be signed
    └── SignedRecordChanged some have signed, and the others would sign something else
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Blocker:
    """Something keeps this instance where it is."""

    element: str = ""
    """The id of the element as the instance's present version draws it; empty where it is about the whole."""
    name: str = ""
    """What people call the element."""

    @property
    def rule(self) -> str:
        """The name of the reason, for programs and reports."""
        return type(self).__name__

    @property
    def sentence(self) -> str:
        """What is in the way, and what to do about it."""
        return (self.__doc__ or "").strip()

    @property
    def label(self) -> str:
        """The element as a sentence names it."""
        return f"“{self.name or self.element}”"


class Ended(Blocker):
    """The instance has ended. What has ended stays on the version on which it ended."""


class IncidentOpen(Blocker):
    """A step of it could not be carried out."""

    @property
    def sentence(self) -> str:
        return f"{self.label} could not be carried out. Mend that and retry it first."


@dataclass(frozen=True)
class MappingWrong(Blocker):
    """The mapping does not fit."""

    to: str = ""
    why: str = "does not exist in the new version"

    @property
    def sentence(self) -> str:
        return f"{self.label} cannot become “{self.to}”: that {self.why}."


class ElementGone(Blocker):
    """The instance stands at an element that the new version does not have."""

    @property
    def sentence(self) -> str:
        return (
            f"It stands at {self.label}, which the new version does not have. Say which element takes its place,"
            " or let the instance finish it first."
        )


@dataclass(frozen=True)
class InsideGone(ElementGone):
    """The instance stands inside a part at an element that the part does not have in the new version."""

    inside: str = ""

    @property
    def sentence(self) -> str:
        return (
            f"It stands at {self.label} inside “{self.inside}”, and the new version does not have that there."
            " Say which element takes its place, or let the instance finish it first."
        )


class UndoingGone(ElementGone):
    """What the instance has done can be undone now, and could not be undone in the new version."""

    @property
    def sentence(self) -> str:
        return (
            f"It has done {self.label}, which may have to be undone, and in the new version nothing undoes it there."
            " Let the instance pass the point at which that can happen first."
        )


@dataclass(frozen=True)
class KindChanged(Blocker):
    """The element is of another kind in the new version."""

    old: str = ""
    new: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.label} is a {self.old} now and a {self.new} in the new version. Let the instance pass it first."


class RepeatingChanged(Blocker):
    """The element is repeated in another way in the new version."""

    @property
    def sentence(self) -> str:
        return (
            f"{self.label} is under way, and the new version repeats it otherwise: for other people, in another order,"
            " or into another result. Let the instance finish it first."
        )


class BordersChanged(Blocker):
    """The element has other boundary events in the new version."""

    @property
    def sentence(self) -> str:
        return (
            f"{self.label} is under way, and the new version draws other events on its border."
            " They would never be armed, or never disarmed. Let the instance finish it first."
        )


class EventChanged(Blocker):
    """The element waits for something else in the new version."""

    @property
    def sentence(self) -> str:
        return f"{self.label} waits for something else in the new version. Let it come or end it first."


class CallChanged(Blocker):
    """The element calls another process in the new version."""

    @property
    def sentence(self) -> str:
        return f"{self.label} is under way, and the new version calls another process there. Let it finish first."


@dataclass(frozen=True)
class ArrivalChanged(Blocker):
    """A way that leads to a join no longer does."""

    before: str = ""

    @property
    def sentence(self) -> str:
        return (
            f"It has come to {self.label} from “{self.before}”, which does not lead there in the new version."
            " Let the instance pass the join first."
        )


class CannotStand(Blocker):
    """Nothing that begins on the new version can come to where this instance stands."""

    @property
    def sentence(self) -> str:
        return (
            f"It stands at {self.label}. An instance that begins on the new version can never stand so: something would"
            " be waited for that cannot come, or be done twice. Let the instance go on first."
        )


class SignatureDropped(Blocker):
    """A task that waits for a signature would no longer ask for that signature."""

    @property
    def sentence(self) -> str:
        return (
            f"{self.label} waits for a signature, and the new version asks for another one there or for none."
            " Let it be signed or refused as it was asked for."
        )


class SignedRecordChanged(Blocker):
    """Some people have signed, and the others would be asked to sign another record."""

    @property
    def sentence(self) -> str:
        return (
            f"Some have signed at {self.label} already, and the new version asks for signatures on another record."
            " Let this round of signatures come to its end."
        )
