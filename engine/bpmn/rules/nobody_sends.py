"""A message that is awaited is sent by some diagram of the bundle."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.exchange import messages, not_run
from engine.bpmn.rules.survey import SENDING, Survey
from engine.values import Finding

NAME = "nobody-sends"


def find(survey: Survey) -> Iterator[Finding]:
    """The first place at which each message is awaited that no diagram sends."""
    sent, caught = messages(survey)
    others = not_run(survey, SENDING)
    for name in sorted(caught.keys() - sent.keys()):
        drawn, element = caught[name]
        said = f"No diagram of this bundle sends “{name}”"
        if name in others:
            said = f"Only the pool “{others[name]}” sends “{name}”, and that is not run"
        yield drawn.warning(element.id, NAME, f"{said}. Make sure that a page or a step does.")
