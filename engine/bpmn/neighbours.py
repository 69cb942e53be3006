"""Which files of a folder a diagram needs: those with the processes that it calls and the decisions that it asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from engine.bpmn.decisions import read_tables
from engine.bpmn.references import bare
from engine.bpmn.source import BPMN, Document, read


@dataclass(frozen=True)
class _Names:
    gives: frozenset[str]
    asks: frozenset[str]


def neighbours(files: Mapping[str, bytes]) -> Mapping[str, Mapping[str, bytes]]:
    """For each file itself and what it needs, directly or not; of several that give a name, the first."""
    names = {file: _names(file, content) for file, content in files.items()}
    givers: dict[str, str] = {}
    for file in sorted(names):
        for name in names[file].gives:
            givers.setdefault(name, file)
    return {file: {one: files[one] for one in _closure(file, names, givers)} for file in files}


def _closure(file: str, names: Mapping[str, _Names], givers: Mapping[str, str]) -> list[str]:
    found, waiting = [], [file]
    given: set[str] = set()
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.append(one)
        given |= names[one].gives
        waiting += [givers[name] for name in sorted(names[one].asks - given) if name in givers]
    return found


def _names(file: str, content: bytes) -> _Names:
    document = read(file, content)
    if not isinstance(document, Document):
        return _Names(frozenset(), frozenset())
    if document.is_decision:
        return _Names(frozenset(table.id for table in read_tables(document.root)), frozenset())
    gives = (node.get("id", "") for node in document.root.iterchildren(f"{{{BPMN}}}process"))
    return _Names(frozenset(gives), frozenset(_asked(document)))


def _asked(document: Document) -> Iterator[str]:
    for node in document.root.iter(f"{{{BPMN}}}callActivity"):
        yield bare(node.get("calledElement", ""))
    for node in document.root.iter("{*}calledElement", "{*}calledDecision", "{*}calledDecisionId"):
        yield node.get("processId") or node.get("decisionId") or (node.text or "").strip()
    for node in document.root.iter(f"{{{BPMN}}}businessRuleTask"):
        yield from (value for name, value in node.attrib.items() if etree.QName(name).localname == "decisionRef")
