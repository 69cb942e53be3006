"""What a parallel gateway has split comes together in a parallel gateway, or all that follows is done twice."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.elements import ACTIVITIES
from engine.bpmn.model import Element
from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "taken-twice"
_PASSING = ACTIVITIES | {"intermediateCatchEvent", "intermediateThrowEvent"}
_MEETINGS = _PASSING | {"exclusiveGateway"}


def find(drawn: Drawn) -> Iterator[Finding]:
    """Where two ways out of a parallel gateway meet for certain and are not brought together, with work to do then."""
    for split, _ in drawn.of("parallelGateway"):
        met: set[str] = set()
        for flow in split.outgoing if len(split.outgoing) > 1 else ():
            meeting = _ahead(drawn, drawn.flows[flow].target)
            if meeting is None or meeting.kind not in _MEETINGS or len(meeting.incoming) < 2:
                continue
            if meeting.id in met and _has_work(drawn, meeting):
                said = f"At {drawn.label(meeting)} each part goes on by itself, so all that follows is done twice."
                if meeting.kind != "exclusiveGateway":
                    said = f"Each part comes to {drawn.label(meeting)} by itself, so that is done twice."
                help_ = "Bring them together in a parallel gateway before."
                yield drawn.warning(meeting.id, NAME, f"{drawn.label(split)} splits the way. {said} {help_}")
                break
            met.add(meeting.id)


def _ahead(drawn: Drawn, name: str) -> Element | None:
    """The first element ahead at which ways meet or part."""
    seen: set[str] = set()
    while name in drawn.elements and name not in seen:
        seen.add(name)
        element = drawn.elements[name]
        if element.kind not in _PASSING or len(element.incoming) != 1 or len(element.outgoing) != 1:
            return element
        name = drawn.flows[element.outgoing[0]].target
    return None


def _has_work(drawn: Drawn, meeting: Element) -> bool:
    return any(drawn.elements[name].kind in ACTIVITIES for name in drawn.reached({meeting.id}))
