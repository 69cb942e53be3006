"""What is done several times goes through a collection, or has a number."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.foreign import said
from engine.bpmn.rules.repetitions import collection_of, number_of, repeated
from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "no-collection"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The activities for several that do not say for whom, or say it twice."""
    for element, loop in repeated(drawn):
        if bool(number_of(loop)) == bool(collection_of(loop)):
            theirs = said(loop).get("collection") or said(loop).get("inputCollection")
            unread = f"“{theirs}” cannot be read here, so " if theirs and not collection_of(loop) else ""
            sentence = (
                f"{drawn.label(element)} is done several times: {unread}name the variable to go through (a map of"
                " person and role), or give a number, not both."
            )
            yield drawn.error(element.id, NAME, sentence)
