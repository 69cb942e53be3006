"""Processes drawn at random, block by block: what a block may be, says a menu; each kind of block is one function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from random import Random

from tests.engine.bpmn import diagrams as d

Ends = tuple[str, str]
"""The first and the last node of a block: what comes before leads to the one, what comes after follows the other."""
PEOPLE = {"ann": "qa", "bob": "it", "cyd": "law"}
DATA = {"n": 0, "flag": False, "answer": "yes", "people": PEOPLE, "nobody": {}}
SEALS = {"record": "letter", "signature": "authored"}
SIGNS = {"signs": "letter", "signature": "approved"}
DEEPEST = 3
TARGETS = (
    "userTask", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "subProcess", "callActivity", "receiveTask",
    "intermediateCatchEvent", "endEvent",
)  # fmt: skip
"""The kinds of nodes that a flow across the blocks may lead to."""


@dataclass
class Node:
    """One node that is being drawn."""

    kind: str
    id: str
    inner: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """The node as XML."""
        said = " ".join(f'{name}="{escape(value)}"' for name, value in self.attributes.items())
        return d.node(self.kind, self.id, self.inner, attributes=said, **self.properties)


@dataclass
class Arrow:
    """One sequence flow that is being drawn."""

    id: str
    source: str
    target: str
    condition: str = ""

    def text(self) -> str:
        """The flow as XML."""
        asked = f"<bpmn:conditionExpression>{escape(self.condition)}</bpmn:conditionExpression>"
        inner = asked if self.condition else ""
        tag = "bpmn:sequenceFlow"
        return f'<{tag} id="{self.id}" sourceRef="{self.source}" targetRef="{self.target}">{inner}</{tag}>'


@dataclass
class Scope:
    """A process or sub-process that is being drawn."""

    nodes: dict[str, Node] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)

    def text(self) -> str:
        """All that is in it, as XML."""
        return "".join(one.text() for one in (*self.nodes.values(), *self.arrows))


@dataclass(frozen=True)
class Drawing:
    """A drawn process `p`, with the processes that it calls, and the names that a person's answer may fill."""

    files: dict[str, bytes]
    results: tuple[str, ...]
    used: frozenset[str]
    """The kinds of blocks in it."""


Block = Callable[["Pen", int], Ends]


@dataclass(frozen=True)
class Menu:
    """Which blocks may be drawn (name and how often), how many, and what decides at gateways.

    With `picked` the conditions ask a function of the test, so that who merges which variables decides nothing;
    without it they ask variables. `jumps` is the largest number of flows across the blocks.
    """

    blocks: dict[str, int]
    most: int = 12
    picked: bool = False
    jumps: int = 0
    proves: bool = False
    """Whether people fill in a form at each task: the first seals a record, some later ones seal or sign it."""


BLOCKS: dict[str, Block] = {}


def block(name: str) -> Callable[[Block], Block]:
    """Make a function a kind of block; a menu names it."""

    def known(made: Block) -> Block:
        BLOCKS[name] = made
        return made

    return known


class Pen:
    """What a block draws with: dice, counted names, and the scope that is being drawn."""

    def __init__(self, dice: Random, menu: Menu) -> None:
        self.dice, self.menu = dice, menu
        self.left = dice.randrange(1, menu.most + 1)
        self.scope = Scope()
        self.processes: dict[str, Scope] = {}
        self.extra = ""
        self.results: list[str] = []
        self.used: set[str] = set()
        self.has_record = False
        self._count = 0
        self._names = [name for name, weight in menu.blocks.items() for _ in range(weight)]

    def name(self, kind: str) -> str:
        """A new id: a letter or word, and a number that no other has."""
        self._count += 1
        return f"{kind}{self._count}"

    def chance(self, percent: int) -> bool:
        """Whether something is drawn that is drawn in so many cases of a hundred."""
        return self.dice.randrange(100) < percent

    def delay(self) -> str:
        """A duration that no other timer of the process has."""
        self._count += 1
        return f"PT{self.dice.randrange(1, 400)}H{self._count}S"

    def put(self, kind: str, name: str = "", inner: str = "", **attributes: str) -> str:
        """Draw a node, named by its kind unless a name is given; give its id."""
        made = self.name(name or kind[0])
        self.scope.nodes[made] = Node(kind, made, inner, attributes)
        return made

    def lead(self, source: str, target: str, condition: str = "") -> Arrow:
        """Draw a flow."""
        arrow = Arrow(self.name("f"), source, target, condition)
        self.scope.arrows.append(arrow)
        return arrow

    def chain(self, *nodes: str) -> Ends:
        """Draw flows from each node to the next."""
        for source, target in pairwise(nodes):
            self.lead(source, target)
        return nodes[0], nodes[-1]

    def user(self, inner: str = "") -> str:
        """Draw a task for a person."""
        name = self.put("userTask", "u", inner)
        if self.menu.proves:
            signed = self.dice.choice([{}, SIGNS, SIGNS, SEALS]) if self.has_record else SEALS
            self.scope.nodes[name].properties = {"form": "say", "variables": "flag n answer", **signed}
            self.has_record = True
        return name

    def condition(self, gateway: str, way: int) -> str:
        """What a way out of a gateway asks."""
        if self.menu.picked:
            return f"{way} in picked('{gateway}')"
        return self.dice.choice(["flag", "not flag", "n > 1", "n % 2 == 0", "answer == 'no'"])

    def branch(self, gateway: str, target: str, way: int) -> None:
        """Draw a conditional flow, or, as way 0, the default."""
        arrow = self.lead(gateway, target, self.condition(gateway, way) if way else "")
        if not way:
            self.scope.nodes[gateway].attributes["default"] = arrow.id

    def some_block(self, depth: int) -> Ends:
        """Draw a block of any kind; a task when there is no more room."""
        self.left -= 1
        name = self.dice.choice(self._names) if self.left > 0 and depth < DEEPEST else "user"
        self.used.add(name)
        return BLOCKS[name](self, depth)

    def blocks(self, depth: int, most: int = 3) -> Ends:
        """Draw a few blocks, one after the other."""
        begin, end = self.some_block(depth)
        for _ in range(self.dice.randrange(most)):
            following, last = self.some_block(depth)
            self.lead(end, following)
            end = last
        return begin, end

    @contextmanager
    def inside(self) -> Iterator[Scope]:
        """Draw in a scope of its own: what is drawn until the end of the block is in it."""
        outer, self.scope = self.scope, Scope()
        try:
            yield self.scope
        finally:
            self.scope = outer

    def body(self, depth: int, most: int = 2) -> None:
        """Draw a start, some blocks and an end."""
        first = [self.user()] if self.menu.proves and not self.has_record else []
        begin, end = self.blocks(depth, most)
        self.chain(self.put("startEvent", "s"), *first, begin)
        self.lead(end, self.put("endEvent", "e"))
        self.jump()

    def sub_process(self, inner: str, extra: str = "") -> str:
        """Draw a sub-process with something in it."""
        return self.put("subProcess", "sub", extra + inner)

    def _chosen_by_event(self, name: str) -> bool:
        """Whether it follows an event-based gateway: no other flow may then lead to it (BPMN 2.0, 10.6.6)."""
        before = (self.scope.nodes[one.source] for one in self.scope.arrows if one.target == name)
        return any(node.kind == "eventBasedGateway" for node in before)

    def jump(self) -> None:
        """Draw flows across the blocks of a scope, each out of a new gateway in the middle of a flow behind a task.

        They lead to no plain gateway, so that every way around leads through a task.
        """
        nodes = self.scope.nodes
        for _ in range(self.dice.randrange(self.menu.jumps + 1)):
            # A task that is repeated may be done no times at all.
            people = [name for name, node in nodes.items() if node.kind == "userTask" and not node.inner]
            behind = [one for one in self.scope.arrows if one.source in people]
            targets = [name for name, node in nodes.items() if node.kind in TARGETS and not self._chosen_by_event(name)]
            if not behind:
                return
            arrow, target = self.dice.choice(behind), self.dice.choice(targets)
            gateway = self.put("exclusiveGateway", "j")
            old, arrow.target = arrow.target, gateway
            # A flow that is the default stays so: it leads to the same place by way of the gateway.
            self.branch(gateway, old, 0)
            self.branch(gateway, target, 1)


def drawn(dice: Random, menu: Menu) -> Drawing:
    """A process drawn at random."""
    pen = Pen(dice, menu)
    pen.body(0, 4)
    inner = "".join(
        f'<bpmn:process id="{name}" isExecutable="true">{scope.text()}</bpmn:process>'
        for name, scope in (("p", pen.scope), *pen.processes.items())
    )
    return Drawing({"a.bpmn": d.diagram(inner, extra=pen.extra)}, tuple(pen.results), frozenset(pen.used))
