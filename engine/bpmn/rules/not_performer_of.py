"""`notPerformerOf` names another task for people of this process."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "not-performer-of"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The tasks that must not be done by the performer of something that is no other task."""
    for element in drawn.elements.values():
        for name in element.properties.get("notPerformerOf", "").split():
            other = drawn.elements.get(name)
            if other is None or other.kind != "userTask" or name == element.id:
                said = f"“notPerformerOf” of {drawn.label(element)} names {name!r}, which is no other user task here."
                yield drawn.error(element.id, NAME, f"{said} Name the id of one.")
