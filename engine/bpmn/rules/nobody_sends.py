"""A message that is awaited is sent by some diagram of the bundle."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.exchange import messages
from engine.bpmn.rules.survey import Survey
from engine.values import Finding

NAME = "nobody-sends"


def find(survey: Survey) -> Iterator[Finding]:
    """The first place at which each message is awaited that no diagram sends."""
    sent, caught = messages(survey)
    for name in sorted(caught.keys() - sent.keys()):
        drawn, element = caught[name]
        sentence = f"No diagram of this bundle sends “{name}”. Make sure that a page or a step does."
        yield drawn.warning(element.id, NAME, sentence)
