"""No script hides before or after an activity: what is done is drawn."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn, text
from engine.bpmn.source import SPIFF
from engine.values import Finding

NAME = "hidden-script"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The activities with a script that no reader sees."""
    for found in drawn.node.iter(f"{{{SPIFF}}}preScript", f"{{{SPIFF}}}postScript"):
        owner = next((node.get("id") for node in found.iterancestors() if node.get("id")), "")
        if owner in drawn.elements and text(found):
            sentence = f"{drawn.label(drawn.elements[owner])} has a hidden script. Draw a script task for it."
            yield drawn.error(owner, NAME, sentence)
