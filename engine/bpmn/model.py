"""What this room takes and gives: elements of a diagram, an environment to run in, and what a step has moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.errors import StepFailed
from engine.values import StepCall

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec


@dataclass(frozen=True)
class Element:
    """One node of a diagram. `parent` is the process or sub-process around it, `role` the name of its lane."""

    id: str
    name: str
    kind: str
    role: str | None
    properties: Mapping[str, str]
    documentation: str
    incoming: tuple[str, ...]
    outgoing: tuple[str, ...]
    parent: str


@dataclass(frozen=True)
class Flow:
    """One sequence flow."""

    id: str
    name: str
    source: str
    target: str
    condition: str | None = None


@dataclass(frozen=True)
class StartMessage:
    """A message or signal that starts the process, and the expression that gives the business key of the instance."""

    message: str
    key_expression: str | None
    element: str
    is_signal: bool = False


@dataclass(frozen=True)
class StartTimer:
    """A time at which the process starts by itself. `kind` is timeDate, timeDuration or timeCycle.

    `expression` gives the time, `subject` what the instances are about (one text, or a list of them), and
    `key_expression` the business key, from the names `project` and `due`.
    """

    element: str
    kind: str
    expression: str
    subject: str
    key_expression: str | None


@dataclass(frozen=True)
class Prepared:
    """A process ready to run: shared between threads, never changed."""

    process: str
    name: str
    file: str
    documentation: str
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    starts: tuple[StartMessage, ...]
    calls: tuple[str, ...]
    """Ids of the processes that its call activities call."""
    spec: BpmnProcessSpec = field(repr=False, compare=False)
    parts: Mapping[str, BpmnProcessSpec] = field(repr=False, compare=False)
    clocks: tuple[StartTimer, ...] = ()


def _no_steps(call: StepCall) -> Any:
    raise StepFailed(f"There are no steps here, so {call.step} cannot be called.")


@dataclass(frozen=True)
class Environment:
    """What a run may use of the world.

    `functions` are callable in every expression. `call` performs a step. `guard` is entered around every step, so that
    what a failing step has written can be taken back. `errors` are further error types of steps and functions that make
    the element fail (see Moved.failures) instead of the run. `forgiving` is for walks alone: unknown names are null,
    and a gateway that cannot decide takes its first flow.
    """

    clock: Callable[[], datetime]
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    call: Callable[[StepCall], Any] = _no_steps
    guard: Callable[[], AbstractContextManager[Any]] = nullcontext
    errors: tuple[type[Exception], ...] = ()
    forgiving: bool = False
    witness: Callable[[Finished], None] | None = None
    """Told of each element as it finishes, even in a step that comes to nothing."""


@dataclass(frozen=True)
class OpenTask:
    """A task that waits for a person.

    `key` and `item` are the person's key and value when the task is one of several instances; `assignee` is what the
    property `assignee` gives, else that key; `due` is an ISO 8601 instant.
    """

    id: str
    element: str
    name: str
    role: str | None
    properties: Mapping[str, str]
    key: str | None
    item: Any
    data: Mapping[str, Any]
    assignee: str | None
    due: str | None


@dataclass(frozen=True)
class Timer:
    """A timer that waits for its instant: ISO 8601 in UTC with microseconds."""

    task: str
    element: str
    due: str


@dataclass(frozen=True)
class Wait:
    """An event that waits for a message; `correlation` is what its property of that name gives."""

    task: str
    element: str
    message: str
    correlation: str | None


@dataclass(frozen=True)
class Sent:
    """A message thrown during the step. `keep` says whether it is kept until somebody waits for it.

    A signal is for everyone who waits for it now outside this instance: `everyone`.
    """

    element: str
    message: str
    payload: Mapping[str, Any]
    keep: bool
    everyone: bool = False


@dataclass(frozen=True)
class Finished:
    """An element that was completed or cancelled during the step.

    `flows` are the sequence flows left through. `kind` is that of the element, or "multiInstance" and "standardLoop"
    for the whole whose single instances are listed under the kind of the element.
    """

    task: str
    element: str
    name: str
    kind: str
    state: str
    flows: tuple[str, ...]


@dataclass(frozen=True)
class Failure:
    """An element that could not be carried out and waits for a retry: all there are, not only new ones.

    `stuck` says that nothing failed, but that the element waits for what can never come; `condition` what that is,
    where a variable set from outside would help.
    """

    task: str
    element: str
    cause: str
    stuck: bool = False
    condition: str | None = None


@dataclass(frozen=True)
class Moved:
    """What a run has come to: the state to store, and what happened since it was begun or loaded.

    `data` is the result of a completed process, else the variables of all that is open, merged.
    """

    state: bytes
    completed: bool
    cancelled: bool
    tasks: tuple[OpenTask, ...]
    timers: tuple[Timer, ...]
    waits: tuple[Wait, ...]
    sent: tuple[Sent, ...]
    finished: tuple[Finished, ...]
    failures: tuple[Failure, ...]
    data: Mapping[str, Any]
