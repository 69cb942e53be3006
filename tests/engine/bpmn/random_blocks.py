"""The kinds of blocks that processes drawn at random are made of."""

from __future__ import annotations

from tests.engine.bpmn import diagrams as d
from tests.engine.bpmn.random_drawing import Ends, Pen, block


@block("user")
def user(pen: Pen, depth: int) -> Ends:
    """A task for a person."""
    name = pen.user()
    return name, name


@block("script")
def script(pen: Pen, depth: int) -> Ends:
    """Assignments."""
    text = pen.dice.choice(["n = n + 1", "flag = not flag", "n = 0\nflag = n > 0", "answer = 'no'"])
    name = pen.put("scriptTask", "s", f"<bpmn:script>{text.replace('>', '&gt;')}</bpmn:script>")
    return name, name


@block("plain")
def plain(pen: Pen, depth: int) -> Ends:
    """A task that nobody does."""
    name = pen.put(pen.dice.choice(["task", "manualTask", "intermediateThrowEvent"]), "t")
    return name, name


def _split(pen: Pen, depth: int, kind: str, *, asks: bool) -> Ends:
    split, join = pen.put(kind, "g"), pen.put(kind, "h")
    for way in range(pen.dice.choice([2, 2, 3])):
        if way and pen.chance(10):
            begin, end = join, ""
        else:
            begin, end = pen.blocks(depth + 1, 2)
        if asks:
            pen.branch(split, begin, way)
        else:
            pen.lead(split, begin)
        if end:
            pen.lead(end, join)
    return split, join


@block("choice")
def choice(pen: Pen, depth: int) -> Ends:
    """Exclusive split and merge."""
    return _split(pen, depth, "exclusiveGateway", asks=True)


@block("parallel")
def parallel(pen: Pen, depth: int) -> Ends:
    """Parallel split and join."""
    return _split(pen, depth, "parallelGateway", asks=False)


@block("inclusive")
def inclusive(pen: Pen, depth: int) -> Ends:
    """Inclusive split and join."""
    return _split(pen, depth, "inclusiveGateway", asks=True)


@block("early end")
def early_end(pen: Pen, depth: int) -> Ends:
    """A choice one of whose ways ends at once."""
    gateway = pen.put("exclusiveGateway", "g")
    begin, end = pen.blocks(depth + 1, 2)
    pen.branch(gateway, begin, 0)
    pen.branch(gateway, pen.put("endEvent", "e"), 1)
    return gateway, end


@block("rework")
def rework(pen: Pen, depth: int) -> Ends:
    """A loop of some blocks until a person says that it is good."""
    merge, check, gateway = pen.put("exclusiveGateway", "m"), pen.user(), pen.put("exclusiveGateway", "x")
    begin, end = pen.blocks(depth + 1, 2)
    pen.chain(merge, begin)
    pen.chain(end, check, gateway)
    pen.branch(gateway, merge, 1)
    onward = pen.put("exclusiveGateway", "o")
    pen.branch(gateway, onward, 0)
    return merge, onward


@block("implicit")
def implicit(pen: Pen, depth: int) -> Ends:
    """A split and a merge that are drawn without gateways: two flows out of a task, two into another."""
    first, last = pen.user(), pen.user()
    pen.lead(first, last)
    begin, end = pen.blocks(depth + 1, 1)
    pen.chain(first, begin)
    pen.chain(end, last)
    return first, last


@block("link")
def link(pen: Pen, depth: int) -> Ends:
    """A pair of links in place of a flow: the block ends where the other begins."""
    name = pen.name("link")
    event = f'<bpmn:linkEventDefinition name="{name}"/>'
    begin, end = pen.blocks(depth + 1, 1)
    pen.lead(end, pen.put("intermediateThrowEvent", "lt", event))
    following = pen.put("intermediateCatchEvent", "lc", event)
    return begin, following


@block("sub-process")
def sub_process(pen: Pen, depth: int) -> Ends:
    """A sub-process."""
    with pen.inside() as inner:
        pen.body(depth + 1)
    name = pen.sub_process(inner.text())
    return name, name


@block("call")
def call(pen: Pen, depth: int) -> Ends:
    """A called process; sometimes one that is called already."""
    known = [name for name in pen.processes if not pen.chance(50)] if depth == 0 else []
    process = known[0] if known else pen.name("q")
    if not known:
        with pen.inside() as inner:
            pen.body(2 if depth else 1)
        pen.processes[process] = inner
    name = pen.put("callActivity", "call", calledElement=process)
    return name, name


@block("everybody")
def everybody(pen: Pen, depth: int) -> Ends:
    """A task for several people, at once or in turn, until one says no or all have answered."""
    name = pen.user(_each(pen))
    return name, name


def _each(pen: Pen, percent_nobody: int = 0) -> str:
    item = pen.name("m")
    pen.results.append(f"answer{item}")
    until = ""
    if pen.chance(40):
        until = f"1 in picked('{item}')" if pen.menu.picked else f"answer{item} == 'no'"
    return d.each(
        "nobody" if pen.chance(percent_nobody) else "people", f"who{item}", f"answers{item}", f"answer{item}",
        until=until, one_by_one=pen.chance(40),
    )  # fmt: skip


@block("everybody inside")
def everybody_inside(pen: Pen, depth: int) -> Ends:
    """A sub-process for several people."""
    extra = _each(pen, 10)
    with pen.inside() as inner:
        pen.body(depth + 1)
        # Whatever way is taken, somebody has given a result.
        first = pen.user()
        begin = next(one for one in inner.arrows if inner.nodes[one.source].kind == "startEvent")
        inner.arrows.append(type(begin)(pen.name("f"), first, begin.target))
        begin.target = first
    name = pen.sub_process(inner.text(), extra)
    return name, name


@block("again")
def again(pen: Pen, depth: int) -> Ends:
    """A task or sub-process that repeats itself while its condition holds."""
    item = pen.name("w")
    asked = f"1 in picked('{item}')" if pen.menu.picked else pen.dice.choice(["not flag", "n < 2"])
    loop = d.loop(asked if pen.chance(80) else "", maximum=pen.dice.choice([1, 2, 3]), before=pen.chance(40))
    if pen.chance(60):
        name = pen.user(loop)
    else:
        with pen.inside() as inner:
            pen.body(depth + 1)
        name = pen.sub_process(inner.text(), loop)
    return name, name
