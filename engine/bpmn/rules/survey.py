"""What rules look at: one process of a bundle, with the whole bundle around it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from engine.bpmn.decisions import Table
from engine.bpmn.elements import Chart, message_names, origin
from engine.bpmn.model import Element, Flow
from engine.bpmn.source import BPMN, local
from engine.values import Finding

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(frozen=True)
class Known:
    """What the rest of the program knows; None where it is not to be asked."""

    forms: Collection[str] | None
    steps: Collection[str] | None
    functions: Collection[str]


@dataclass(frozen=True)
class Page:
    """One BPMN file: as written, and in the form that is run."""

    file: str
    written: _Element
    root: _Element
    charts: tuple[Chart, ...]
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Survey:
    """All files of a bundle."""

    pages: tuple[Page, ...]
    tables: tuple[tuple[str, Table], ...]
    known: Known

    @cached_property
    def processes(self) -> Mapping[str, Chart]:
        """The charts of the bundle by process id."""
        return {chart.process: chart for page in self.pages for chart in page.charts}

    @cached_property
    def decisions(self) -> Collection[str]:
        """The ids of all decisions."""
        return {table.id for _, table in self.tables}


@dataclass(frozen=True)
class Drawn:
    """One process under examination."""

    file: str
    chart: Chart
    root: _Element
    survey: Survey

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

    def of(self, *kinds: str) -> Iterator[tuple[Element, _Element]]:
        """The elements of some kinds, each with its XML."""
        for name, element in self.elements.items():
            if element.kind in kinds:
                yield element, self.chart.nodes[name]

    @cached_property
    def after(self) -> Mapping[str, tuple[str, ...]]:
        """For each node the nodes that may come next: over flows, and from an activity to the events on its border."""
        found: dict[str, list[str]] = {name: [] for name in self.elements}
        for flow in self.flows.values():
            if flow.source in found and flow.target in found:
                found[flow.source].append(flow.target)
        for element, node in self.of("boundaryEvent"):
            found.get(node.get("attachedToRef", ""), []).append(element.id)
        return {name: tuple(names) for name, names in found.items()}

    def error(self, element: str | None, rule: str, sentence: str) -> Finding:
        """A finding that keeps the bundle from being deployed."""
        return Finding(element and origin(element), rule, "error", sentence, self.file)

    def warning(self, element: str | None, rule: str, sentence: str) -> Finding:
        """A finding to think about."""
        return Finding(element and origin(element), rule, "warning", sentence, self.file)


Rule = Callable[[Drawn], Iterator[Finding]]


def label(element: Element) -> str:
    """What a reader calls an element."""
    return f"“{element.name or origin(element.id)}”"


def definitions_of(node: _Element) -> list[_Element]:
    """The event definitions of an event."""
    return [child for child in node.iterchildren(f"{{{BPMN}}}*") if local(child).endswith("EventDefinition")]


def child(node: _Element, name: str) -> _Element | None:
    """The first BPMN child of a name."""
    return next(node.iterchildren(f"{{{BPMN}}}{name}"), None)


def text(node: _Element | None) -> str:
    """The text inside a node."""
    return "" if node is None else "".join(node.itertext()).strip()
