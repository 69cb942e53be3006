"""Errors and escalations: where they are thrown, where they are caught, and by which codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.bpmn.elements import raised_code
from engine.bpmn.model import Element
from engine.bpmn.rules.survey import SENDING, Drawn, definitions_of
from engine.bpmn.source import local

if TYPE_CHECKING:
    from lxml.etree import _Element

KINDS = {"errorEventDefinition": "error", "escalationEventDefinition": "escalation"}


def code_of(definition: _Element) -> str | None:
    """The code that an event throws or catches, None for any."""
    return raised_code(definition, KINDS[local(definition)])


def raised(drawn: Drawn, kind: str) -> Iterator[tuple[Element, _Element]]:
    """The events that throw one of a kind, each with its definition."""
    for element, node in drawn.of(*SENDING):
        yield from ((element, one) for one in definitions_of(node) if local(one) == kind)


def caught_on(drawn: Drawn, host: str, kind: str) -> Iterator[str | None]:
    """The codes that events on the border of an activity catch."""
    for _, node in drawn.borders.get(host, ()):
        yield from (code_of(one) for one in definitions_of(node) if local(one) == kind)


def caught_in(drawn: Drawn, place: str, kind: str) -> Iterator[str | None]:
    """The codes that event sub-processes of a process or sub-process catch."""
    for element, node in drawn.of("startEvent"):
        around = drawn.elements.get(element.parent)
        if around is not None and around.parent == place:
            yield from (code_of(one) for one in definitions_of(node) if local(one) == kind)


def raised_within(drawn: Drawn, host: str, kind: str) -> set[str | None] | None:
    """The codes thrown inside an activity, called processes included; None when that cannot be known."""
    return _within(drawn, host, kind, frozenset())


def _within(drawn: Drawn, host: str, kind: str, seen: frozenset[str]) -> set[str | None] | None:
    inside = {name for name in (host, *drawn.elements) if _is_inside(drawn, name, host)}
    found = {code_of(one) for element, one in raised(drawn, kind) if element.id in inside}
    for name in inside:
        node = drawn.chart.nodes.get(name)
        if node is None or local(node) != "callActivity":
            continue
        called = node.get("calledElement", "")
        other = next((one for one in drawn.survey.all_drawn if one.chart.process == called), None)
        if other is None:
            return None
        if called not in seen:
            more = _within(other, called, kind, seen | {called})
            if more is None:
                return None
            found |= more
    return found


def _is_inside(drawn: Drawn, name: str, host: str) -> bool:
    while name and name != host:
        name = drawn.elements[name].parent if name in drawn.elements else ""
    return name == host
