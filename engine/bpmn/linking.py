"""A pair of link events is the flow that it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.bpmn.shaping import add_flow, containers, label, nodes_in
from engine.bpmn.source import BPMN, local, name_on_one_line

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.shaping import Note

Link = tuple["_Element", "_Element"]
"""An event, and the definition in it that makes it a link."""


def links(root: _Element) -> Iterator[Note]:
    """Where exactly one link is meant by another, the flow goes on there (BPMN 2.0, 10.5.1)."""
    for container in containers(root):
        throwing = links_in(container, "intermediateThrowEvent")
        catching = links_in(container, "intermediateCatchEvent")
        taken_up = []
        for source, thrown in throwing:
            meant = _only_pair(throwing, catching) or [one for one in catching if means((source, thrown), one)]
            if len(meant) == 1:
                ((target, _),) = meant
                source.remove(thrown)
                add_flow(container, source.get("id", ""), target.get("id", ""))
                taken_up += meant
                yield source.get("id"), "link-joined", f"The link {label(source)} leads on at {label(target)}."
        for target, caught in taken_up:
            if caught.getparent() is target:
                target.remove(caught)
                target.tag = f"{{{BPMN}}}intermediateThrowEvent"


def _only_pair(throwing: list[Link], catching: list[Link]) -> list[Link]:
    """The one link that catches, if there is but one that throws and the definitions of both have no name."""
    unnamed = not any(definition.get("name") for _, definition in (*throwing, *catching))
    return catching if unnamed and len(throwing) == len(catching) == 1 else []


def links_in(container: _Element, kind: str) -> list[Link]:
    """The link events of a kind that are drawn in a process or sub-process itself."""
    return [(node, link) for node in nodes_in(container) if local(node) == kind
            for link in node.iterchildren(f"{{{BPMN}}}linkEventDefinition")]  # fmt: skip


def name_of(link: Link) -> str:
    """What a link is called: by its definition, else as the event is."""
    node, definition = link
    return name_on_one_line(definition) or name_on_one_line(node)


def means(source: Link, target: Link) -> bool:
    """Whether one link leads to another: it says so by its id, or both have one name."""
    named = [(source, "target", target), (target, "source", source)]
    said = [(one[1].findall(f"{{{BPMN}}}{way}"), other) for one, way, other in named]
    if any(places for places, _ in said):
        return any((place.text or "").strip() in _ids(other) for places, other in said for place in places)
    return name_of(source) == name_of(target) != ""


def _ids(link: Link) -> set[str | None]:
    return {part.get("id") for part in link if part.get("id")}
