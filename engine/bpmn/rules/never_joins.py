"""A parallel gateway brings together only what has been split: a choice gives one way, and never both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from engine.bpmn.model import Element
from engine.bpmn.rules.survey import Drawn
from engine.bpmn.source import MAXIMUM_NODES
from engine.values import Finding

NAME = "never-joins"
_SPLITTING = ("parallelGateway", "inclusiveGateway", "complexGateway")
Branch = tuple[str, str]
"""A way out of where tokens become several: the flow, empty for an event on a border, and the node that it leads to."""


def find(drawn: Drawn) -> Iterator[Finding]:
    """The parallel gateways of which two flows can never both bring something.

    Two tokens were one until some element split it. So of the elements that split, one must have two ways out of which
    one leads to the first flow and the other to the second without passing through the gateway itself.
    """
    if len(drawn.elements) > MAXIMUM_NODES:
        return
    joins = [one for one, _ in drawn.of("parallelGateway") if len(one.incoming) > 1 and one.id in drawn.possible]
    if not joins:
        return
    splits, before = tuple(_splits(drawn)), _before(drawn)
    for join in joins:
        sources = {flow: _leading(drawn.flows[flow].source, join.id, before) for flow in join.incoming}
        for one, other in combinations(join.incoming, 2):
            if not any(_both(split, (one, sources[one]), (other, sources[other])) for split in splits):
                yield drawn.error(join.id, NAME, _sentence(drawn, join, one, other))
                break


def _sentence(drawn: Drawn, join: Element, one: str, other: str) -> str:
    ways = " and ".join(drawn.label(drawn.elements[drawn.flows[flow].source]) for flow in (one, other))
    return (
        f"{drawn.label(join)} waits for all its flows, but the ways over {ways} are never both taken. Bring them"
        " together in an exclusive gateway."
    )


def _splits(drawn: Drawn) -> Iterator[Sequence[Branch]]:
    """All ways out of each element at which one token becomes several."""
    starts: dict[str, list[Branch]] = {}
    for name in drawn.begins:
        starts.setdefault(drawn.elements[name].parent, []).append(("", name))
    yield from (begun for begun in starts.values() if len(begun) > 1)
    for name, element in drawn.elements.items():
        out = [(flow, drawn.flows[flow].target) for flow in element.outgoing]
        kept = [
            event.id for event, node in drawn.borders.get(name, ()) if node.get("cancelActivity", "true") == "false"
        ]
        if kept:
            # Such an event can come again and again, each time with a token of its own.
            yield [*out, *(("", one) for one in kept for _ in range(2))]
        elif len(out) > 1 and (
            element.kind in _SPLITTING
            or "Gateway" not in element.kind
            or drawn.chart.nodes[name].get("eventGatewayType") == "Parallel"
        ):
            yield out


def _before(drawn: Drawn) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for name, afters in drawn.after.items():
        for after in afters:
            found.setdefault(after, []).append(name)
    return found


def _leading(name: str, join: str, before: Mapping[str, Sequence[str]]) -> set[str]:
    """The nodes from which one can come to a node without passing through the gateway."""
    seen = set() if name == join else {name}
    waiting = list(seen)
    while waiting:
        for one in before.get(waiting.pop(), ()):
            if one not in seen and one != join:
                seen.add(one)
                waiting.append(one)
    return seen


def _both(split: Sequence[Branch], one: tuple[str, set[str]], other: tuple[str, set[str]]) -> bool:
    """Whether two ways out of a split lead to the two flows, one to each."""
    to_one, to_other = (
        {number for number, (over, target) in enumerate(split) if over == flow or target in leading}
        for flow, leading in (one, other)
    )
    return bool(to_one) and bool(to_other) and len(to_one | to_other) > 1
