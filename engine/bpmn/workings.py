"""What tasks of other engines work out: expressions with a name for the result, and scripts that are kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import etree

from engine.bpmn.dialects import is_foreign, spelt, translated
from engine.bpmn.evaluation import compiled, readable
from engine.bpmn.foreign import CAMUNDA_8, NAME, said
from engine.bpmn.shaping import label
from engine.bpmn.source import BPMN, SPIFF

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.shaping import Note


def kept_elsewhere(root: _Element) -> Iterator[Note]:
    """A script or condition that another engine finds elsewhere is not an empty one: it is what cannot be read here."""
    for task in root.iter(f"{{{BPMN}}}scriptTask"):
        if not "".join(task.findtext(f"{{{BPMN}}}script") or "").strip():
            kept = [f"what is in {said(task).get('resource')}"] if said(task).get("resource") else []
            kept += [text for one in _jobs(task) if (text := _job(one))]
            if kept:
                _write(task, kept[0])
                if " = =" in kept[0]:
                    yield task.get("id"), "foreign-expression", f"What it works out is its script: {kept[0]}."
    for condition in root.iter(f"{{{BPMN}}}conditionExpression"):
        resource = said(condition).get("resource")
        if resource and not "".join(condition.itertext()).strip():
            condition.text = f"what is in {resource}"
    yield from ()


def _jobs(node: _Element) -> Iterator[_Element]:
    for place in node.iterchildren(f"{{{BPMN}}}extensionElements"):
        yield from place.iterchildren(f"{{{CAMUNDA_8}}}script", f"{{{CAMUNDA_8}}}taskDefinition")


def _job(one: _Element) -> str:
    """What Camunda 8 says of a script: an expression with a name for its result, or who does it."""
    name, text = one.get("resultVariable", ""), one.get("expression") or ""
    if text:
        return f"{name} = {text}" if NAME.fullmatch(name) else text
    return f"what is in {one.get('type')}" if one.get("type") else ""


def _write(task: _Element, text: str) -> None:
    for script in list(task.iterchildren(f"{{{BPMN}}}script")):
        task.remove(script)
    etree.SubElement(task, f"{{{BPMN}}}script").text = text


def results(root: _Element) -> Iterator[Note]:
    """A script that is one expression sets the variable that is named for its result."""
    for task in root.iter(f"{{{BPMN}}}scriptTask"):
        text = "".join(one for script in task.iterchildren(f"{{{BPMN}}}script") for one in script.itertext()).strip()
        name, ours = said(task).get("resultVariable", ""), _ours(text)
        if ours is not None and NAME.fullmatch(name):
            _write(task, f"{name} = {ours}")
            yield task.get("id"), "foreign-expression", f"The script {text} is read as {name} = {ours}."
        elif ours is not None and is_foreign(text):
            _write(task, "")
            yield task.get("id"), "foreign-expression", f"What {text} gives is kept nowhere: nothing is done."
        elif text.startswith("#{"):
            _write(task, f"${text[1:]}")  # else it would pass for a remark
        elif name and text:
            said_so = f"Left aside: the result variable {name}. Write {name} = … in the script."
            yield task.get("id"), "foreign-attribute", said_so


def _ours(text: str) -> str | None:
    """One expression in our form; None for all other scripts."""
    ours = translated(text) if is_foreign(text) else spelt(text) or text
    return ours if ours and readable(ours) else None


def constants(root: _Element) -> Iterator[Note]:
    """A service task that works out what is fixed calls nothing: it sets a variable, or does nothing."""
    for task in list(root.iter(f"{{{BPMN}}}serviceTask")):
        text = said(task).get("expression", "")
        ours = _ours(text) if is_foreign(text) and task.find(f".//{{{SPIFF}}}serviceTaskOperator") is None else None
        if ours is None or compiled(ours).names or compiled(ours).functions:
            continue
        name = said(task).get("resultVariable", "")
        task.tag = f"{{{BPMN}}}scriptTask"
        _write(task, f"{name} = {ours}" if NAME.fullmatch(name) else "")
        done = f"sets {name} to {ours}" if NAME.fullmatch(name) else f"does nothing: {text} is the same at any time"
        yield task.get("id"), "foreign-expression", f"{label(task)} calls no step and {done}."


PARTS = (kept_elsewhere, constants, results)
