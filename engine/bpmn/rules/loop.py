"""A loop on an activity says when it ends."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn, child, text
from engine.bpmn.source import local
from engine.values import Finding

NAME = "loop"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The repeated activities without a condition and a largest number, with one below 1, or with two marks."""
    for name, element in drawn.elements.items():
        if sum(local(one).endswith("LoopCharacteristics") for one in drawn.chart.nodes[name]) > 1:
            yield drawn.error(name, NAME, f"{drawn.label(element)} is repeated in two ways at once. Leave one mark.")
        loop = child(drawn.chart.nodes[name], "standardLoopCharacteristics")
        if loop is None:
            continue
        most, label = loop.get("loopMaximum"), drawn.label(element)
        if most is not None and not (most.isdigit() and int(most)):
            yield drawn.error(name, NAME, f"The largest number of rounds of {label} must be 1 or more. Change it.")
        if most is None and not text(child(loop, "loopCondition")):
            yield drawn.error(name, NAME, f"{label} repeats without end. Give a condition or a largest number.")
