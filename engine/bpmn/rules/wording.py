"""What a reader calls an element: its name, or what it stands beside where it has none."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.bpmn.elements import origin
from engine.bpmn.model import Element, Flow

_FAR = 6
"""Steps to look for a neighbour with a name."""
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def label(element: Element, elements: Mapping[str, Element], flows: Mapping[str, Flow]) -> str:
    """An element's name in quotation marks, else its kind with the nearest named neighbour, else its id."""
    if element.name:
        return f"“{element.name}”"
    # Where ways meet, what comes next says more than one of them.
    for side in ("before", "after") if len(element.incoming) > len(element.outgoing) > 0 else ("after", "before"):
        neighbour = _neighbour(element, elements, flows, side)
        if neighbour is not None:
            return f"the {kind_of(element.kind)} {side} “{neighbour}”"
    return f"“{origin(element.id)}”"


def kind_of(kind: str) -> str:
    """The kind of an element in words: `exclusiveGateway` is an exclusive gateway."""
    words = _CAPITAL.sub(" ", kind).lower()
    return {"event based gateway": "event-based gateway", "intermediate catch event": "catching event",
            "intermediate throw event": "throwing event"}.get(words, words)  # fmt: skip


def _neighbour(
    element: Element, elements: Mapping[str, Element], flows: Mapping[str, Flow], side: str
) -> str | None:
    seen, level = {element.id}, [element]
    for _ in range(_FAR):
        found = []
        for one in level:
            for name in one.incoming if side == "after" else one.outgoing:
                other = elements.get(flows[name].source if side == "after" else flows[name].target)
                if other is not None and other.id not in seen:
                    if other.name:
                        return other.name
                    seen.add(other.id)
                    found.append(other)
        level = found
    return None
