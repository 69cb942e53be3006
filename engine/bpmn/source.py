"""Reading the XML of diagrams: safely first, then brought into the form that the parser understands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from engine.bpmn.timers import as_expression
from engine.values import Finding

if TYPE_CHECKING:
    from lxml.etree import _Element

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
NAMES = {"bpmn": BPMN, "spiffworkflow": SPIFF}
MAXIMUM_BYTES = 2 * 1024 * 1024
MAXIMUM_DEPTH = 64
MAXIMUM_NODES = 400
"""Flow nodes of one process: SpiffWorkflow reads them recursively."""

# What is drawn for readers. SpiffWorkflow would demand a variable for each data object, and take it away afterwards.
_FOR_READERS = (
    "dataInputAssociation", "dataOutputAssociation", "dataObject", "dataObjectReference", "dataStore",
    "dataStoreReference", "ioSpecification", "property", "monitoring", "auditing",
)  # fmt: skip


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
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def is_bpmn(node: _Element, *names: str) -> bool:
    """Whether it is a BPMN node with one of the names."""
    return isinstance(node.tag, str) and etree.QName(node).namespace == BPMN and (not names or local(node) in names)


def read(file: str, content: bytes) -> Document | Finding:
    """The document in a file, or why it is not accepted. Nothing outside the file is ever read."""

    def refused(rule: str, sentence: str) -> Finding:
        return Finding(None, rule, "error", sentence, file)

    if not content.strip():
        return refused("file-empty", "The file is empty. Upload the diagram again.")
    if len(content) > MAXIMUM_BYTES:
        return refused("file-too-large", "The file is larger than 2 MB. Split the diagram, or take pictures out of it.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        return refused("file-not-xml", f"This is not well-formed XML: {error}. Save the diagram again in the editor.")
    if root.getroottree().docinfo.doctype:
        return refused("file-doctype", "The file has a DOCTYPE, which diagrams do not need. Remove that line.")
    if _depth(root) > MAXIMUM_DEPTH:
        return refused(
            "file-too-deep", f"Elements are nested more than {MAXIMUM_DEPTH} deep. Save it again in the editor."
        )
    document = Document(file, root)
    if local(root) != "definitions" or not (document.is_decision or is_bpmn(root)):
        return refused("file-kind", "This is neither a BPMN nor a DMN diagram. Upload a file saved by the editor.")
    return document


def _depth(root: _Element) -> int:
    deepest, level = 0, [root]
    while level and deepest <= MAXIMUM_DEPTH:
        deepest += 1
        level = [child for node in level for child in node]
    return deepest


def normalised(root: _Element) -> _Element:
    """A copy in the form that is run: drawings for readers gone, every flow with an id, ISO timers as expressions."""
    root = etree.fromstring(etree.tostring(root))
    _name_flows(root)
    # SpiffWorkflow orders the flows of a gateway by where their targets are drawn: moving a box would change decisions.
    for picture in root.findall("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"):
        root.remove(picture)
    for item in root.iter(f"{{{SPIFF}}}property", f"{{{SPIFF}}}parameter"):
        for name, usual in (("value", ""), ("type", "any")):
            item.set(name, item.get(name, usual))
    for node in list(root.iter(f"{{{BPMN}}}*")):
        kind = local(node)
        if kind in _FOR_READERS:
            node.getparent().remove(node)
        elif kind in ("timeDate", "timeDuration", "timeCycle"):
            node.text = as_expression("".join(node.itertext()))
        elif kind in ("inputDataItem", "outputDataItem") and node.get("name"):
            # The variable is named by the name, as ids must be unique in a file and variables need not be.
            node.set("id", node.get("name"))
        elif kind in ("loopDataInputRef", "loopDataOutputRef") and node.text:
            node.text = node.text.strip()
    return root


def _name_flows(root: _Element) -> None:
    """Give a flow without id one that stays the same as long as its ends do."""
    taken = {node.get("id") for node in root.iter()}
    for flow in root.iter(f"{{{BPMN}}}sequenceFlow"):
        if not flow.get("id"):
            base = f"flow.{flow.get('sourceRef')}.{flow.get('targetRef')}"
            name, number = base, 1
            while name in taken:
                number += 1
                name = f"{base}.{number}"
            taken.add(name)
            flow.set("id", name)
