"""Diagrams of older or careless tools: what they call the namespace of BPMN is read as that of BPMN 2.0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.shaping import Note

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
_READ_FROM = f"{{{SPIFF}}}readFrom"
"""On the root: the namespace that was written there."""


def brought_up(root: _Element) -> _Element:
    """The root, with its elements in the namespace of BPMN 2.0 if theirs is that of a draft, a slip, or none."""
    written = etree.QName(root).namespace or ""
    if etree.QName(root).localname == "definitions" and written != BPMN and _means_bpmn(root, written):
        for node in root.iter(f"{{{written}}}*" if written else "{}*"):
            node.tag = f"{{{BPMN}}}{etree.QName(node).localname}"
        root.set(_READ_FROM, written)
    return root


def _means_bpmn(root: _Element, written: str) -> bool:
    if not written:
        return any(child.tag in ("process", "collaboration") for child in root)
    return "bpmn" in written.lower() and "/dmn/" not in written.lower()


def older(root: _Element) -> Iterator[Note]:
    """Say which namespace was read as that of BPMN 2.0."""
    written = root.attrib.pop(_READ_FROM, None)
    if written is not None:
        said = f"Its namespace is {written!r}" if written else "It has no namespace"
        yield None, "older-namespace", f"{said}: the file is read as BPMN 2.0."


PARTS = (older,)
