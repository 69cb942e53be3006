"""The ways through the diagrams of a bundle: whether one leads to an element without passing any of some others."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.bpmn.checking import read_all, survey_of
from engine.bpmn.elements import origin
from engine.bpmn.rules import Drawn, Known, Survey
from engine.bpmn.rules.survey import definitions_of
from engine.bpmn.source import local

if TYPE_CHECKING:
    from engine.bpmn.model import Element

_AROUND = ("subProcess", "transaction", "adHocSubProcess")
_RAISED = ("errorEventDefinition", "escalationEventDefinition")
_MOST_PLACES = 20_000
Place = tuple[tuple[str, ...], str, bool]
"""The calls on the way, an element in the process called last, and whether it is done or only begun."""


@dataclass(frozen=True)
class Way:
    """A way to an element: where it begins and ends, and the names of what is passed, in order."""

    file: str
    process: str
    element: str
    path: tuple[str, ...]


def ways_around(
    files: Mapping[str, bytes], to: Collection[tuple[str, str]], past: Collection[tuple[str, str]]
) -> tuple[Way, ...]:
    """For each element of `to` the shortest way to it that passes none of `past`, if there is one.

    Elements are (file, id). A way begins where a process of the bundle begins, goes through sub-processes and called
    processes, and leaves an activity by what is drawn after it or by an event on its border. A parallel gateway is
    passed only if all its flows can be come by on such ways, a part of the process only if all that runs side by side
    in it can end on them. How many people there are for a task, and which condition holds, is not asked.
    """
    documents, _ = read_all(files)
    survey = survey_of(documents, Known(None, None, ()))
    known = {drawn.chart.process: drawn for drawn in survey.all_drawn}
    found: dict[tuple[str, str], Way] = {}
    for name, drawn in known.items():
        if name not in survey.called or drawn.chart.starts:
            for way in _Search(survey, known, frozenset(past)).ways(drawn, frozenset(to)):
                found.setdefault((way.file, way.element), way)
    return tuple(found.values())


class _Search:
    """A search in breadth from the beginning of one process."""

    def __init__(self, survey: Survey, known: Mapping[str, Drawn], past: Collection[tuple[str, str]]) -> None:
        self._survey = survey
        self._known = known
        self._past = past
        self._from: dict[Place, Place | None] = {}
        self._lacking: dict[Place, int] = {}

    def ways(self, drawn: Drawn, to: Collection[tuple[str, str]]) -> Iterator[Way]:
        """The ways to what can be come to."""
        waiting: deque[Place] = deque()
        for place in self._begun((drawn.chart.process,), drawn, drawn.chart.process):
            self._reach(place, None, waiting)
        while waiting and len(self._from) < _MOST_PLACES:
            place = waiting.popleft()
            for following in self._following(place):
                self._reach(following, place, waiting)
        for place in self._from:
            here = self._known[place[0][-1]]
            if not place[2] and (here.file, origin(place[1])) in to:
                yield Way(here.file, drawn.chart.process, origin(place[1]), self._path(place))

    def _reach(self, place: Place, before: Place | None, waiting: deque[Place]) -> None:
        drawn, (_, name, done) = self._known[place[0][-1]], place
        element = drawn.elements.get(name)
        if element is None:
            return
        if element.kind == "parallelGateway" and not done:
            self._lacking[place] = self._lacking.get(place, len(element.incoming)) - 1
            if self._lacking[place] > 0:
                return
        if place not in self._from:
            self._from[place] = before
            waiting.append(place)

    def _following(self, place: Place) -> Iterator[Place]:
        calls, name, done = place
        drawn = self._known[calls[-1]]
        element = drawn.elements[name]
        if done:
            yield from ((calls, drawn.flows[flow].target, False) for flow in element.outgoing)
            if element.kind == "endEvent":
                yield from self._ended(calls, drawn, element)
            return
        for event, node in drawn.borders.get(name, ()):
            if not any(local(one) in _RAISED for one in definitions_of(node)):
                yield calls, event.id, False
        if (drawn.file, origin(name)) in self._past:
            return
        called = drawn.chart.nodes[name].get("calledElement", "")
        if element.kind in _AROUND:
            yield from self._begun(calls, drawn, name)
        elif element.kind == "callActivity" and called in self._known and called not in calls:
            yield from self._begun((*calls, name, called), self._known[called], called)
        else:
            yield calls, name, True

    def _begun(self, calls: tuple[str, ...], drawn: Drawn, around: str) -> Iterator[Place]:
        """Where a process or a part of it begins, by events that may come at any time too."""
        for name, element in drawn.elements.items():
            node = drawn.chart.nodes[name]
            by_event = node.get("triggeredByEvent") == "true"
            if element.parent == around and (element.kind == "startEvent" or by_event):
                yield calls, name, False

    def _ended(self, calls: tuple[str, ...], drawn: Drawn, end: Element) -> Iterator[Place]:
        """What follows the end of a part: what it raises is caught on the border, else the part is done."""
        raised = [local(one) for one in definitions_of(drawn.chart.nodes[end.id])]
        outer, holder = (drawn, end.parent), calls
        if end.parent == drawn.chart.process:
            if len(calls) < 2:
                return
            holder = calls[:-2]
            outer = (self._known[holder[-1]], calls[-2])
        around, name = outer
        for event, node in around.borders.get(name, ()):
            if any(local(one) in raised and local(one) in _RAISED for one in definitions_of(node)):
                yield holder, event.id, False
        if "errorEventDefinition" not in raised and self._all_end(drawn, end.parent):
            yield holder, name, True

    def _all_end(self, drawn: Drawn, place: str) -> bool:
        """Whether all that a part does side by side can end without passing what is not to be passed."""
        inside = {name for name, element in drawn.elements.items() if element.parent == place}
        open_to = {name for name in inside if (drawn.file, origin(name)) not in self._past}
        while True:
            ending = _leading_to_end(drawn, open_to)
            held = {
                name for name in open_to & ending if drawn.elements[name].kind == "parallelGateway"
                and any(drawn.flows[flow].target not in ending for flow in drawn.elements[name].outgoing)
            }  # fmt: skip
            if not held:
                return any(drawn.elements[name].kind == "startEvent" for name in ending)
            open_to -= held

    def _path(self, place: Place | None) -> tuple[str, ...]:
        names: list[str] = []
        while place is not None:
            element = self._known[place[0][-1]].elements[place[1]]
            called = element.name or ("" if "Gateway" in element.kind else origin(element.id))
            if called and not place[2]:
                names.append(called)
            place = self._from[place]
        return tuple(reversed(names))


def _leading_to_end(drawn: Drawn, open_to: set[str]) -> set[str]:
    before: dict[str, list[str]] = {}
    for name in open_to:
        for after in drawn.after[name]:
            if after in open_to:
                before.setdefault(after, []).append(name)
    found = {name for name in open_to if drawn.elements[name].kind == "endEvent"}
    waiting = list(found)
    while waiting:
        for name in before.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found
