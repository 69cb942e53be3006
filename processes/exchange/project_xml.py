"""Microsoft Project's XML (MSPDI): its milestones in, and a plan out.

The schema is Microsoft's “Project XML Data Interchange”. A milestone's id travels in the custom field Text1; without it
the UID stands for it, which stays the same when lines are renumbered.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from lxml import etree

from processes.errors import PlanFileRefused
from processes.exchange.columns import harmless
from processes.plan import Milestone

_SPACE = "http://schemas.microsoft.com/project"
_TEXT1 = "188743731"
"""The FieldID of a task's custom field Text1."""
_ALIAS = "Milepost id"
"""What we call that field."""
_ANY = "{*}"
"""Elements are known by their local name: some programs leave the namespace out."""
_HELD = ("id", "name", "deliverable", "criterion", "owner", "target", "after", "actual")
"""The columns that a project file has."""
_YES, _NO = ("1", "true"), ("0", "false")
_MOST_STEPS = 1_000_000
"""Links between tasks that are followed, in one file."""
_UNSAYABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_rows(content: bytes, notes: list[str]) -> Iterator[tuple[int, Sequence[Any]]]:
    """The milestones of a project file as rows, the names of the columns first; the line is the ID that Project shows.

    Work between milestones is left out, which goes into the notes; what comes after it comes after the milestones
    before it. Raises PlanFileRefused.
    """
    root = _root(content)
    yield 1, _HELD
    tasks = [one for one in root.iter(_ANY + "Task") if not _true(one, "IsNull") and _said(one, "UID") != "0"]
    active = [one for one in tasks if _said(one, "Active") not in _NO]
    milestones = [one for one in active if _true(one, "Milestone") and not _true(one, "Summary")]
    if not milestones:
        raise PlanFileRefused("No task of the file is marked as a milestone. Mark those that are, in Project.")
    if len(milestones) < len(tasks):
        idle = f", {len(tasks) - len(active)} of them inactive" if len(active) < len(tasks) else ""
        notes.append(f"Left out: {len(tasks) - len(milestones)} tasks that are no milestones{idle}.")
    marked = _marked_by_us(root)
    ids = {_said(one, "UID"): _id(one, marked) for one in milestones}
    before, owners = _Before(tasks, ids), _owners(root)
    for one in milestones:
        number = _said(one, "ID")
        yield int(number) if re.fullmatch(r"\d{1,7}", number, re.ASCII) else one.sourceline or 0, _row(
            one, ids, before, owners
        )


def _root(content: bytes) -> Any:
    """The root of a project file. Raises PlanFileRefused."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or (root is not None and root.getroottree().docinfo.doctype):
        raise PlanFileRefused("The file holds markup that is not allowed (a DOCTYPE). Save it again in Project.")
    if root is None:
        raise PlanFileRefused("The file is no XML that can be read. In Project, save it as XML.")
    if etree.QName(root).localname != "Project":
        raise PlanFileRefused("The file is XML, but not of Microsoft Project.")
    return root


class _Before:
    """Which milestones come before a task: those that it names, and those before the work that it names."""

    def __init__(self, tasks: Iterable[Any], ids: Mapping[str, str]) -> None:
        self._ids = ids
        self._links = {
            _said(one, "UID"): [_said(link, "PredecessorUID") for link in one.iterchildren(_ANY + "PredecessorLink")]
            for one in tasks
        }
        self._steps = _MOST_STEPS

    def __call__(self, uid: str) -> list[str]:
        """The ids of the milestones before this one."""
        found: dict[str, None] = {}
        seen, waiting = {uid}, list(reversed(self._links.get(uid, ())))
        while waiting and self._steps:
            self._steps -= 1
            other = waiting.pop()
            if other in self._ids:
                found[self._ids[other]] = None
            elif other not in seen:
                seen.add(other)
                waiting += reversed(self._links.get(other, ()))
        return list(found)


def _row(task: Any, ids: Mapping[str, str], before: _Before, owners: Mapping[str, str]) -> tuple[Any, ...]:
    """Its cells; no text of a project file was kept from being a formula, so none may lose an apostrophe."""
    uid, notes = _said(task, "UID"), _said(task, "Notes")
    deliverable, _, criterion = notes.rpartition("Accepted when:")
    name, *more = (harmless(text) for text in (_said(task, "Name"), deliverable.strip(), criterion.strip()))
    return (
        ids[uid], name, more[0] or name, more[1], harmless(owners.get(uid, "")),
        (_said(task, "Deadline") or _said(task, "Finish"))[:10], " ".join(before(uid)),
        _said(task, "ActualFinish")[:10],
    )  # fmt: skip


def _marked_by_us(root: Any) -> bool:
    """Whether the custom field Text1 holds our ids: unless the file calls it something else."""
    return all(
        _said(one, "Alias") in ("", _ALIAS)
        for one in root.iterfind(f"{_ANY}ExtendedAttributes/{_ANY}ExtendedAttribute")
        if _said(one, "FieldID") == _TEXT1
    )


def _id(task: Any, marked: bool) -> str:
    for one in task.iterchildren(_ANY + "ExtendedAttribute") if marked else ():
        if _said(one, "FieldID") == _TEXT1 and _said(one, "Value"):
            return _said(one, "Value")
    return f"T{_said(task, 'UID')}"


def _owners(root: Any) -> dict[str, str]:
    """UID of a task -> the name of the first resource assigned to it."""
    names = {_said(one, "UID"): _said(one, "Name") for one in root.iter(_ANY + "Resource")}
    found: dict[str, str] = {}
    for one in root.iter(_ANY + "Assignment"):
        found.setdefault(_said(one, "TaskUID"), names.get(_said(one, "ResourceUID"), ""))
    return found


def as_project_xml(title: str, milestones: Iterable[Milestone], saved_at: datetime) -> bytes:
    """The milestones that were not dropped as a project file; dates are whole days, from eight to five."""
    root = etree.Element(_name("Project"), nsmap={None: _SPACE})
    kept = [one for one in milestones if one.dropped_on is None]
    _add(root, SaveVersion="14", Title=title, LastSaved=f"{saved_at:%Y-%m-%dT%H:%M:%S}", NewTasksAreManual="1")
    attributes = etree.SubElement(root, _name("ExtendedAttributes"))
    _add(
        etree.SubElement(attributes, _name("ExtendedAttribute")), FieldID=_TEXT1, FieldName="Text1", Alias=_ALIAS
    )
    numbers = {name: str(at) for at, name in enumerate(dict.fromkeys(one.owner_name for one in kept), start=1)}
    uids = _uids(kept)
    tasks = etree.SubElement(root, _name("Tasks"))
    for at, one in enumerate(kept, start=1):
        _task(etree.SubElement(tasks, _name("Task")), one, at, uids)
    resources = etree.SubElement(root, _name("Resources"))
    for name, number in numbers.items():
        _add(etree.SubElement(resources, _name("Resource")), UID=number, ID=number, Name=name, Type="1")
    assignments = etree.SubElement(root, _name("Assignments"))
    for one in kept:
        _add(
            etree.SubElement(assignments, _name("Assignment")),
            UID=uids[one.id], TaskUID=uids[one.id], ResourceUID=numbers[one.owner_name],
        )  # fmt: skip
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True, pretty_print=True)


def _uids(milestones: Iterable[Milestone]) -> dict[str, str]:
    """A number for each milestone that depends on its id alone: it stays when others come before it."""
    found: dict[int, str] = {}
    for ident in sorted(one.id for one in milestones):
        number = int.from_bytes(hashlib.sha256(ident.encode()).digest()[:4]) % 2_000_000_000 + 1
        while number in found:
            number += 1
        found[number] = ident
    return {ident: str(number) for number, ident in found.items()}


def _task(node: Any, one: Milestone, at: int, uids: Mapping[str, str]) -> None:
    """A task, its elements in the order of the schema."""
    day = (one.actual or one.forecast).isoformat()
    _add(
        node, UID=uids[one.id], ID=str(at), Name=one.name, Manual="1", Type="0", IsNull="0", Start=f"{day}T17:00:00",
        Finish=f"{day}T17:00:00", Duration="PT0H0M0S", Milestone="1", Summary="0",
        PercentComplete="100" if one.actual else str(one.percent),
        **({"ActualFinish": f"{day}T17:00:00"} if one.actual else {}),
        Deadline=f"{one.target}T17:00:00", Notes=f"{one.deliverable}\nAccepted when: {one.criterion}",
    )  # fmt: skip
    for other in one.after:
        if other in uids:
            _add(etree.SubElement(node, _name("PredecessorLink")), PredecessorUID=uids[other], Type="1")
    _add(etree.SubElement(node, _name("ExtendedAttribute")), FieldID=_TEXT1, Value=one.id)
    frozen = f"{one.baseline}T17:00:00"
    _add(etree.SubElement(node, _name("Baseline")), Number="0", Start=frozen, Finish=frozen)


def _name(local: str) -> str:
    return f"{{{_SPACE}}}{local}"


def _said(node: Any, name: str) -> str:
    return (node.findtext(_ANY + name) or "").strip()


def _true(node: Any, name: str) -> bool:
    return _said(node, name) in _YES


def _add(node: Any, **said: str) -> None:
    for name, text in said.items():
        etree.SubElement(node, _name(name)).text = _sayable(text)


def _sayable(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return _UNSAYABLE.sub("", text)
