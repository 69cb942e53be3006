"""A signal that is caught is thrown in the same bundle."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.exchange import signals, thrown_signals
from engine.bpmn.rules.survey import CATCHING, Drawn
from engine.values import Finding

NAME = "nobody-throws"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The events that wait for a signal that nothing throws."""
    here = frozenset().union(*(thrown_signals(page.root) for page in drawn.survey.pages))
    for element, name in signals(drawn):
        if name is not None and element.kind in CATCHING and name not in here:
            said = f"Nothing in this bundle throws the signal of {drawn.label(element)}, and no page or step does."
            yield drawn.warning(element.id, NAME, f"{said} Use a message.")
