"""What a diagram says for other engines (Camunda 7 and 8, Flowable, Activiti): understood where we have the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lxml import etree

from engine.bpmn.dialects import is_foreign, translated
from engine.bpmn.elements import lanes_of, properties_of
from engine.bpmn.evaluation import readable
from engine.bpmn.shaping import owner
from engine.bpmn.source import BPMN, SPIFF, local, name_on_one_line

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.shaping import Note

CAMUNDA_8 = "http://camunda.org/schema/zeebe/1.0"
_OTHERS = frozenset({
    "http://camunda.org/schema/1.0/bpmn", "http://camunda.org/bpmn", "http://operaton.org/schema/1.0/bpmn",
    "http://activiti.org/bpmn", "http://flowable.org/bpmn", CAMUNDA_8, "http://www.jboss.org/drools",
    "http://www.camunda.com/fox",
})  # fmt: skip
_IN_CAMUNDA_8 = {
    "assignmentDefinition": ("assignee", "candidateGroups"), "formDefinition": ("formId", "formKey"),
    "taskSchedule": ("dueDate",), "calledElement": ("processId",), "calledDecision": ("decisionId",),
    "loopCharacteristics": ("inputCollection", "inputElement", "outputCollection", "outputElement"),
}  # fmt: skip
_SILENT = frozenset(
    "async asyncBefore asyncAfter exclusive historyTimeToLive versionTag modelerTemplate modelerTemplateVersion"
    " modelerTemplateIcon jobPriority isStartableInTasklist diagramRelationId candidateStarterGroups initiator"
    " assignee candidateGroups formKey formId formRef formRefBinding dueDate collection elementVariable"
    " taskName packageName version adHoc bgcolor bordercolor color_background color_border color fontcolor fontsize"
    " selectable boundaryca docker erefname"
    " decisionRef topic type class expression delegateExpression resultVariable mapDecisionResult".split()
)
_DONE_BY = ("class", "delegateExpression", "expression", "topic", "type", "jobType")
_READ = {"callActivity": frozenset({"in", "out", "ioMapping"}), "scriptTask": frozenset({"script"})}
"""What is read elsewhere."""
_PERFORMERS = tuple(f"{{{BPMN}}}{name}" for name in ("humanPerformer", "performer"))
_OF_USERS = re.compile(r"(user|group)\((.*)\)", re.DOTALL)
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


def said(node: _Element) -> Mapping[str, str]:
    """What a node says for other engines, by name."""
    found = {}
    for name, value in node.attrib.items():
        if etree.QName(name).namespace in _OTHERS:
            found[etree.QName(name).localname] = value.strip()
    for place in node.iterchildren(f"{{{BPMN}}}extensionElements"):
        for item in place:
            for name in _IN_CAMUNDA_8.get(local(item), ()):
                if item.get(name):
                    found[name] = item.get(name, "").strip()
    return found


def theirs(node: _Element) -> str:
    """A sentence that names what a task does in another engine; nothing where it does nothing."""
    given = said(node)
    return next((f" “{given[name]}” is for another engine." for name in _DONE_BY if given.get(name)), "")


def _resources(root: _Element, node: _Element) -> dict[str, str]:
    """Whose a task is in the words of the standard (BPMN 2.0, 10.3.1): performers, and groups of potential owners."""
    found: dict[str, str] = {}
    for performer in node.iterchildren(*_PERFORMERS):
        found["assignee"] = _resource(root, performer)
    owners = [part.strip() for one in node.iterchildren(f"{{{BPMN}}}potentialOwner")
              for part in _resource(root, one).split(",")]  # fmt: skip
    for kind, name in (_of_users(one) for one in owners if one):
        place = "candidateGroups" if kind == "group" else "candidateUsers"
        found[place] = f"{found[place]},{name}" if place in found else name
    return {name: value for name, value in found.items() if value}


def _of_users(owner: str) -> tuple[str, str]:
    named = _OF_USERS.fullmatch(owner)
    return ("group", owner) if named is None else (named[1], named[2].strip())


def _resource(root: _Element, role: _Element) -> str:
    name = (role.findtext(f"{{{BPMN}}}resourceRef") or "").strip().rpartition(":")[2]
    resource = next((one for one in root.iterchildren(f"{{{BPMN}}}resource") if one.get("id") == name), None)
    if resource is not None:
        return name_on_one_line(resource) or (resource.get("id") or "").strip()
    return "".join(text for one in role.iter(f"{{{BPMN}}}formalExpression") for text in one.itertext()).strip()


def _left_aside(node: _Element) -> set[str]:
    """What the extension elements of a node say for other engines and we have no equal of."""
    places = node.iterchildren(f"{{{BPMN}}}extensionElements")
    items = (item for place in places for item in place if isinstance(item.tag, str))
    return {local(item) for item in items if etree.QName(item).namespace in _OTHERS} - _IN_CAMUNDA_8.keys() - (
        _READ.get(local(node), frozenset())
    )


def _expression(text: str) -> str | None:
    """A value as an expression: `${…}` and `=…` translated, all else a text."""
    return translated(text) if is_foreign(text) else repr(text)


def _set_property(node: _Element, name: str, value: str) -> bool:
    if properties_of(node).get(name):
        return False
    place = node.find(f"{{{BPMN}}}extensionElements")
    if place is None:
        place = etree.Element(f"{{{BPMN}}}extensionElements")
        node.insert(0, place)
    listed = place.find(f"{{{SPIFF}}}properties")
    listed = etree.SubElement(place, f"{{{SPIFF}}}properties") if listed is None else listed
    etree.SubElement(listed, f"{{{SPIFF}}}property", name=name, value=value)
    return True


def attributes(root: _Element) -> Iterator[Note]:
    """Assignee, group, form, due date, called process and decision; what else is said is named."""
    lanes = lanes_of(root)
    for node in list(root.iter(f"{{{BPMN}}}*")):
        given, aside = {**_resources(root, node), **said(node)}, _left_aside(node)
        if not given and not aside:
            continue
        inner = local(node).endswith(("EventDefinition", "Characteristics"))
        name = (None if inner else node.get("id")) or owner(node)
        if local(node) == "userTask":
            yield from _person(lanes, node, given)
        elif local(node) == "callActivity" and given.get("processId") and not node.get("calledElement"):
            node.set("calledElement", given["processId"])
        elif local(node) == "businessRuleTask":
            _decision(node, given.get("decisionRef") or given.get("decisionId") or "")
        known = {one for names in _IN_CAMUNDA_8.values() for one in names} | _SILENT
        works = {"taskName"} & given.keys() if local(node) == "task" else set()
        unknown = sorted({*(given.keys() - known), *aside, *works})
        if unknown and local(node) != "process":
            yield name, "foreign-attribute", f"Meant for another engine, and left aside here: {', '.join(unknown)}."


def _person(lanes: Mapping[str, str], node: _Element, given: Mapping[str, str]) -> Iterator[Note]:
    name = node.get("id")
    assignee = given.get("assignee") and _expression(given["assignee"])
    if assignee and _set_property(node, "assignee", assignee):
        yield name, "foreign-attribute", f"The assignee {given['assignee']} is taken over."
    groups = [group.strip() for group in given.get("candidateGroups", "").split(",") if group.strip()]
    if len(groups) == 1 and not is_foreign(groups[0]) and name not in lanes:
        _lane(node, groups[0])
        yield name, "foreign-attribute", f"The group {groups[0]} is taken for the role."
    elif groups:
        yield name, "foreign-attribute", f"Left aside: the groups {', '.join(groups)}. The lane says whose a task is."
    form = given.get("formId") or given.get("formRef") or given.get("formKey") or ""
    if form and _set_property(node, "form", form.rpartition("/")[2].removesuffix(".html").rpartition(":")[2]):
        yield name, "foreign-attribute", f"The form {form} is taken over."
    due = given.get("dueDate", "")
    ours = translated(due) if is_foreign(due) else None
    if due and _set_property(node, "due", due if ours is None else f"= {ours.lstrip('= ')}"):
        yield name, "foreign-attribute", f"The due date {due} is taken over."


def _lane(node: _Element, role: str) -> None:
    process = next(one for one in node.iterancestors() if local(one) == "process")
    lanes = process.find(f"{{{BPMN}}}laneSet")
    if lanes is None:
        lanes = etree.Element(f"{{{BPMN}}}laneSet", id="~lanes")
        process.insert(0, lanes)
    lane = etree.SubElement(lanes, f"{{{BPMN}}}lane", id=f"~lane.{node.get('id')}", name=role)
    etree.SubElement(lane, f"{{{BPMN}}}flowNodeRef").text = node.get("id")


def _decision(node: _Element, name: str) -> None:
    if name and node.find(f".//{{{SPIFF}}}calledDecisionId") is None:
        place = node.find(f"{{{BPMN}}}extensionElements")
        if place is None:
            place = etree.Element(f"{{{BPMN}}}extensionElements")
            node.insert(0, place)
        etree.SubElement(place, f"{{{SPIFF}}}calledDecisionId").text = name


def _results(loop: _Element, given: Mapping[str, str], has: set[str]) -> Iterator[Note]:
    """What each instance gives, and where that is collected, if it is a variable that the instance sets."""
    node, into = loop.getparent(), given.get("outputCollection", "")
    result = given.get("outputElement", "").lstrip("= ")
    if {"loopDataOutputRef", "outputDataItem"} & has or not (into or result):
        return
    if local(node) != "userTask" and NAME.fullmatch(into) and NAME.fullmatch(result):
        etree.SubElement(loop, f"{{{BPMN}}}loopDataOutputRef").text = into
        etree.SubElement(loop, f"{{{BPMN}}}outputDataItem", id=result)
        has |= {"loopDataOutputRef", "outputDataItem"}
        yield node.get("id"), "foreign-attribute", f"The results {result} are collected in {into}."
    else:
        said = f"Meant for another engine, and left aside here: the results {result or into}."
        yield node.get("id"), "foreign-attribute", said


def repetitions(root: _Element) -> Iterator[Note]:
    """The collection of a multi-instance, and names for the results of people where the diagram gives none."""
    for loop in list(root.iter(f"{{{BPMN}}}multiInstanceLoopCharacteristics")):
        given, node = said(loop), loop.getparent()
        over = given.get("collection") or given.get("inputCollection") or ""
        over = over if NAME.fullmatch(over) else (translated(over) or "")
        over = name if over.startswith("=") and NAME.fullmatch(name := over.lstrip("= ")) else over
        item = given.get("elementVariable") or given.get("inputElement")
        has = {local(child) for child in loop}
        if over and readable(over) and "loopDataInputRef" not in has:
            etree.SubElement(loop, f"{{{BPMN}}}loopDataInputRef").text = over
            yield node.get("id"), "foreign-attribute", f"The collection {over} is taken over."
        elif not {"loopDataInputRef", "loopCardinality"} & has:
            continue
        if item and "inputDataItem" not in has and "loopCardinality" not in has:
            etree.SubElement(loop, f"{{{BPMN}}}inputDataItem", id=item)
        yield from _results(loop, given, has)
        asked = item or over or {"loopCardinality", "inputDataItem"} & has
        if local(node) == "userTask" and asked and not {"loopDataOutputRef", "outputDataItem"} & has:
            results = re.sub(r"\W", "_", node.get("id", ""), flags=re.ASCII)
            etree.SubElement(loop, f"{{{BPMN}}}loopDataOutputRef").text = f"results_of_{results}"
            etree.SubElement(loop, f"{{{BPMN}}}outputDataItem", id=f"result_of_{results}")
            yield node.get("id"), "results-named", f"What each person gives is collected in results_of_{results}."
