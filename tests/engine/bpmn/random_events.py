"""The kinds of blocks with events that processes drawn at random are made of."""

from __future__ import annotations

from tests.engine.bpmn import diagrams as d
from tests.engine.bpmn.random_drawing import Ends, Pen, block


def wait_for(pen: Pen) -> str:
    """A message or timer that somebody may wait for: no two timers of a process are due at the same instant."""
    if pen.chance(50):
        return d.message(pen.name("msg"), variable=pen.dice.choice(["", "got"]))
    return d.timer("Duration", pen.delay())


@block("catch")
def catch(pen: Pen, depth: int) -> Ends:
    """An event that waits."""
    name = pen.put("intermediateCatchEvent", "c", wait_for(pen))
    return name, name


@block("receive")
def receive(pen: Pen, depth: int) -> Ends:
    """A task that waits for a message."""
    message = pen.name("msg")
    pen.extra += f'<bpmn:message id="msg.{message}" name="{message}"/>'
    name = pen.put("receiveTask", "r", messageRef=f"msg.{message}")
    return name, name


@block("throw")
def throw(pen: Pen, depth: int) -> Ends:
    """A message that leaves."""
    name = pen.put("intermediateThrowEvent", "t", d.message(pen.name("out"), "{'n': n}"))
    return name, name


@block("first event")
def first_event(pen: Pen, depth: int) -> Ends:
    """Several events, of which the first decides."""
    gateway, merge = pen.put("eventBasedGateway", "g"), pen.put("exclusiveGateway", "m")
    for _ in range(pen.dice.choice([2, 2, 3])):
        event = pen.put("intermediateCatchEvent", "c", wait_for(pen))
        begin, end = pen.blocks(depth + 1, 1)
        pen.chain(gateway, event, begin)
        pen.lead(end, merge)
    return gateway, merge


def host(pen: Pen, depth: int) -> str:
    """An activity that events may sit on."""
    kind = pen.dice.randrange(4)
    if kind < 2:
        return pen.user()
    if kind == 2:
        item = pen.name("m")
        pen.results.append(f"answer{item}")
        return pen.user(
            d.each("people", f"who{item}", f"answers{item}", f"answer{item}", one_by_one=pen.chance(40))
        )
    with pen.inside() as inner:
        pen.body(depth + 1)
    return pen.sub_process(inner.text())


def on_border(pen: Pen, to: str, event: str, *, interrupting: bool) -> str:
    """An event on the border of an activity."""
    said = str(interrupting).lower()
    return pen.put("boundaryEvent", "b", event, attachedToRef=to, cancelActivity=said)


@block("interrupted")
def interrupted(pen: Pen, depth: int) -> Ends:
    """An activity that events on its border may end."""
    activity, merge = host(pen, depth), pen.put("exclusiveGateway", "m")
    pen.lead(activity, merge)
    for _ in range(pen.dice.choice([1, 1, 2])):
        event = on_border(pen, activity, wait_for(pen), interrupting=True)
        begin, end = pen.blocks(depth + 1, 1)
        pen.lead(event, begin)
        pen.lead(end, merge if pen.chance(70) else pen.put("endEvent", "e"))
    return activity, merge


@block("reminded")
def reminded(pen: Pen, depth: int) -> Ends:
    """An activity with a timer that goes off beside it, once or several times."""
    activity = host(pen, depth)
    timer = d.timer("Duration", pen.delay()) if pen.chance(60) else d.timer("Cycle", f"R2/{pen.delay()}")
    event = on_border(pen, activity, timer, interrupting=False)
    begin, end = pen.blocks(depth + 1, 1)
    pen.lead(event, begin)
    pen.lead(end, pen.put("endEvent", "e"))
    return activity, activity


@block("error")
def error(pen: Pen, depth: int) -> Ends:
    """A sub-process that an error, thrown in it by choice, may end."""
    return _thrown(pen, depth, "error", interrupting=True)


@block("escalation")
def escalation(pen: Pen, depth: int) -> Ends:
    """A sub-process out of which an escalation may be thrown, ending it or not."""
    return _thrown(pen, depth, "escalation", interrupting=pen.chance(50))


def _thrown(pen: Pen, depth: int, what: str, *, interrupting: bool) -> Ends:
    code = pen.name("code")
    pen.extra += f'<bpmn:{what} id="ref.{code}" name="{code}" {what}Code="{code}"/>'
    event = f'<bpmn:{what}EventDefinition {what}Ref="ref.{code}"/>'
    with pen.inside() as inner:
        begin, end = pen.blocks(depth + 1, 1)
        task, gateway = pen.user(), pen.put("exclusiveGateway", "x")
        pen.chain(pen.put("startEvent", "s"), begin)
        pen.chain(end, task, gateway)
        pen.branch(gateway, pen.put("endEvent", "e", event), 1)
        last = pen.put("endEvent", "e")
        pen.branch(gateway, last, 0)
        if what == "escalation" and pen.chance(50):
            arrow = inner.arrows[-1]
            arrow.target = pen.put("intermediateThrowEvent", "t", event)
            pen.chain(arrow.target, pen.user(), last)
    activity, merge = pen.sub_process(inner.text()), pen.put("exclusiveGateway", "m")
    border = on_border(pen, activity, event, interrupting=interrupting)
    begin, end = pen.blocks(depth + 1, 1)
    pen.lead(activity, merge)
    pen.lead(border, begin)
    pen.lead(end, merge if interrupting else pen.put("endEvent", "e"))
    return activity, merge


@block("terminate")
def terminate(pen: Pen, depth: int) -> Ends:
    """A sub-process in which one of two parallel branches ends everything."""
    with pen.inside() as inner:
        split = pen.put("parallelGateway", "g")
        pen.lead(pen.put("startEvent", "s"), split)
        for event in ("<bpmn:terminateEventDefinition/>", ""):
            begin, end = pen.blocks(depth + 1, 2)
            pen.lead(split, begin)
            pen.lead(end, pen.put("endEvent", "e", event))
    name = pen.sub_process(inner.text())
    return name, name


@block("signal")
def signal(pen: Pen, depth: int) -> Ends:
    """Two branches, one of which waits for the signal of the other."""
    name = pen.name("signal")
    pen.extra += f'<bpmn:signal id="ref.{name}" name="{name}"/>'
    event = f'<bpmn:signalEventDefinition signalRef="ref.{name}"/>'
    split, join, task = pen.put("parallelGateway", "g"), pen.put("parallelGateway", "h"), pen.user()
    thrown, caught = pen.put("intermediateThrowEvent", "t", event), pen.put("intermediateCatchEvent", "c", event)
    pen.chain(split, task, thrown, join)
    pen.chain(split, caught, join)
    return split, join


@block("knocked")
def knocked(pen: Pen, depth: int) -> Ends:
    """An activity with a message beside it, as often as it comes."""
    activity = host(pen, depth)
    event = on_border(pen, activity, d.message(pen.name("msg")), interrupting=False)
    begin, end = pen.blocks(depth + 1, 1)
    pen.lead(event, begin)
    pen.lead(end, pen.put("endEvent", "e"))
    return activity, activity


@block("watched")
def watched(pen: Pen, depth: int) -> Ends:
    """A sub-process with parts in it that events begin."""
    with pen.inside() as inner:
        pen.body(depth + 1)
        for _ in range(pen.dice.choice([1, 1, 2])):
            listen(pen, depth + 1)
    name = pen.sub_process(inner.text())
    return name, name


def listen(pen: Pen, depth: int) -> None:
    """An event sub-process in the scope that is being drawn."""
    interrupting, event = pen.chance(50), wait_for(pen)
    if pen.chance(20) and not interrupting:
        event = d.timer("Cycle", f"R2/{pen.delay()}")
    with pen.inside() as inner:
        begin, end = pen.blocks(depth + 1, 2)
        pen.lead(pen.put("startEvent", "on", event, isInterrupting=str(interrupting).lower()), begin)
        pen.lead(end, pen.put("endEvent", "e"))
    pen.put("subProcess", "ev", inner.text(), triggeredByEvent="true")


@block("caught inside")
def caught_inside(pen: Pen, depth: int) -> Ends:
    """A sub-process that catches its own error or escalation in a part of it."""
    what = pen.dice.choice(["error", "escalation"])
    code = pen.name("code")
    pen.extra += f'<bpmn:{what} id="ref.{code}" name="{code}" {what}Code="{code}"/>'
    event = f'<bpmn:{what}EventDefinition {what}Ref="ref.{code}"/>'
    interrupting = what == "error" or pen.chance(50)
    with pen.inside() as inner:
        split, task = pen.put("parallelGateway", "g"), pen.user()
        pen.lead(pen.put("startEvent", "s"), split)
        pen.chain(split, task, pen.put("endEvent", "e", event))
        begin, end = pen.blocks(depth + 1, 2)
        pen.lead(split, begin)
        pen.lead(end, pen.put("endEvent", "e"))
        with pen.inside() as part:
            begin, end = pen.blocks(depth + 2, 1)
            pen.lead(pen.put("startEvent", "on", event, isInterrupting=str(interrupting).lower()), begin)
            pen.lead(end, pen.put("endEvent", "e"))
        pen.put("subProcess", "ev", part.text(), triggeredByEvent="true")
    name = pen.sub_process(inner.text())
    return name, name


@block("condition")
def condition(pen: Pen, depth: int) -> Ends:
    """An event that waits until a variable is as it should be."""
    asked = pen.dice.choice(["flag", "n > 1", "answer == 'no'"])
    event = f"<bpmn:conditionalEventDefinition><bpmn:condition>{asked.replace('>', '&gt;')}</bpmn:condition>"
    event += "</bpmn:conditionalEventDefinition>"
    if pen.chance(40):
        name = pen.put("intermediateCatchEvent", "c", event)
        return name, name
    activity, merge, interrupting = host(pen, depth), pen.put("exclusiveGateway", "m"), pen.chance(50)
    border = on_border(pen, activity, event, interrupting=interrupting)
    begin, end = pen.blocks(depth + 1, 1)
    pen.lead(activity, merge)
    pen.lead(border, begin)
    pen.lead(end, merge if interrupting else pen.put("endEvent", "e"))
    return activity, merge
