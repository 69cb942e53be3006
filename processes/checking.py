"""What the procedure itself finds wrong with a bundle: steps, records, roles, clauses, lists that do not exist."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from lxml import etree

from engine import Finding, ways_around
from forms import FormsError, compile_form
from processes.choices import LISTS
from processes.context import TABLES, VALUES
from processes.steps import STEPS
from processes.vocabulary import CLAUSES, LANES, RECORD_TITLES

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
_NEED_SIGNATURE = ("change.apply", "change.lapse", "plan.freeze", "acceptance.achieve")
"""The steps that change the plan, freeze it as the baseline, or make a milestone achieved."""


def check(files: Mapping[str, bytes]) -> list[Finding]:
    """Findings on every diagram and form of a bundle. What cannot be read at all is for the engine to say."""
    found: list[Finding] = []
    for path in sorted(files):
        if path.endswith(".bpmn"):
            found += _diagram(path, files[path])
        elif path.endswith(".form"):
            found += _form(path, files[path])
    return [*found, *_unsigned(files)]


def _unsigned(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Steps that change what was agreed, and a way to them on which nobody but the author signs (SOP 5.4d, 5.5d)."""
    guarded, signing = set(), set()
    for path, content in files.items():
        root = _root(content) if path.endswith(".bpmn") else None
        if root is None:
            continue
        for operator in root.iter(f"{_SPIFF}serviceTaskOperator"):
            if operator.get("id") in _NEED_SIGNATURE:
                guarded.add((path, _owner(operator) or ""))
        for one in root.iter(f"{_SPIFF}property"):
            name, value = one.get("name"), (one.get("value") or "").strip()
            if name == "step" and value in _NEED_SIGNATURE:
                guarded.add((path, _owner(one) or ""))
            if name == "signature" and value not in ("", "authored"):
                signing.add((path, _owner(one) or ""))
    for way in ways_around(files, guarded - signing, signing) if guarded - signing else ():
        said = f"“{way.path[-1]}” can be come to without a signature: {' > '.join(way.path)}."
        yield Finding(way.element, "unsigned", "error", f"{said} Draw a task with a signature on this way.", way.file)


def _root(content: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _diagram(path: str, content: bytes) -> Iterator[Finding]:
    root = _root(content)
    if root is None:
        return
    for lane in root.iter(f"{_BPMN}lane"):
        if lane.get("name") not in LANES:
            said = f"There is no role “{lane.get('name')}”. A lane is called one of: {', '.join(LANES)}."
            yield Finding(lane.get("id"), "unknown-role", "error", said, path)
    for operator in root.iter(f"{_SPIFF}serviceTaskOperator"):
        if operator.get("id") not in STEPS:
            yield _step(_owner(operator), operator.get("id") or "", path)
    for one in root.iter(f"{_SPIFF}property"):
        yield from _property(_owner(one), one.get("name") or "", one.get("value") or "", path)


def _property(element: str | None, name: str, value: str, path: str) -> Iterator[Finding]:
    if name == "step" and value not in STEPS:
        yield _step(element, value, path)
    if name in ("record", "signs", "shows") and value not in RECORD_TITLES:
        said = f"There is no record type “{value}”. Use one of: {', '.join(RECORD_TITLES)}."
        yield Finding(element, "unknown-record", "error", said, path)
    if name == "clause":
        for clause in value.split():
            if clause not in CLAUSES:
                yield Finding(element, "unknown-clause", "warning", f"The SOP has no clause {clause}.", path)


def _step(element: str | None, step: str, path: str) -> Finding:
    return Finding(element, "unknown-step", "error", f"Milepost has no step called “{step}”.", path)


def _owner(node: etree._Element) -> str | None:
    """The id of the element whose extension a node is."""
    holder = next((one for one in node.iterancestors() if one.tag == f"{_BPMN}extensionElements"), None)
    parent = holder.getparent() if holder is not None else None
    return parent.get("id") if parent is not None else None


def _form(path: str, content: bytes) -> Iterator[Finding]:
    try:
        form = compile_form(json.loads(content))
    except (FormsError, ValueError):
        return
    for name in sorted(form.choices() - set(LISTS)):
        said = f"There is no list of choices “{name}”. Use one of: {', '.join(LISTS)}."
        yield Finding(None, "unknown-choices", "error", said, path)
    for name in sorted(form.context_names() - TABLES - VALUES):
        said = f"The procedure knows no “{name}” that a form could show or begin with."
        yield Finding(None, "unknown-context", "error", said, path)
