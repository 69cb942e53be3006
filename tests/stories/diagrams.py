"""Edited diagrams, as a process admin's hand or an attacker's would leave them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lxml import etree


def without(diagram: bytes, gone: Collection[str], redirect: Mapping[str, str]) -> bytes:
    """A diagram without these elements and what leads to or from them; flows in `redirect` lead somewhere else."""
    root = etree.fromstring(diagram)
    by_id = {one.get("id"): one for one in _elements(root)}
    for flow, target in redirect.items():
        by_id[flow].set("targetRef", target)
        incoming = etree.Element(_tag(root, "incoming"))
        incoming.text = flow
        before = by_id[target].find(_tag(root, "incoming"))
        before.addprevious(incoming)
    dead = set(gone)
    for one in root.iter(_tag(root, "sequenceFlow")):
        if {one.get("sourceRef"), one.get("targetRef")} & dead:
            dead.add(one.get("id"))
    for one in _elements(root):
        words = etree.QName(one).localname in ("flowNodeRef", "incoming", "outgoing") and (one.text or "").strip()
        if {one.get("id"), one.get("bpmnElement"), words} & dead:
            one.getparent().remove(one)
    left = {one.get("id") for one in _elements(root)}
    for one in _elements(root):
        if {one.get(name) for name in ("sourceRef", "targetRef", "bpmnElement")} - {None} - left:
            one.getparent().remove(one)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def unsigned(diagram: bytes, task: str) -> bytes:
    """A diagram in which a task asks for its form and for no signature."""
    root = etree.fromstring(diagram)
    (asked,) = (one for one in _elements(root) if one.get("id") == task)
    for one in _elements(asked):
        if etree.QName(one).localname == "property" and one.get("name") in ("signature", "signs"):
            one.getparent().remove(one)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _elements(root: etree._Element) -> list[etree._Element]:
    return [one for one in root.iter() if isinstance(one.tag, str)]


def _tag(root: etree._Element, name: str) -> str:
    return f"{{{etree.QName(root).namespace}}}{name}"
