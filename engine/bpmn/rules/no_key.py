"""A start by message has a key, so that the same message twice does not start two instances."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "no-key"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The starts by message without a property “key”."""
    for start in drawn.chart.starts:
        if start.key_expression is None and not start.is_signal:
            said = f"The start by “{start.message}” has no property “key”: the same message twice starts two instances."
            yield drawn.warning(start.element, NAME, f"{said} Give an expression that tells them apart.")
