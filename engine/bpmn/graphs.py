"""Circles in a graph, found without recursion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

After = Mapping[str, Sequence[str]]


def circles(after_each: After) -> Iterator[set[str]]:
    """The sets of nodes that lead to each other (strongly connected components, by Kosaraju), without recursion."""
    before: dict[str, list[str]] = {name: [] for name in after_each}
    for name, afters in after_each.items():
        for after in afters:
            before[after].append(name)
    taken: set[str] = set()
    for root in reversed(_finishing_order(after_each)):
        found, waiting = set(), [root]
        while waiting:
            name = waiting.pop()
            if name not in taken:
                taken.add(name)
                found.add(name)
                waiting.extend(before[name])
        if len(found) > 1 or (found and root in after_each[root]):
            yield found


def _finishing_order(after_each: After) -> list[str]:
    """The nodes in the order in which a walk in depth is done with them."""
    order: list[str] = []
    seen: set[str] = set()
    for root in after_each:
        stack = [(root, False)]
        while stack:
            name, done = stack.pop()
            if done:
                order.append(name)
            elif name not in seen:
                seen.add(name)
                stack.append((name, True))
                stack.extend((after, False) for after in after_each[name])
    return order
