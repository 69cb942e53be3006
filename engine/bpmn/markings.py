"""Where the tokens of an instance stand, and whether one that begins anew can ever stand so.

Conditions are left open: whatever a gateway might choose, somebody might choose. The search goes over stable places
only, the most promising first; a place that it does not find within its bounds counts as one that cannot be reached.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import combinations, count
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit, StartEventSplit
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import joins
from engine.bpmn.attached import BoundaryEvent, Listener
from engine.bpmn.events import FirstEventGateway
from engine.bpmn.tree import FAILED, OPEN

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
    from SpiffWorkflow.specs.base import TaskSpec

    from engine.bpmn.tree import LiveTask, SubWorkflow, Workflow

MOST_PLACES = 20_000
"""Places that one search looks at."""
_MORE_TOKENS = 6
_MOST_CHOICES = 6
ARMED = BoundaryEvent | BoundaryEventJoin | Listener
"""What stands and falls with what it is drawn on or around, and holds no token of its own."""
Marking = tuple[str, ...]
"""The names of what holds a token, sorted; a token that has come to a join is called `join<where it came from`."""


def marking(owner: Workflow | SubWorkflow) -> Marking:
    """Where the tokens of a process or of one of its parts stand."""
    found = []
    for task in owner.tasks.values():
        spec = task.task_spec
        if isinstance(spec, ARMED | joins.EndJoin | joins.EndTask) or is_one_of_many(task):
            continue
        if joins.is_token(spec) and len(spec._inputs) > 1:
            if has_arrived(task):
                found.append(f"{spec.name}<{joins.name_of(owner.tasks[task._parent])}")
        elif task._state & OPEN:
            found.append(spec.name)
    return tuple(sorted(found))


def is_one_of_many(task: LiveTask) -> bool:
    """Whether it is one of the instances of a whole that is repeated."""
    above = task.workflow.tasks.get(task._parent)
    return above is not None and getattr(above.task_spec, "task_spec", None) == task.task_spec.name


def has_arrived(task: LiveTask) -> bool:
    """Whether a token at a join has come and is not consumed."""
    above = task.workflow.tasks.get(task._parent)
    waits = task._state & (TaskState.WAITING | TaskState.CANCELLED) and FAILED not in task.internal_data
    return above is not None and bool(waits) and above._state == TaskState.COMPLETED


def can_stand(spec: BpmnProcessSpec, wanted: Iterable[str]) -> bool:
    """Whether tokens can come to stand at exactly these places of a process."""
    return _found(spec, tuple(sorted(wanted)))


@lru_cache(maxsize=512)
def _found(spec: BpmnProcessSpec, wanted: Marking) -> bool:
    """The search, once for all the instances that stand alike. A prepared definition never changes."""
    return _Search(spec, wanted).succeeds()


class _Search:
    """One search for a marking from the start of a process."""

    def __init__(self, spec: BpmnProcessSpec, wanted: Iterable[str]) -> None:
        self._specs: Mapping[str, TaskSpec] = spec.task_specs
        self._start = spec.start.name
        reached = self._reached()
        # What is begun by an event from outside has no way from the start, and stands wherever it is.
        self._wanted = Counter(place for place in wanted if place.partition("<")[0] in reached)
        self._most = sum(self._wanted.values()) + _MORE_TOKENS

    def succeeds(self) -> bool:
        """Look for the marking."""
        first = self._settled((self._start,))
        seen, order = {first}, count()
        queue = [(self._missing(first), next(order), first)]
        while queue and len(seen) < MOST_PLACES:
            missing, _, place = heapq.heappop(queue)
            if not missing and Counter(place) == self._wanted:
                return True
            for following in self._following(place):
                after = self._settled(following)
                if after not in seen and self._bounded(after):
                    seen.add(after)
                    heapq.heappush(queue, (self._missing(after), next(order), after))
        return False

    def _missing(self, place: Marking) -> int:
        stands = Counter(place)
        return (self._wanted - stands).total() + (stands - self._wanted).total()

    def _bounded(self, place: Marking) -> bool:
        return len(place) <= self._most and all(
            number <= max(1, self._wanted[name]) for name, number in Counter(place).items()
        )

    def _reached(self) -> set[str]:
        found, waiting = {self._start}, [self._start]
        while waiting:
            spec = self._specs[waiting.pop()]
            for name in (*spec._outputs, *filter(None, [getattr(spec, "occurrence", None)])):
                if name not in found:
                    found.add(name)
                    waiting.append(name)
        return found

    def _settled(self, place: Marking) -> Marking:
        """Move on what goes on by itself and in one way only, unless it is to stand there."""
        tokens, waiting = [], list(place)
        while waiting:
            name = waiting.pop()
            spec = self._specs[name.partition("<")[0]]
            if isinstance(spec, joins.EndJoin | joins.EndTask):
                continue
            if "<" in name or name in self._wanted or self._chooses(spec):
                tokens.append(name)
            else:
                waiting.extend(self._out(spec))
        return tuple(sorted(tokens))

    def _chooses(self, spec: TaskSpec) -> bool:
        deciding = (joins.ExclusiveGateway, joins.InclusiveGateway, FirstEventGateway, StartEventSplit)
        return isinstance(spec, deciding) or f"{spec.name}.BoundaryEventSplit" in self._specs

    def _out(self, spec: TaskSpec) -> Iterator[str]:
        """Where a token goes that leaves by all ways."""
        if isinstance(spec, BoundaryEventSplit):
            yield spec.name.removesuffix(".BoundaryEventSplit")
            return
        for name in spec._outputs:
            if not isinstance(self._specs[name], ARMED):
                yield self._into(name, getattr(spec, "stands_for", spec.name))

    def _into(self, name: str, source: str) -> str:
        spec = self._specs[name]
        joined = joins.is_token(spec) and not isinstance(spec, joins.EndJoin) and len(spec._inputs) > 1
        return f"{name}<{source}" if joined else name

    def _following(self, place: Marking) -> Iterator[Marking]:
        for name in sorted(set(place)):
            rest = list(place)
            rest.remove(name)
            if "<" in name:
                yield from self._joined(name.partition("<")[0], place)
                continue
            spec = self._specs[name]
            for leaving in self._ways(spec):
                yield (*rest, *leaving)
            for border in self._borders(name):
                yield (*rest, *self._out(border)) if border.interrupts else (*place, *self._out(self._branch(border)))
        for spec in self._specs.values():
            if isinstance(spec, Listener):
                yield tuple(self._out(spec)) if spec.interrupts else (*place, *self._out(self._branch(spec)))

    def _ways(self, spec: TaskSpec) -> Iterator[tuple[str, ...]]:
        out = tuple(self._out(spec))
        if isinstance(spec, joins.ExclusiveGateway | FirstEventGateway | StartEventSplit):
            yield from ((one,) for one in out)
        elif isinstance(spec, joins.InclusiveGateway):
            for number in range(1, min(len(out), _MOST_CHOICES) + 1):
                yield from combinations(out, number)
        else:
            yield out

    def _borders(self, name: str) -> Iterator[BoundaryEvent]:
        split = self._specs.get(f"{name}.BoundaryEventSplit")
        for border in split._outputs if split is not None else ():
            if isinstance(self._specs[border], BoundaryEvent):
                yield self._specs[border]

    def _branch(self, event: BoundaryEvent | Listener) -> TaskSpec:
        """What stands for one occurrence of an event that interrupts nothing."""
        return self._specs[event.occurrence]

    def _joined(self, join: str, place: Marking) -> Iterator[Marking]:
        """What follows when a join fires, if it does."""
        spec = self._specs[join]
        arrived = {name.partition("<")[2] for name in place if name.startswith(f"{join}<")}
        rest = list(place)
        for one in arrived:
            rest.remove(f"{join}<{one}")
        if isinstance(spec, joins.InclusiveGateway):
            fires = not any(self._may_come(spec, name, arrived) for name in rest)
        else:
            fires = arrived.issuperset(spec._inputs)
        if fires:
            for leaving in self._ways(spec):
                yield (*rest, *leaving)

    @staticmethod
    def _may_come(spec: joins.InclusiveGateway, name: str, arrived: set[str]) -> bool:
        reached = spec.reach.get(name.partition("<")[0], frozenset())
        return bool(reached - arrived) and not reached & arrived
