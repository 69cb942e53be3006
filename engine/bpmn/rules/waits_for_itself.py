"""A parallel gateway does not wait for a token that can only come after it has fired."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "waits-for-itself"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The flows into a parallel gateway over which nothing can come before that gateway has gone on."""
    for element, _ in drawn.of("parallelGateway"):
        if element.id in drawn.possible or element.id not in drawn.live:
            continue
        sources = {flow: drawn.flows[flow].source for flow in element.incoming}
        if not any(source in drawn.possible for source in sources.values()):
            continue  # a gateway before it waits for itself
        for flow, source in sources.items():
            if source in drawn.live and source not in drawn.possible:
                sentence = (
                    f"{drawn.label(element)} waits for this flow, over which nothing can come before it has gone on"
                    " itself. Bring the ways together in an exclusive gateway before it."
                )
                yield drawn.error(flow, NAME, sentence)
