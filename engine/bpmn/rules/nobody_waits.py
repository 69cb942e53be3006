"""A message that is sent is awaited by some diagram of the bundle."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.exchange import messages, not_run
from engine.bpmn.rules.survey import CATCHING, Survey
from engine.values import Finding

NAME = "nobody-waits"


def find(survey: Survey) -> Iterator[Finding]:
    """The first place from which each message is sent that no diagram awaits."""
    sent, caught = messages(survey)
    others = not_run(survey, CATCHING)
    for name in sorted(sent.keys() - caught.keys()):
        drawn, element = sent[name]
        said = f"No diagram of this bundle waits for “{name}”, so it reaches nobody. Draw the event that does, or"
        if name in others:
            said = f"Only the pool “{others[name]}” waits for “{name}”, and that is not run. Mark it as executable, or"
        yield drawn.warning(element.id, NAME, f"{said} remove this one.")
