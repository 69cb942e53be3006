"""A message that is sent is awaited by some diagram of the bundle."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.exchange import messages
from engine.bpmn.rules.survey import Survey
from engine.values import Finding

NAME = "nobody-waits"


def find(survey: Survey) -> Iterator[Finding]:
    """The first place from which each message is sent that no diagram awaits."""
    sent, caught = messages(survey)
    for name in sorted(sent.keys() - caught.keys()):
        drawn, element = sent[name]
        said = f"No diagram of this bundle waits for “{name}”, so it reaches nobody."
        yield drawn.warning(element.id, NAME, f"{said} Draw the event that does, or remove this one.")
