"""Microsoft Project's XML (MSPDI): its milestones in, and a plan out.

The schema is Microsoft's “Project XML Data Interchange”. A milestone's id travels in the custom field Text1; without it
the UID stands for it, which stays the same when lines are renumbered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from lxml import etree

from processes.errors import PlanFileRefused
from processes.exchange.columns import COLUMNS
from processes.plan import Milestone

_SPACE = "http://schemas.microsoft.com/project"
_TEXT1 = "188743731"
"""The FieldID of a task's custom field Text1."""
_UNSAYABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_rows(content: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    """The milestones of a project file as rows, the names of the columns first; work between them is left out.

    Raises PlanFileRefused.
    """
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise PlanFileRefused("The file holds markup that is not allowed (a DOCTYPE). Save it again in Project.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise PlanFileRefused("The file is no XML that can be read. In Project, save it as XML.") from None
    if etree.QName(root).localname != "Project":
        raise PlanFileRefused("The file is XML, but not of Microsoft Project.")
    yield 1, COLUMNS
    tasks = [one for one in root.iter(_name("Task")) if _said(one, "IsNull") != "1"]
    milestones = [one for one in tasks if _said(one, "Milestone") == "1" and _said(one, "Summary") != "1"]
    ids = {_said(one, "UID"): _id(one) for one in milestones}
    owners = _owners(root)
    for one in milestones:
        yield one.sourceline or 0, _row(one, ids, owners)


def _row(task: Any, ids: Mapping[str, str], owners: Mapping[str, str]) -> tuple[Any, ...]:
    after = [ids.get(_said(link, "PredecessorUID"), "") for link in task.iterchildren(_name("PredecessorLink"))]
    notes = _said(task, "Notes")
    deliverable, _, criterion = notes.rpartition("Accepted when:")
    return (
        _id(task), _said(task, "Name"), deliverable.strip() or _said(task, "Name"), criterion.strip(),
        owners.get(_said(task, "UID"), ""), (_said(task, "Deadline") or _said(task, "Finish"))[:10], "", "", "",
        " ".join(filter(None, after)), _said(task, "ActualFinish")[:10],
    )  # fmt: skip


def _id(task: Any) -> str:
    for one in task.iterchildren(_name("ExtendedAttribute")):
        if _said(one, "FieldID") == _TEXT1 and _said(one, "Value"):
            return _said(one, "Value")
    return f"T{_said(task, 'UID')}"


def _owners(root: Any) -> dict[str, str]:
    """UID of a task -> the name of the first resource assigned to it."""
    names = {_said(one, "UID"): _said(one, "Name") for one in root.iter(_name("Resource"))}
    found: dict[str, str] = {}
    for one in root.iter(_name("Assignment")):
        found.setdefault(_said(one, "TaskUID"), names.get(_said(one, "ResourceUID"), ""))
    return found


def as_project_xml(title: str, milestones: Iterable[Milestone], saved_at: datetime) -> bytes:
    """The milestones that were not dropped as a project file; dates are whole days, from eight to five."""
    root = etree.Element(_name("Project"), nsmap={None: _SPACE})
    kept = [one for one in milestones if one.dropped_on is None]
    _add(root, SaveVersion="14", Title=title, LastSaved=f"{saved_at:%Y-%m-%dT%H:%M:%S}", NewTasksAreManual="1")
    attributes = etree.SubElement(root, _name("ExtendedAttributes"))
    _add(
        etree.SubElement(attributes, _name("ExtendedAttribute")), FieldID=_TEXT1, FieldName="Text1", Alias="Milepost id"
    )
    people = list(dict.fromkeys(one.owner_name for one in kept))
    uids = {one.id: str(one.sequence + 1) for one in kept}
    tasks = etree.SubElement(root, _name("Tasks"))
    for at, one in enumerate(kept, start=1):
        _task(etree.SubElement(tasks, _name("Task")), one, at, uids)
    resources = etree.SubElement(root, _name("Resources"))
    for at, name in enumerate(people, start=1):
        _add(etree.SubElement(resources, _name("Resource")), UID=str(at), ID=str(at), Name=name, Type="1")
    assignments = etree.SubElement(root, _name("Assignments"))
    for at, one in enumerate(kept, start=1):
        _add(
            etree.SubElement(assignments, _name("Assignment")),
            UID=str(at), TaskUID=uids[one.id], ResourceUID=str(people.index(one.owner_name) + 1),
        )  # fmt: skip
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True, pretty_print=True)


def _task(node: Any, one: Milestone, at: int, uids: Mapping[str, str]) -> None:
    day = (one.actual or one.forecast).isoformat()
    _add(
        node, UID=uids[one.id], ID=str(at), Name=one.name, Type="0", IsNull="0", Manual="1", Start=f"{day}T17:00:00",
        Finish=f"{day}T17:00:00", Duration="PT0H0M0S", PercentComplete="100" if one.actual else str(one.percent),
        Milestone="1", Summary="0", **({"ActualFinish": f"{day}T17:00:00"} if one.actual else {}),
        Deadline=f"{one.target}T17:00:00", Notes=f"{one.deliverable}\nAccepted when: {one.criterion}",
    )  # fmt: skip
    for other in one.after:
        if other in uids:
            _add(etree.SubElement(node, _name("PredecessorLink")), PredecessorUID=uids[other], Type="1")
    _add(etree.SubElement(node, _name("ExtendedAttribute")), FieldID=_TEXT1, Value=one.id)


def _name(local: str) -> str:
    return f"{{{_SPACE}}}{local}"


def _said(node: Any, name: str) -> str:
    return (node.findtext(_name(name)) or "").strip()


def _add(node: Any, **said: str) -> None:
    for name, text in said.items():
        etree.SubElement(node, _name(name)).text = _sayable(text)


def _sayable(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return _UNSAYABLE.sub("", text)
