"""Ids, references, starts and ends: whether the drawing hangs together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.bpmn.elements import ACTIVITIES, CONTAINERS
from engine.bpmn.rules.survey import Drawn, Page, Survey, definitions_of, label
from engine.bpmn.shaping import RESERVED
from engine.bpmn.source import BPMN, MAXIMUM_NODES, local
from engine.values import Finding

_VARIABLES = ("inputDataItem", "outputDataItem")
_RESERVED_ENDINGS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin", " [child]")


def ids(page: Page) -> Iterator[Finding]:
    """No id twice in a file: the second would hide the first."""
    counted = Counter(
        node.get("id") for node in page.written.iter(f"{{{BPMN}}}*") if node.get("id") and local(node) not in _VARIABLES
    )
    for name, times in counted.items():
        if times > 1:
            sentence = f"The id {name!r} is used {times} times. Give each element an id of its own."
            yield Finding(name, "duplicate-id", "error", sentence, page.file)


def containers(survey: Survey) -> Iterator[Finding]:
    """No process or sub-process id twice in a bundle: each can be called from everywhere."""
    seen: dict[str, str] = {}
    for page in survey.pages:
        for node in page.root.iter(*(f"{{{BPMN}}}{name}" for name in CONTAINERS)):
            name = node.get("id", "")
            if seen.setdefault(name, page.file) != page.file:
                sentence = f"{seen[name]} has a process or sub-process with the id {name!r} too. Rename one of them."
                yield Finding(name, "duplicate-process", "error", sentence, page.file)


def something_to_run(page: Page) -> Iterator[Finding]:
    """A file has a process that can be run."""
    if not page.charts:
        sentence = "There is no executable process in this file. Mark the process as executable."
        yield Finding(None, "no-process", "error", sentence, page.file)


def reserved(drawn: Drawn) -> Iterator[Finding]:
    """Names that the engine keeps for itself."""
    for name in drawn.elements:
        if name in RESERVED or name.endswith(_RESERVED_ENDINGS):
            sentence = f"The id {name!r} is kept for the engine. Give the element another id."
            yield drawn.error(name, "reserved-id", sentence)


def length(drawn: Drawn) -> Iterator[Finding]:
    """A process is not longer than SpiffWorkflow can read."""
    if len(drawn.elements) > MAXIMUM_NODES:
        sentence = f"The process has more than {MAXIMUM_NODES} elements. Move parts of it into processes of their own."
        yield drawn.error(drawn.chart.process, "too-long", sentence)


def named(drawn: Drawn) -> Iterator[Finding]:
    """Every node has an id."""
    if not drawn.chart.process:
        yield drawn.error(
            None, "missing-id", "The process has no id. Save the diagram in the editor, which gives it one."
        )
    if "" in drawn.elements:
        kind = drawn.elements[""].kind
        yield drawn.error(
            None, "missing-id", f"A {kind} has no id. Save the diagram in the editor, which gives it one."
        )


def references(drawn: Drawn) -> Iterator[Finding]:
    """Flows join two nodes of the same process or sub-process; border events sit on an activity."""
    for flow in drawn.flows.values():
        source, target = drawn.elements.get(flow.source), drawn.elements.get(flow.target)
        if source is None or target is None:
            yield drawn.error(
                flow.id, "dangling-flow", f"The flow {flow.id!r} does not join two elements. Draw it again."
            )
        elif source.parent != target.parent:
            sentence = (
                f"A flow from {label(source)} to {label(target)} crosses a sub-process. Use an event on its border."
            )
            yield drawn.error(flow.id, "crossing-flow", sentence)
        elif source.kind == "endEvent":
            yield drawn.error(flow.id, "flow-from-end", f"No flow may leave {label(source)}. Remove the flow.")
        elif target.kind in ("startEvent", "boundaryEvent"):
            yield drawn.error(flow.id, "flow-into-event", f"No flow may lead into {label(target)}. Remove the flow.")
    for element, node in drawn.of("boundaryEvent"):
        host = drawn.elements.get(node.get("attachedToRef", ""))
        if host is None or host.kind not in ACTIVITIES or host.parent != element.parent:
            sentence = f"The event {label(element)} does not sit on an activity. Move it onto the border of one."
            yield drawn.error(element.id, "dangling-event", sentence)


def starts(drawn: Drawn) -> Iterator[Finding]:
    """One plain start, or starts by messages; a sub-process has exactly one plain start and an end."""
    places = {drawn.chart.process, *(e.id for e, _ in drawn.of("subProcess"))}
    for place in places:
        inside = [(e, node) for e, node in drawn.of("startEvent") if e.parent == place]
        plain = [e for e, node in inside if not definitions_of(node)]
        if not inside:
            yield drawn.error(place, "no-start", "There is no start event. Draw one, and a flow from it.")
        elif place != drawn.chart.process and (len(inside) > 1 or not plain):
            yield drawn.error(
                place, "sub-process-start", "A sub-process has exactly one start event, without a message."
            )
        elif plain and len(inside) > 1:
            sentence = (
                "Draw one plain start event, or only starts by messages: beside a plain one no other ever starts."
            )
            yield drawn.error(inside[-1][0].id, "several-starts", sentence)
        if not any(e.kind == "endEvent" and e.parent == place for e in drawn.elements.values()):
            yield drawn.error(place, "no-end", "There is no end event. Draw one.")


def reachable(drawn: Drawn) -> Iterator[Finding]:
    """Every node can be reached: SpiffWorkflow drops what it cannot reach without a word.

    Of nodes that follow one another the first is named: a flow to it leads to all.
    """
    seen = _from(drawn, {e.id for e, _ in drawn.of("startEvent")})
    lost = [
        element
        for element in drawn.elements.values()
        if element.id not in seen and not (element.kind == "endEvent" and not element.incoming)
    ]
    led_to = {name for element in lost for name in drawn.after.get(element.id, ()) if name != element.id}
    firsts = [element for element in lost if element.id not in led_to]
    told = _from(drawn, {element.id for element in firsts})
    for element in lost:
        if element.id not in told:  # a circle that nothing leads into
            firsts.append(element)
            told |= _from(drawn, {element.id})
    for element in firsts:
        yield drawn.error(
            element.id, "unreachable", f"Nothing leads to {label(element)}. Draw a flow to it, or remove it."
        )


def _from(drawn: Drawn, names: set[str]) -> set[str]:
    """All nodes that can be reached from some, these among them."""
    seen, waiting = set(names), list(names)
    while waiting:
        for name in drawn.after.get(waiting.pop(), ()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return seen


def ends(drawn: Drawn) -> Iterator[Finding]:
    """Every branch ends in an end event."""
    for element in drawn.elements.values():
        if not element.outgoing and element.kind != "endEvent" and not _never_ends(drawn, element.id):
            yield drawn.error(
                element.id, "dead-end", f"Nothing follows {label(element)}. Draw a flow on, or to an end event."
            )


def _never_ends(drawn: Drawn, place: str) -> bool:
    """Whether it is a sub-process that only an event on its border can end: nothing in it leads to an end event."""
    inside = [element for element in drawn.elements.values() if element.kind == "endEvent" and element.parent == place]
    return bool(inside) and not any(element.incoming for element in inside)
