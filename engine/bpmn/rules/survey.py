"""What rules look at: one process of a bundle, with the whole bundle around it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from engine.bpmn.decisions import Table
from engine.bpmn.elements import Chart, message_names, origin
from engine.bpmn.graphs import Dominators, circles
from engine.bpmn.handlers import UNDONE_BY
from engine.bpmn.model import Element, Flow
from engine.bpmn.rules.wording import label
from engine.bpmn.source import BPMN, local
from engine.values import Finding

if TYPE_CHECKING:
    from lxml.etree import _Element

CHOOSING = ("exclusiveGateway", "inclusiveGateway")
CATCHING = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")
SENDING = ("endEvent", "intermediateThrowEvent", "sendTask")


@dataclass(frozen=True)
class Known:
    """What the rest of the program knows; None where it is not to be asked.

    Forms may come with the names of their fields, or None for a form that cannot be read.
    """

    forms: Collection[str] | Mapping[str, Collection[str] | None] | None
    steps: Collection[str] | None
    functions: Collection[str] | None


@dataclass(frozen=True)
class Page:
    """One BPMN file: as written, and in the form that is run."""

    file: str
    written: _Element
    root: _Element
    charts: tuple[Chart, ...]
    notes: tuple[Finding, ...] = ()

    def error(self, element: str | None, rule: str, sentence: str) -> Finding:
        """A finding that keeps the bundle from being deployed."""
        return Finding(element, rule, "error", sentence, self.file)


@dataclass(frozen=True)
class Survey:
    """All files of a bundle."""

    pages: tuple[Page, ...]
    tables: tuple[tuple[str, Table], ...]
    known: Known

    @cached_property
    def drawn(self) -> Mapping[str, tuple[Drawn, ...]]:
        """The processes of each file."""
        return {
            page.file: tuple(Drawn(page.file, chart, page.root, self) for chart in page.charts) for page in self.pages
        }

    @cached_property
    def processes(self) -> Mapping[str, Chart]:
        """The charts of the bundle by process id."""
        return {chart.process: chart for page in self.pages for chart in page.charts}

    @cached_property
    def decisions(self) -> Mapping[str, Table]:
        """The decision tables by their ids."""
        return {table.id: table for _, table in self.tables}

    @cached_property
    def called(self) -> Collection[str]:
        """The ids of the processes that some call activity calls."""
        return {node.get("calledElement", "") for drawn in self.all_drawn for _, node in drawn.of("callActivity")}

    @cached_property
    def by_process(self) -> Mapping[str, Drawn]:
        """The processes by their ids."""
        return {drawn.chart.process: drawn for drawn in self.all_drawn}

    @cached_property
    def callers(self) -> Mapping[str, tuple[Drawn, ...]]:
        """For each process that is called those that call it."""
        found: dict[str, dict[str, Drawn]] = {}
        for drawn in self.all_drawn:
            for _, node in drawn.of("callActivity"):
                found.setdefault(node.get("calledElement", ""), {})[drawn.chart.process] = drawn
        return {process: tuple(callers.values()) for process, callers in found.items()}

    @cached_property
    def calling_in_circles(self) -> Mapping[str, frozenset[str]]:
        """For each process that calls itself, in the end, all those of its circle."""
        calls = {
            drawn.chart.process: [
                node.get("calledElement", "") for _, node in drawn.of("callActivity")
                if node.get("calledElement") in self.processes
            ]
            for drawn in self.all_drawn
        }  # fmt: skip
        return {name: frozenset(circle) for circle in circles(calls) for name in circle}

    @cached_property
    def all_drawn(self) -> tuple[Drawn, ...]:
        """The processes of all files."""
        return tuple(one for found in self.drawn.values() for one in found)


@dataclass(frozen=True)
class Drawn:
    """One process under examination."""

    file: str
    chart: Chart
    root: _Element
    survey: Survey = field(repr=False)

    @cached_property
    def node(self) -> _Element:
        """The XML of the process."""
        found = self.root.iterchildren(f"{{{BPMN}}}process")
        return next((one for one in found if one.get("id", "") == self.chart.process), self.root)

    @cached_property
    def messages(self) -> Mapping[str, str]:
        """The names of the messages declared in the file, by id."""
        return message_names(self.root)

    @property
    def elements(self) -> Mapping[str, Element]:
        """The nodes of the process."""
        return self.chart.elements

    @property
    def flows(self) -> Mapping[str, Flow]:
        """The flows of the process."""
        return self.chart.flows

    @cached_property
    def _by_kind(self) -> Mapping[str, list[tuple[Element, _Element]]]:
        found: dict[str, list[tuple[Element, _Element]]] = {}
        for name, element in self.elements.items():
            found.setdefault(element.kind, []).append((element, self.chart.nodes[name]))
        return found

    def of(self, *kinds: str) -> Iterator[tuple[Element, _Element]]:
        """The elements of some kinds, each with its XML."""
        for kind in kinds:
            yield from self._by_kind.get(kind, ())

    @cached_property
    def borders(self) -> Mapping[str, tuple[tuple[Element, _Element], ...]]:
        """The events on the border of each activity that has any."""
        found: dict[str, list[tuple[Element, _Element]]] = {}
        for element, node in self.of("boundaryEvent"):
            found.setdefault(node.get("attachedToRef", ""), []).append((element, node))
        return {host: tuple(events) for host, events in found.items()}

    @cached_property
    def after(self) -> Mapping[str, tuple[str, ...]]:
        """For each node those that may come next: over flows, from an activity to its border and to what undoes it."""
        found: dict[str, list[str]] = {name: [] for name in self.elements}
        for flow in self.flows.values():
            if flow.source in found and flow.target in found:
                found[flow.source].append(flow.target)
        for host, events in self.borders.items():
            found.get(host, []).extend(element.id for element, _ in events)
        for name, node in self.chart.nodes.items():
            if node.get(UNDONE_BY) in found:
                found[name].append(node.get(UNDONE_BY, ""))
        return {name: tuple(names) for name, names in found.items()}

    @cached_property
    def begins(self) -> tuple[str, ...]:
        """The nodes at which a process or sub-process begins."""
        return tuple(element.id for element, _ in self.of("startEvent"))

    @cached_property
    def dominators(self) -> Dominators:
        """Which nodes lie on every way from a beginning to another node."""
        return Dominators(self.after, self.begins)

    def reached(self, names: Collection[str]) -> set[str]:
        """All nodes that can be reached from some, these among them."""
        seen, waiting = set(names), list(names)
        while waiting:
            for name in self.after.get(waiting.pop(), ()):
                if name not in seen:
                    seen.add(name)
                    waiting.append(name)
        return seen

    @cached_property
    def live(self) -> set[str]:
        """The nodes that can be reached at all."""
        return self.reached(self.begins)

    @cached_property
    def possible(self) -> set[str]:
        """The nodes that anything can come to, when each parallel gateway waits for all its flows."""
        lacking = {element.id: len(element.incoming) for element, _ in self.of("parallelGateway")}
        seen, waiting = set(self.begins), list(self.begins)
        while waiting:
            for name in self.after.get(waiting.pop(), ()):
                lacking[name] = lacking.get(name, 1) - 1
                if lacking[name] <= 0 and name not in seen:
                    seen.add(name)
                    waiting.append(name)
        return seen

    def label(self, element: Element) -> str:
        """What a reader calls an element: its name, else what it is beside."""
        if element.id not in self._labels:
            self._labels[element.id] = label(element, self.elements, self.flows)
        return self._labels[element.id]

    @cached_property
    def _labels(self) -> dict[str, str]:
        return {}

    def error(self, element: str | None, rule: str, sentence: str) -> Finding:
        """A finding that keeps the bundle from being deployed."""
        return self._finding(element, rule, "error", sentence)

    def warning(self, element: str | None, rule: str, sentence: str) -> Finding:
        """A finding to think about."""
        return self._finding(element, rule, "warning", sentence)

    def _finding(self, element: str | None, rule: str, severity: str, sentence: str) -> Finding:
        # A sentence may begin with what an unnamed element is beside.
        return Finding(element and origin(element), rule, severity, sentence[:1].upper() + sentence[1:], self.file)


OfPage = Callable[[Page], Iterator[Finding]]
OfProcess = Callable[[Drawn], Iterator[Finding]]
OfBundle = Callable[[Survey], Iterator[Finding]]


def definitions_of(node: _Element) -> list[_Element]:
    """The event definitions of an event."""
    return [child for child in node.iterchildren(f"{{{BPMN}}}*") if local(child).endswith("EventDefinition")]


def child(node: _Element, name: str) -> _Element | None:
    """The first BPMN child of a name."""
    return next(node.iterchildren(f"{{{BPMN}}}{name}"), None)


def text(node: _Element | None) -> str:
    """The text inside a node."""
    return "" if node is None else "".join(node.itertext()).strip()
