"""Reading the XML of diagrams, safely: nothing outside a file is ever read, and no file takes long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from engine.bpmn.encodings import readings, with_addresses
from engine.bpmn.namespaces import BPMN, SPIFF, brought_up
from engine.values import Finding

if TYPE_CHECKING:
    from lxml.etree import _Element

_OF_BPMN = f"{{{BPMN}}}"
NAMES = {"bpmn": BPMN, "spiffworkflow": SPIFF}
MAXIMUM_BYTES = 2 * 1024 * 1024
MAXIMUM_DEPTH = 64
MAXIMUM_NODES = 400
"""Flow nodes of one process: SpiffWorkflow reads them recursively."""
MAXIMUM_FLOWS = 2000
"""Flows of one file."""
MAXIMUM_ELEMENTS = 3000
MAXIMUM_PROCESSES = 60
"""Of one file, as are the elements."""
MAXIMUM_DECLARED = 1000
"""Messages, signals, errors and escalations of one file."""
MAXIMUM_ATTRIBUTES = 500
"""Of one element."""
_COUNTED = (
    (("sequenceFlow",), MAXIMUM_FLOWS, "flows"),
    (("process",), MAXIMUM_PROCESSES, "processes"),
    (("message", "signal", "error", "escalation"), MAXIMUM_DECLARED, "messages, signals and errors"),
    (
        ("task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask",
         "callActivity", "subProcess", "startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent",
         "intermediateThrowEvent", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
         "complexGateway", "transaction", "adHocSubProcess"),
        MAXIMUM_ELEMENTS, "elements",
    ),
)  # fmt: skip
_NO_DOCTYPE = "The file has a DOCTYPE, which diagrams do not need. Remove that line."
_TOO_DEEP = f"Elements are nested more than {MAXIMUM_DEPTH} deep. Use called processes instead of sub-processes."


@dataclass(frozen=True)
class Document:
    """One file that could be read, as it was written."""

    file: str
    root: _Element

    @property
    def is_decision(self) -> bool:
        """Whether it holds decision tables."""
        return local(self.root) == "definitions" and "/DMN/" in (etree.QName(self.root).namespace or "").upper()


def local(node: _Element) -> str:
    """The name of a node without its namespace; empty for comments and the like."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def is_bpmn(node: _Element, *names: str) -> bool:
    """Whether it is a BPMN node with one of the names."""
    return isinstance(node.tag, str) and node.tag.startswith(_OF_BPMN) and (not names or local(node) in names)


def name_on_one_line(node: _Element) -> str:
    """The name of a node on one line, as many tools break it where the drawing does; empty without one."""
    return " ".join(node.get("name", "").split())


def read(file: str, content: bytes) -> Document | Finding:
    """The document in a file, or why it is not accepted. Nothing outside the file is ever read."""

    def refused(rule: str, sentence: str) -> Finding:
        return Finding(None, rule, "error", sentence, file)

    if not content.strip():
        return refused("file-empty", "The file is empty. Upload the diagram again.")
    if len(content) > MAXIMUM_BYTES:
        return refused("file-too-large", "The file is larger than 2 MB. Split the diagram, or take pictures out of it.")
    try:
        root = _root(content)
    except (etree.XMLSyntaxError, ValueError) as error:
        if b"<!ENTITY" in content:
            return refused("file-doctype", _NO_DOCTYPE)
        if "depth" in str(error):
            return refused("file-too-deep", _TOO_DEEP)
        said = str(error).partition(" (<string>")[0].replace("\n", "")
        return refused("file-not-xml", f"This is not well-formed XML: {said}. Save the diagram again in the editor.")
    trouble = _trouble(root)
    return Document(file, root) if trouble is None else refused(*trouble)


def _root(content: bytes) -> _Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    first: Exception | None = None
    for reading in readings(content):
        try:
            return brought_up(etree.fromstring(reading, parser))
        except (etree.XMLSyntaxError, ValueError) as error:
            first = first or error
            if isinstance(error, etree.XMLSyntaxError) and error.code == etree.ErrorTypes.WAR_NS_URI:
                return brought_up(etree.fromstring(with_addresses(reading), parser))
    assert first is not None
    raise first


def _trouble(root: _Element) -> tuple[str, str] | None:
    if root.getroottree().docinfo.doctype:
        return "file-doctype", _NO_DOCTYPE
    if _depth(root) > MAXIMUM_DEPTH:
        return "file-too-deep", _TOO_DEEP
    for kinds, most, what in _COUNTED:
        if sum(1 for _ in root.iter(*(f"{{{BPMN}}}{kind}" for kind in kinds))) > most:
            return "file-too-long", f"There are more than {most} {what} in the file. Split the diagram."
    if any(len(node.attrib) > MAXIMUM_ATTRIBUTES for node in root.iter()):
        return "file-too-long", f"An element has more than {MAXIMUM_ATTRIBUTES} attributes. Save the diagram anew."
    if local(root) != "definitions" or not (Document("", root).is_decision or is_bpmn(root)):
        return "file-kind", "This is neither a BPMN nor a DMN diagram. Upload a file saved by the editor."
    return None


def _depth(root: _Element) -> int:
    deepest, level = 0, [root]
    while level and deepest <= MAXIMUM_DEPTH:
        deepest += 1
        level = [child for node in level for child in node]
    return deepest
