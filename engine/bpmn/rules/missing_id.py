"""Every node and every process has an id."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.bpmn.rules.wording import kind_of
from engine.values import Finding

NAME = "missing-id"
_SAVE = "Save the diagram in the editor, which gives it one."


def find(drawn: Drawn) -> Iterator[Finding]:
    """What has no id."""
    if not drawn.chart.process:
        yield drawn.error(None, NAME, f"The process has no id. {_SAVE}")
    if "" in drawn.elements:
        element = drawn.elements[""]
        called = f"The {kind_of(element.kind)} {f'“{element.name}” ' if element.name else ''}"
        yield drawn.error(None, NAME, f"{called.strip()} has no id. {_SAVE}")
