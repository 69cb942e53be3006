"""Circles in a graph, and what lies on every way through it, found without recursion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

After = Mapping[str, Sequence[str]]
_NOWHERE = -1
"""What stands before all roots."""


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


class Dominators:
    """Which nodes lie on every way from the roots to another node (Cooper, Harvey and Kennedy, 2001)."""

    def __init__(self, after_each: After, roots: Sequence[str]) -> None:
        order = _from_roots(after_each, roots)
        place = {name: number for number, name in enumerate(order)}
        before: list[list[int]] = [[] for _ in order]
        for name in order:
            for after in after_each[name]:
                before[place[after]].append(place[name])
        for root in roots:
            if root in place:
                before[place[root]].append(_NOWHERE)
        self._place, self._order = place, order
        self._above = _immediate(before)
        self._span = _spans(self._above)

    def stands_before(self, name: str, other: str) -> bool:
        """Whether every way to `other` leads through `name`; an element stands before itself. False if none leads."""
        if name not in self._place or other not in self._place:
            return False
        first, last = self._span[self._place[name]]
        return first <= self._span[self._place[other]][0] <= last

    def before(self, name: str) -> Iterator[str]:
        """All that lies on every way to a node, the nearest first."""
        number = self._above[self._place[name]] if name in self._place else _NOWHERE
        while number != _NOWHERE:
            yield self._order[number]
            number = self._above[number]


def _from_roots(after_each: After, roots: Sequence[str]) -> list[str]:
    """The nodes that can be reached, each before those it leads to where no circle forbids (reverse postorder)."""
    done: list[str] = []
    seen: set[str] = set()
    for root in reversed(roots):
        if root not in after_each or root in seen:
            continue
        seen.add(root)
        stack = [(root, iter(after_each[root]))]
        while stack:
            name, afters = stack[-1]
            following = next((one for one in afters if one not in seen), None)
            if following is None:
                stack.pop()
                done.append(name)
            else:
                seen.add(following)
                stack.append((following, iter(after_each[following])))
    return done[::-1]


def _immediate(before: list[list[int]]) -> list[int]:
    """The nearest node on every way to each; nodes are numbers in reverse postorder."""
    unknown = -2
    above = [unknown] * len(before)
    changed = True
    while changed:
        changed = False
        for number, befores in enumerate(before):
            found = unknown
            for one in befores:
                if one != _NOWHERE and above[one] == unknown:
                    continue
                found = one if found == unknown else _meet(above, one, found)
            if above[number] != found:
                above[number], changed = found, True
    return above


def _meet(above: list[int], one: int, other: int) -> int:
    while one != other:
        if one > other:
            one = above[one]
        else:
            other = above[other]
    return one


def _spans(above: list[int]) -> list[tuple[int, int]]:
    """For each node the numbers of all below it, as a span in an order of its own."""
    below: list[list[int]] = [[] for _ in above]
    tops = []
    for number, one in enumerate(above):
        (tops if one == _NOWHERE else below[one]).append(number)
    first = [0] * len(above)
    last = [0] * len(above)
    count = 0
    stack = [(number, False) for number in tops]
    while stack:
        number, done = stack.pop()
        if done:
            last[number] = count - 1
            continue
        first[number] = count
        count += 1
        stack.append((number, True))
        stack.extend((one, False) for one in below[number])
    return list(zip(first, last, strict=True))
