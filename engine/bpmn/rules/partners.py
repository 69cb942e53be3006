"""What a process calls and exchanges: steps, decisions, other processes, messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from engine.bpmn.elements import Chart, signal_names
from engine.bpmn.rules.survey import Drawn, Page, Survey, definitions_of, label
from engine.bpmn.source import BPMN, NAMES, local
from engine.values import Finding

if TYPE_CHECKING:
    from lxml.etree import _Element

_CATCHING = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")
_SENDING = ("endEvent", "intermediateThrowEvent", "sendTask")


def steps(drawn: Drawn) -> Iterator[Finding]:
    """A service task names a step that exists."""
    known = drawn.survey.known.steps
    for element, node in drawn.of("serviceTask"):
        found = node.xpath("bpmn:extensionElements/spiffworkflow:serviceTaskOperator", namespaces=NAMES)
        step = found[0].get("id", "") if found else ""
        if not step:
            yield drawn.error(element.id, "no-step", f"{label(element)} does nothing. Choose the step that it calls.")
        elif known is not None and step not in known:
            yield drawn.error(element.id, "unknown-step", f"There is no step called {step!r}. Choose another one.")


def decisions(drawn: Drawn) -> Iterator[Finding]:
    """A decision task names a table of the bundle."""
    for element, node in drawn.of("businessRuleTask"):
        found = node.xpath("bpmn:extensionElements/spiffworkflow:calledDecisionId", namespaces=NAMES)
        name = (found[0].text or "").strip() if found else ""
        if name not in drawn.survey.decisions:
            sentence = f"{label(element)} asks the decision {name!r}, which is not in the bundle. Add its table."
            yield drawn.error(element.id, "unknown-decision", sentence)


def calls(drawn: Drawn) -> Iterator[Finding]:
    """A call activity calls a process of the bundle, which does not call back."""
    processes = drawn.survey.processes
    for element, node in drawn.of("callActivity"):
        called = node.get("calledElement", "")
        if called not in processes:
            sentence = (
                f"{label(element)} calls the process {called!r}, which is not in the bundle. Add it, or call another."
            )
            yield drawn.error(element.id, "unknown-process", sentence)
        elif drawn.chart.process in _called_by(called, processes):
            sentence = (
                f"{label(element)} calls {called!r}, which in the end calls this process again. Break the circle."
            )
            yield drawn.error(element.id, "calls-itself", sentence)
        elif processes[called].starts:
            sentence = (
                f"{called!r} starts by a message, so {label(element)} would wait for ever. Send the message instead."
            )
            yield drawn.error(element.id, "call-of-message", sentence)


def _called_by(process: str, processes: Mapping[str, Chart]) -> set[str]:
    seen, waiting = set(), [process]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in processes:
            continue
        seen.add(name)
        chart = processes[name]
        waiting.extend(
            chart.nodes[one].get("calledElement", "") for one, e in chart.elements.items() if e.kind == "callActivity"
        )
    return seen


def named_messages(drawn: Drawn) -> Iterator[Finding]:
    """A message event names a message that the file declares; a start by message has a key."""
    for element, node in drawn.of(*_CATCHING, *_SENDING):
        for reference in _references(node):
            if reference not in drawn.messages:
                yield drawn.error(element.id, "no-message", f"{label(element)} names no message. Choose one.")
        if element.kind in ("sendTask", "receiveTask") and not _references(node):
            yield drawn.error(element.id, "no-message", f"{label(element)} names no message. Choose one.")
    for start in drawn.chart.starts:
        if start.key_expression is None:
            sentence = (
                f"The start by “{start.message}” has no property “key”: the same message twice starts two instances."
            )
            yield drawn.warning(start.element, "no-key", sentence)


def signals(drawn: Drawn) -> Iterator[Finding]:
    """A signal event names a signal that the file declares; one that is caught is thrown in the same file."""
    known, here = signal_names(drawn.root), _thrown_signals(drawn.root)
    for element, node in drawn.of(*_CATCHING, *_SENDING):
        for item in definitions_of(node):
            name = item.get("signalRef", "")
            if local(item) == "signalEventDefinition" and name not in known:
                yield drawn.error(element.id, "no-signal", f"{label(element)} names no signal. Choose one.")
            elif local(item) == "signalEventDefinition" and element.kind in _CATCHING and known[name] not in here:
                sentence = f"Nothing throws the signal of {label(element)}, and none comes from outside. Use a message."
                yield drawn.warning(element.id, "nobody-throws", sentence)


def _thrown_signals(root: _Element) -> frozenset[str]:
    known = signal_names(root)
    found = root.iter(f"{{{BPMN}}}signalEventDefinition")
    return frozenset(known.get(one.get("signalRef", ""), "") for one in found if local(one.getparent()) in _SENDING)


def heard_messages(survey: Survey) -> Iterator[Finding]:
    """Messages that are awaited are sent somewhere, and the other way round."""
    sent, caught = {}, {}
    for page in survey.pages:
        for chart in page.charts:
            drawn = Drawn(page.file, chart, page.root, survey)
            for kinds, where in ((_SENDING, sent), (_CATCHING, caught)):
                for element, node in drawn.of(*kinds):
                    for reference in _references(node):
                        where.setdefault(drawn.messages.get(reference, ""), (page.file, element))
    for name in sorted((caught.keys() - sent.keys()) - {""}):
        file, element = caught[name]
        sentence = f"No diagram of this bundle sends “{name}”. Make sure that a page or a step does."
        yield Finding(element.id, "nobody-sends", "warning", sentence, file)
    for name in sorted((sent.keys() - caught.keys()) - {""}):
        file, element = sent[name]
        sentence = f"No diagram of this bundle waits for “{name}”, so it reaches nobody."
        yield Finding(element.id, "nobody-waits", "warning", sentence, file)


def thrown(page: Page, survey: Survey) -> frozenset[str]:
    """The names of the messages that the diagrams of a file send."""
    found = set()
    for chart in page.charts:
        drawn = Drawn(page.file, chart, page.root, survey)
        for _, node in drawn.of(*_SENDING):
            found.update(drawn.messages.get(reference, "") for reference in _references(node))
    return frozenset((found | _thrown_signals(page.root)) - {""})


def _references(node: _Element) -> list[str]:
    found = [item.get("messageRef", "") for item in definitions_of(node) if local(item) == "messageEventDefinition"]
    own = node.get("messageRef")
    return [own, *found] if own is not None else found
