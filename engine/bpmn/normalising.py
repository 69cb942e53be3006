"""A copy of the diagram in the form that is run, and a note on each thing that was read into it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from lxml import etree

from engine.bpmn import (
    adhoc,
    catching,
    coming,
    foreign,
    handlers,
    linking,
    mapping,
    namespaces,
    references,
    shaping,
    splitting,
    standing_in,
    throwing,
    workings,
)
from engine.bpmn.dialects import is_foreign, spelt, translated
from engine.bpmn.elements import EVENTS
from engine.bpmn.source import BPMN, SPIFF, local
from engine.bpmn.timers import as_expression
from engine.values import Finding

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.shaping import Note

# What is drawn for readers. SpiffWorkflow would demand a variable for each data object, and take it away afterwards.
_FOR_READERS = (
    "dataInputAssociation", "dataOutputAssociation", "dataObject", "dataObjectReference", "dataStore",
    "dataStoreReference", "ioSpecification", "property", "monitoring", "auditing", "correlationProperty",
    "correlationKey", "correlationSubscription",
)  # fmt: skip
_CYCLE = re.compile(r"R\d*/(?:(?P<start>\d[^/]*)/)?(?P<step>P[^/]+)(?:/.*)?")
_TIMERS = ("timeDate", "timeDuration", "timeCycle")
_EXPRESSIONS = ("conditionExpression", "completionCondition", "loopCondition", "loopCardinality", "condition")


@dataclass(frozen=True)
class Normal:
    """A diagram in the form that is run, and what was read into it."""

    root: _Element
    notes: tuple[Finding, ...]


def normalised(root: _Element, file: str = "", *, among: Collection[tuple[str, str]] | None = None) -> Normal:
    """The diagram in the form that is run.

    For a walk `among` says which processes and decisions there are, each with its kind: a walk passes over what only
    the world around the diagram would give.
    """
    root = etree.fromstring(etree.tostring(root))
    found = [note for part in _parts(among) for note in part(root)]
    return Normal(root, tuple(Finding(element, rule, "note", said, file) for element, rule, said in found))


def _parts(among: Collection[tuple[str, str]] | None) -> tuple:
    walking = among is not None
    later = standing_in.LATER if walking else ()
    unknown = partial(standing_in.unknown, among=among)
    races = () if walking else catching.PARTS  # a walk takes one of several events to have come
    stand_ins = (mapping.unreadable, *coming.PARTS, *standing_in.PARTS, unknown) if walking else ()
    return (
        *namespaces.PARTS, mapping.mappings, references.collections, _pictures, _properties, *references.PARTS,
        foreign.attributes, *workings.PARTS, foreign.repetitions, _expressions, _timers, _items,
        shaping.names, shaping.reserved, splitting.defaults, splitting.races, *throwing.PARTS, *races,
        *stand_ins,
        linking.links, shaping.interrupting, shaping.gateways, shaping.transactions, handlers.compensations,
        *((handlers.unused,) if walking else ()),
        adhoc.ad_hoc, shaping.empty_parts, shaping.implicit_starts,
        *later,
        shaping.implicit_ends, splitting.splits, shaping.merges, splitting.twins,
    )  # fmt: skip


def _pictures(root: _Element) -> Iterator[Note]:
    """Take out what is for readers, the places where things are drawn above all.

    SpiffWorkflow orders the flows of a gateway by where their targets are drawn: moving a box would change decisions.
    """
    for picture in root.findall("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"):
        root.remove(picture)
    for node in root.iter(f"{{{BPMN}}}dataObject"):
        if any(local(item) == "value" for place in node.iterchildren(f"{{{BPMN}}}extensionElements") for item in place):
            yield node.get("id"), "foreign-attribute", "The value of the data object is left aside. Set it in a script."
    for node in list(root.iter(*(f"{{{BPMN}}}{name}" for name in _FOR_READERS))):
        if node.getparent() is not None:
            node.getparent().remove(node)


def _properties(root: _Element) -> Iterator[Note]:
    for item in root.iter(f"{{{SPIFF}}}property", f"{{{SPIFF}}}parameter"):
        for name, usual in (("value", ""), ("type", "any")):
            item.set(name, item.get(name, usual))
    yield from ()


def _expressions(root: _Element) -> Iterator[Note]:
    for node in root.iter(*(f"{{{BPMN}}}{name}" for name in _EXPRESSIONS)):
        text = "".join(node.itertext()).strip()
        if is_foreign(text):
            ours = translated(text)
        elif text and "/FEEL" in node.get("language", root.get("expressionLanguage", "")).upper():
            ours = f"={text}" if standing_in.readable(f"={text}") else None
        else:
            ours = spelt(text)
        if ours is not None:
            for child in list(node):
                node.remove(child)
            node.text = ours
            if ours != text:
                yield shaping.owner(node), "foreign-expression", f"The expression {text} is read as {ours}."


def _timers(root: _Element) -> Iterator[Note]:
    for node in root.iter(*(f"{{{BPMN}}}{name}" for name in _TIMERS)):
        text = "".join(node.itertext()).strip()
        ours = translated(text) if is_foreign(text) else None
        node.text = as_expression(ours or text)
        event = next(node.iterancestors(*(f"{{{BPMN}}}{kind}" for kind in EVENTS)), None)
        if event is None:
            continue
        cycle = _CYCLE.fullmatch(text)
        if local(node) == "timeCycle" and not repeats(event):
            if cycle is not None:
                node.tag = f"{{{BPMN}}}{'timeDate' if cycle['start'] else 'timeDuration'}"
                node.text = repr(cycle["start"] or cycle["step"])
            yield event.get("id"), "first-of-cycle", f"The timer {text} can come only once here: its first time counts."


def repeats(event: _Element) -> bool:
    """Whether a timer on this event can come again and again: on a border or around a scope, interrupting nothing."""
    if local(event) == "startEvent":
        within = event.getparent()
        return within.get("triggeredByEvent") != "true" or event.get("isInterrupting") == "false"
    return local(event) == "boundaryEvent" and event.get("cancelActivity") == "false"


def _items(root: _Element) -> Iterator[Note]:
    for node in root.iter(*(f"{{{BPMN}}}{name}" for name in ("inputDataItem", "outputDataItem"))):
        if node.get("name", "").isidentifier():
            # The variable is named by the name, as ids must be unique in a file and variables need not be.
            node.set("id", node.get("name"))
    for node in root.iter(*(f"{{{BPMN}}}{name}" for name in ("loopDataInputRef", "loopDataOutputRef"))):
        node.text = (node.text or "").strip()
    yield from ()
