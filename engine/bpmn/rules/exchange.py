"""What a process exchanges with the world around it: messages, signals, steps and decisions, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from engine.bpmn.elements import message_names, signal_names
from engine.bpmn.model import Element
from engine.bpmn.rules.survey import CATCHING, SENDING, Drawn, Survey, definitions_of, text
from engine.bpmn.source import BPMN, NAMES, local

if TYPE_CHECKING:
    from lxml.etree import _Element

Places = Mapping[str, tuple[Drawn, Element]]


def step_of(node: _Element) -> str:
    """The step that a service task calls, empty without one."""
    found = node.xpath("bpmn:extensionElements/spiffworkflow:serviceTaskOperator", namespaces=NAMES)
    return found[0].get("id", "") if found else ""


def decision_of(node: _Element) -> str:
    """The decision that a business rule task asks, empty without one."""
    found = node.xpath("bpmn:extensionElements/spiffworkflow:calledDecisionId", namespaces=NAMES)
    return text(found[0]) if found else ""


def references(node: _Element) -> list[str]:
    """The ids of the messages that an event or task names."""
    found = [item.get("messageRef", "") for item in definitions_of(node) if local(item) == "messageEventDefinition"]
    own = node.get("messageRef") if local(node).endswith("Task") else None
    return [own, *found] if own is not None else found


def messages(survey: Survey) -> tuple[Places, Places]:
    """The messages that the diagrams of a bundle send and await, by name, each with a place."""
    sent: dict[str, tuple[Drawn, Element]] = {}
    caught: dict[str, tuple[Drawn, Element]] = {}
    for drawn in survey.all_drawn:
        for kinds, where in ((SENDING, sent), (CATCHING, caught)):
            for element, node in drawn.of(*kinds):
                for reference in references(node):
                    where.setdefault(drawn.messages.get(reference, ""), (drawn, element))
    sent.pop("", None)
    caught.pop("", None)
    return sent, caught


def not_run(survey: Survey, kinds: tuple[str, ...]) -> Mapping[str, str]:
    """The messages that elements of some kinds name in pools that are not run, each with the name of one such pool."""
    found: dict[str, str] = {}
    for page in survey.pages:
        names, run = message_names(page.root), {chart.process for chart in page.charts}
        pools = {pool.get("processRef"): pool.get("name") for pool in page.root.iter(f"{{{BPMN}}}participant")}
        for process in page.root.iterchildren(f"{{{BPMN}}}process"):
            if process.get("id") in run:
                continue
            pool = pools.get(process.get("id")) or process.get("name") or process.get("id", "")
            for node in process.iter(*(f"{{{BPMN}}}{kind}" for kind in kinds)):
                for reference in references(node):
                    found.setdefault(names.get(reference, ""), pool)
    return found


def signals(drawn: Drawn) -> Iterator[tuple[Element, str | None]]:
    """The events of a process that throw or catch a signal, each with its name, None without one."""
    known = signal_names(drawn.root)
    for element, node in drawn.of(*CATCHING, *SENDING):
        for item in definitions_of(node):
            if local(item) == "signalEventDefinition":
                yield element, known.get(item.get("signalRef", ""))


def thrown_signals(root: _Element) -> frozenset[str]:
    """The names of the signals that a file throws."""
    known = signal_names(root)
    found = root.iter(f"{{{BPMN}}}signalEventDefinition")
    return frozenset(known.get(one.get("signalRef", ""), "") for one in found if local(one.getparent()) in SENDING)


def thrown(root: _Element) -> frozenset[str]:
    """The names of the messages and signals that the diagrams of a file send, those of other pools among them."""
    names = message_names(root)
    sending = root.iter(*(f"{{{BPMN}}}{kind}" for kind in SENDING))
    found = {names.get(reference, "") for node in sending for reference in references(node)}
    return frozenset((found | thrown_signals(root)) - {""})
