"""A small procedure with a plan that is authored, signed and approved: what the pages' tests walk through."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

import engine
import processes
from engine import Actor, Bundle, Draft, Field, Section, Table, Work, content_of
from tests.factories import PASSWORD, PROJECT, SmallProcedure, visitor
from web.work import reading, work

PLAN_FORM = """{"type": "default", "id": "plan", "schemaVersion": 19, "components": [
  {"type": "textarea", "id": "f1", "key": "purpose", "label": "Purpose", "validate": {"required": true}},
  {"type": "dynamiclist", "id": "f2", "path": "milestones", "label": "Milestone", "allowAddRemove": true,
   "defaultRepetitions": 1, "components": [
     {"type": "textfield", "id": "f3", "key": "name", "label": "Name", "validate": {"required": true}},
     {"type": "datetime", "subtype": "date", "id": "f4", "key": "target", "label": "Target date"}]},
  {"type": "radio", "id": "f5", "key": "kind", "label": "Kind", "validate": {"required": true},
   "values": [{"label": "Internal", "value": "internal"}, {"label": "External", "value": "external"}]},
  {"type": "textfield", "id": "f6", "key": "contract", "label": "Contract number",
   "conditional": {"hide": "=kind != \\"external\\""}}]}"""

APPROVAL_FORM = """{"type": "default", "id": "approval", "schemaVersion": 19, "components": [
  {"type": "radio", "id": "a1", "key": "decision", "label": "Your decision", "validate": {"required": true},
   "values": [{"label": "Approve", "value": "approved"}, {"label": "Do not approve", "value": "rejected"}]},
  {"type": "textarea", "id": "a2", "key": "comment", "label": "Comment"}]}"""

FILE_FORM = """{"type": "default", "id": "handover", "schemaVersion": 19, "components": [
  {"type": "textfield", "id": "h1", "key": "note", "label": "Note", "validate": {"required": true}},
  {"type": "filepicker", "id": "h2", "key": "proof", "label": "Proof", "accept": ".txt,.html"}]}"""


def _task(id: str, name: str, flows: tuple[str, str], **properties: str) -> str:
    said = "".join(f'<spiffworkflow:property name="{key}" value="{value}" />' for key, value in properties.items())
    return (
        f'<bpmn:userTask id="{id}" name="{name}"><bpmn:documentation>Why {name} is done.</bpmn:documentation>'
        f"<bpmn:extensionElements><spiffworkflow:properties>{said}</spiffworkflow:properties></bpmn:extensionElements>"
        f"<bpmn:incoming>{flows[0]}</bpmn:incoming><bpmn:outgoing>{flows[1]}</bpmn:outgoing></bpmn:userTask>"
    )


DIAGRAM = f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"
  id="Definitions_plan" targetNamespace="urn:milepost:test">
  <bpmn:collaboration id="Collaboration"><bpmn:participant id="Pool" name="Plan" processRef="plan" /></bpmn:collaboration>
  <bpmn:process id="plan" name="Milestone setup" isExecutable="true">
    <bpmn:laneSet id="Lanes">
      <bpmn:lane id="Lane_pm" name="Project Manager"><bpmn:flowNodeRef>Begin</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>draft</bpmn:flowNodeRef><bpmn:flowNodeRef>Done</bpmn:flowNodeRef></bpmn:lane>
      <bpmn:lane id="Lane_st" name="Stakeholder"><bpmn:flowNodeRef>approve</bpmn:flowNodeRef></bpmn:lane>
      <bpmn:lane id="Lane_pt" name="Project Team"><bpmn:flowNodeRef>hand-over</bpmn:flowNodeRef></bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="Begin" name="Plan needed"><bpmn:outgoing>Flow_1</bpmn:outgoing></bpmn:startEvent>
    {_task("draft", "Draft the plan", ("Flow_1", "Flow_2"), form="plan", record="milestone-plan", signature="authored", clause="5.1a 5.1d", due="P2D")}
    {_task("approve", "Sign the baseline", ("Flow_2", "Flow_3"), form="approval", signs="milestone-plan", signature="=decision", clause="5.5d")}
    {_task("hand-over", "Hand over", ("Flow_3", "Flow_4"), form="handover")}
    <bpmn:endEvent id="Done" name="Plan agreed"><bpmn:incoming>Flow_4</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="Begin" targetRef="draft" />
    <bpmn:sequenceFlow id="Flow_2" sourceRef="draft" targetRef="approve" />
    <bpmn:sequenceFlow id="Flow_3" sourceRef="approve" targetRef="hand-over" />
    <bpmn:sequenceFlow id="Flow_4" sourceRef="hand-over" targetRef="Done" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="D"><bpmndi:BPMNPlane id="P" bpmnElement="Collaboration">
    <bpmndi:BPMNShape id="Pool_di" bpmnElement="Pool" isHorizontal="true"><dc:Bounds x="100" y="80" width="800" height="420" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="pm_di" bpmnElement="Lane_pm" isHorizontal="true"><dc:Bounds x="130" y="80" width="770" height="140" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="st_di" bpmnElement="Lane_st" isHorizontal="true"><dc:Bounds x="130" y="220" width="770" height="140" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="pt_di" bpmnElement="Lane_pt" isHorizontal="true"><dc:Bounds x="130" y="360" width="770" height="140" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="Begin_di" bpmnElement="Begin"><dc:Bounds x="170" y="132" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="draft_di" bpmnElement="draft"><dc:Bounds x="260" y="110" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="approve_di" bpmnElement="approve"><dc:Bounds x="420" y="250" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="hand_di" bpmnElement="hand-over"><dc:Bounds x="580" y="390" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="Done_di" bpmnElement="Done"><dc:Bounds x="800" y="132" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="F1" bpmnElement="Flow_1"><di:waypoint x="206" y="150" /><di:waypoint x="260" y="150" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="F2" bpmnElement="Flow_2"><di:waypoint x="360" y="150" /><di:waypoint x="470" y="150" /><di:waypoint x="470" y="250" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="F3" bpmnElement="Flow_3"><di:waypoint x="520" y="290" /><di:waypoint x="630" y="290" /><di:waypoint x="630" y="390" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="F4" bpmnElement="Flow_4"><di:waypoint x="680" y="430" /><di:waypoint x="818" y="430" /><di:waypoint x="818" y="168" /></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
"""  # noqa: E501


def compose(at_work: Work) -> Draft:
    """The plan document made of the answers."""
    given = at_work.answers or {}
    rows = [[one["name"], one["target"] or ""] for one in given["milestones"]]
    sections = [
        Section("Purpose", text=given["purpose"]),
        Section("Facts", fields=[Field("Kind", given["kind"]), Field("Contract", given.get("contract"))]),
        Section("Milestones", table=Table(["Name", "Target"], rows)),
    ]
    content = content_of(sections, {"milestones": len(rows)})
    return Draft("milestone-plan", at_work.subject, "Milestone Plan Document", content, clauses=("5.1a", "5.1d"))


def bundle() -> Bundle:
    """The procedure's bundle, with the real layout for print."""
    layout = (Path(processes.__file__).parent / "sop" / "layouts" / "record.typ").read_bytes()
    files = {
        "plan.bpmn": DIAGRAM.encode(), "plan.form": PLAN_FORM.encode(), "approval.form": APPROVAL_FORM.encode(),
        "handover.form": FILE_FORM.encode(), "layouts/record.typ": layout,
    }  # fmt: skip
    return Bundle("small", "Small procedure", "1.0", files)


@dataclass(frozen=True)
class Walk:
    """One instance of the procedure in an app, and shortcuts to look at it."""

    app: Flask
    instance: str

    def task(self) -> engine.Task:
        """The task that is open now."""
        with self.app.app_context():
            return engine.tasks(reading(), instance=self.instance, status="open")[0]

    def record(self) -> engine.Record:
        """The record that was sealed last."""
        with self.app.app_context():
            return engine.records(reading(), instance=self.instance)[0]

    def signatures(self) -> list[engine.Signed]:
        """The signatures on it."""
        with self.app.app_context():
            return engine.signatures(reading(), self.record().id)


def begin(app: Flask, procedure: SmallProcedure, by: str, project: str = PROJECT) -> Walk:
    """Deploy the bundle if it is not yet, and start an instance."""
    procedure.records["milestone-plan"] = compose
    with app.app_context(), work() as unit:
        actor = Actor(by, "Ada Admin", {"": frozenset({"Administrator"})})
        if not engine.definitions(unit, "plan"):
            engine.deploy(unit, bundle(), actor)
        return Walk(app, engine.start(unit, "plan", project, {}, actor, title=f"Setup of {project}"))


PLAN = {
    "purpose": "Land softly",
    "milestones.0.name": "Design review",
    "milestones.0.target": "2026-06-01",
    "kind": "internal",
}


def hidden(html: str, name: str) -> str:
    """The value of a hidden field on a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"no hidden field {name}"
    return found[1]


def author(app: Flask, walk: Walk, answers: dict[str, str] | None = None) -> None:
    """Paula drafts, reviews and signs the plan."""
    browser, task = visitor(app), walk.task()
    browser.sign_in("paula")
    browser.get(f"/inbox/{task.id}")
    assert browser.post(f"/tasks/{task.id}", {**(answers or PLAN), "_do": "review"}).status_code == 302
    page = browser.get(f"/tasks/{task.id}/sign").text
    assert (
        browser.post(f"/tasks/{task.id}/sign", {"_shown": hidden(page, "_shown"), "password": PASSWORD}).status_code
        == 302
    )


def approve(app: Flask, walk: Walk) -> None:
    """Sam approves it."""
    browser, task = visitor(app), walk.task()
    browser.sign_in("sam")
    page = browser.get(f"/inbox/{task.id}").text
    sent = {"decision": "approved", "_signing": "1", "_shown": hidden(page, "_shown"), "password": PASSWORD}
    assert browser.post(f"/tasks/{task.id}", sent).status_code == 302
