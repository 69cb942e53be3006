"""What keeps an instance from going on under another version of its process, found at its live elements alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit

from engine import blockers
from engine.blockers import Blocker
from engine.bpmn import joins
from engine.bpmn.attached import BoundaryEvent, Listener
from engine.bpmn.elements import origin
from engine.bpmn.events import FirstEventGateway, Message
from engine.bpmn.loops import StandardLoop
from engine.bpmn.markings import ARMED, can_stand, has_arrived, is_one_of_many, marking
from engine.bpmn.outlook import element
from engine.bpmn.rebinding import Renaming, around, opened
from engine.bpmn.tree import OPEN

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
    from SpiffWorkflow.specs.base import TaskSpec

    from engine.bpmn.model import Environment, Prepared
    from engine.bpmn.tree import LiveTask, SubWorkflow, Workflow

_KINDS = {
    "userTask": "task for people", "serviceTask": "step", "scriptTask": "script", "businessRuleTask": "decision",
    "subProcess": "sub-process", "callActivity": "call of another process", "receiveTask": "message to wait for",
    "sendTask": "message to send", "intermediateCatchEvent": "event to wait for", "boundaryEvent": "boundary event",
}  # fmt: skip


def hindrances(
    source: Prepared, target: Prepared, environment: Environment, state: bytes, mapping: Mapping[str, str]
) -> tuple[Blocker, ...]:
    """All that keeps the instance of this state from following to the target; none means that `rebound` works."""
    found = list(_mapped(source, target, mapping))
    if found:
        return tuple(found)
    top = opened(source, environment, state)
    if top.completed:
        return (blockers.Ended(),)
    rename = Renaming(mapping)
    places: dict[str, BpmnProcessSpec | None] = {}
    owners = sorted(top.workflows(), key=lambda one: 0 if one is top else one.depth)
    for owner in owners:
        spec = target.spec if owner is top else places.get(owner.parent_task_id)
        if spec is None:
            continue  # the task around this part is hindered itself
        one = _Comparison(owner, spec, rename, around(top, owner))
        found += one.hindrances()
        for task in owner.tasks.values():
            new = spec.task_specs.get(rename(task.task_spec.name))
            called = getattr(task.task_spec, "spec", None)
            if called is not None and getattr(new, "spec", "") in (called, rename(called)):
                places[task.id] = target.parts.get(new.spec)
    return tuple(dict.fromkeys(found))


def kind_of(kind: str) -> str:
    """What people call a kind of element."""
    return _KINDS.get(kind, "gateway" if kind.endswith("Gateway") else kind)


def _mapped(source: Prepared, target: Prepared, mapping: Mapping[str, str]) -> Iterator[Blocker]:
    for old, new in sorted(mapping.items()):
        before, after = element(source, old), element(target, new)
        if before is None:
            yield blockers.MappingWrong(old, old, new, "cannot be, as its own version has no such element")
        elif after is None:
            yield blockers.MappingWrong(old, before.name, new)
        elif before.kind != after.kind:
            why = f"is a {kind_of(after.kind)}, not a {kind_of(before.kind)}"
            yield blockers.MappingWrong(old, before.name, new, why)
        elif list(mapping.values()).count(new) > 1:
            yield blockers.MappingWrong(old, before.name, new, "takes the place of another one already")


class _Comparison:
    """One process or part of an instance beside its drawing in the target."""

    def __init__(self, owner: Workflow | SubWorkflow, spec: BpmnProcessSpec, rename: Renaming, inside: str) -> None:
        self._owner = owner
        self._old = owner.spec
        self._new = spec
        self._rename = rename
        self._inside = inside

    def hindrances(self) -> list[Blocker]:
        """What is wrong at each live element, else whether it can stand so at all."""
        found = [one for task in self._owner.tasks.values() if self._matters(task) for one in self._of(task)]
        if self._listening(self._old, self._rename) != self._listening(self._new):
            around_it = self._inside or self._old.description or self._old.name
            found.append(blockers.BordersChanged(self._old.name, around_it))
        found += self._undoing(self._owner.remembered)
        return found or list(self._standing())

    def _undoing(self, kept: list[Any]) -> Iterator[Blocker]:
        """What was done and can be undone must find what undoes it, of the same kind."""
        for undone_by, done, _items, _within in kept:
            old, new = self._old.task_specs.get(undone_by), self._new.task_specs.get(self._rename(undone_by))
            if new is None or type(new) is not type(old):
                first = self._old.task_specs.get(done[-1])
                yield blockers.UndoingGone(*(self._about(first) if first is not None else (done[-1], done[-1])))

    @staticmethod
    def _matters(task: LiveTask) -> bool:
        spec = task.task_spec
        if isinstance(spec, ARMED | joins.EndJoin | joins.EndTask):
            return False
        return bool(task._state & OPEN) or (joins.is_token(spec) and has_arrived(task))

    def _of(self, task: LiveTask) -> Iterator[Blocker]:
        old = task.task_spec
        new, about = self._new.task_specs.get(self._rename(old.name)), self._about(old)
        if new is None:
            if is_one_of_many(task):
                yield blockers.RepeatingChanged(*about)
            elif self._inside:
                yield blockers.InsideGone(*about, self._inside)
            else:
                yield blockers.ElementGone(*about)
        elif type(new) is not type(old):
            yield self._other_kind(old, new)
        else:
            yield from self._otherwise(task, old, new)

    def _about(self, spec: TaskSpec) -> tuple[str, str]:
        name = getattr(spec, "bpmn_id", None) or spec.name
        label = spec.element.name if spec.element is not None else ""
        return origin(name), label or getattr(spec, "bpmn_name", None) or origin(name)

    def _other_kind(self, old: TaskSpec, new: TaskSpec) -> Blocker:
        before, after = (spec.element.kind if spec.element is not None else "" for spec in (old, new))
        if before == after:
            return blockers.RepeatingChanged(*self._about(old))
        return blockers.KindChanged(*self._about(old), kind_of(before), kind_of(after))

    def _otherwise(self, task: LiveTask, old: TaskSpec, new: TaskSpec) -> Iterator[Blocker]:
        about = self._about(old)
        if _repeating(old) != _repeating(new):
            yield blockers.RepeatingChanged(*about)
        if self._borders(old, self._old, self._rename) != self._borders(new, self._new):
            yield blockers.BordersChanged(*about)
        if _event(old, self._rename) != _event(new):
            yield blockers.EventChanged(*about)
        called = getattr(old, "spec", None)
        if called is not None and self._rename(called) != new.spec and called != new.spec:
            yield blockers.CallChanged(*about)
        if joins.is_token(old) and len(old._inputs) > 1 and has_arrived(task):
            before = joins.name_of(self._owner.tasks[task._parent])
            if self._rename(before) not in new._inputs:
                yield blockers.ArrivalChanged(*about, self._about(self._old.task_specs[before])[1])

    @staticmethod
    def _listening(spec: BpmnProcessSpec, rename: Renaming | None = None) -> set[Any]:
        """The events that begin an event sub-process."""
        return {
            (rename(one.name) if rename else one.name, one.interrupts, *_event(one))
            for one in spec.task_specs.values()
            if isinstance(one, Listener)
        }

    @staticmethod
    def _borders(spec: TaskSpec, within: BpmnProcessSpec, rename: Renaming | None = None) -> set[Any]:
        split = within.task_specs.get(f"{spec.name}.BoundaryEventSplit")
        events = (within.task_specs[name] for name in (split._outputs if split is not None else ()))
        return {
            (rename(one.name) if rename else one.name, one.cancel_activity, *_event(one))
            for one in events
            if isinstance(one, BoundaryEvent)
        }

    def _standing(self) -> Iterator[Blocker]:
        """Whether an instance that begins there can come to stand so; what is drawn alike needs no search."""
        places = marking(self._owner)
        wanted = ["<".join(self._rename(part) for part in one.split("<")) for one in places]
        if _shape(self._old, self._rename) == _shape(self._new) or can_stand(self._new, wanted):
            return
        specs = dict.fromkeys(one.partition("<")[0] for one in places)
        labels = [self._about(self._old.task_specs[name]) for name in specs]
        first, *others = labels
        yield blockers.CannotStand(first[0], "” and “".join([first[1], *(label for _, label in others)]))


def _repeating(spec: TaskSpec) -> tuple[Any, ...]:
    """How an element is repeated, as far as what is under way depends on it."""
    named = (getattr(spec, one, None) for one in ("data_input", "data_output", "input_item", "output_item"))
    before = getattr(spec, "test_before", None) if isinstance(spec, StandardLoop) else None
    single = spec._wf_spec.task_specs.get(getattr(spec, "task_spec", None))
    return (*(None if one is None else one.bpmn_id for one in named), before, type(single).__name__)


def _event(spec: TaskSpec, rename: Renaming | None = None) -> tuple[Any, ...]:
    """What an element waits for: the kind of its event, and the name of a message."""
    if isinstance(spec, FirstEventGateway):
        named = {(rename(name) if rename else name): _defined(event) for name, event in spec.branches.items()}
        return tuple(sorted(named.items()))
    return _defined(getattr(spec, "event_definition", None))


def _defined(event: Any) -> tuple[str, str]:
    return type(event).__name__, str(event.name) if isinstance(event, Message) else ""


def _shape(spec: BpmnProcessSpec, rename: Renaming | None = None) -> dict[str, Any]:
    """The drawing without what is written into it."""

    def named(name: str) -> str:
        return rename(name) if rename else name

    return {
        named(name): (type(one).__name__, sorted(named(out) for out in one._outputs))
        for name, one in spec.task_specs.items()
        if not isinstance(one, BoundaryEventSplit) or one._outputs
    }
