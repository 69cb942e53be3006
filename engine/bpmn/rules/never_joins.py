"""A parallel gateway brings together only what has been split: a choice gives one way, and never both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from engine.bpmn.model import Element
from engine.bpmn.rules.survey import Drawn
from engine.bpmn.source import MAXIMUM_NODES
from engine.values import Finding

NAME = "never-joins"
_MOST_QUESTIONS = 200_000
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
        never = _never(drawn, join, splits, before)
        if never is not None:
            yield drawn.error(join.id, NAME, _sentence(drawn, join, *never))


def _never(
    drawn: Drawn, join: Element, splits: Sequence[Sequence[Branch]], before: Mapping[str, Sequence[str]]
) -> tuple[str, str] | None:
    """Two flows into a gateway that never both bring something; None when there are none, or too many to ask for."""
    flows = join.incoming
    leading = {flow: _leading(drawn.flows[flow].source, join.id, before) for flow in flows}
    if len(flows) * sum(len(split) for split in splits) > _MOST_QUESTIONS:
        return None
    pairs: Sequence[tuple[str, str]] | None = None
    # The split that most ways begin at leaves few pairs, so it is asked first.
    asked = [{flow: _leading_to(split, flow, leading[flow]) for flow in flows} for split in splits]
    for ways in sorted(asked, key=lambda ways: sum(not found for found in ways.values())):
        if pairs is None:
            pairs = _left(ways)
            if pairs is None:
                return None
        else:
            pairs = [(one, other) for one, other in pairs if not _both(ways[one], ways[other])]
    if pairs is None:
        return flows[0], flows[1]
    return pairs[0] if pairs else None


def _left(ways: Mapping[str, frozenset[int]]) -> list[tuple[str, str]] | None:
    """The pairs of flows to which a split does not lead by two ways; None when they are too many."""
    alike: dict[frozenset[int], list[str]] = {}
    for flow, found in ways.items():
        alike.setdefault(found, []).append(flow)
    lost = alike.pop(frozenset(), [])
    if len(lost) * len(ways) > _MOST_QUESTIONS:
        return None
    pairs = [(one, other) for one in ways for other in lost if one != other]
    for found, flows in alike.items():
        if len(found) < 2:
            if len(flows) ** 2 > _MOST_QUESTIONS:
                return None
            pairs += combinations(flows, 2)
    return pairs


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


def _leading_to(split: Sequence[Branch], flow: str, leading: set[str]) -> frozenset[int]:
    """The ways out of a split that lead to a flow."""
    return frozenset(number for number, (over, target) in enumerate(split) if over == flow or target in leading)


def _both(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether two ways out of a split lead to two flows, one to each."""
    return bool(one) and bool(other) and len(one | other) > 1
