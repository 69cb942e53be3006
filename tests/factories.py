"""The vocabulary that tests share: a clock one can turn, a small procedure, people, and visitors without a browser."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.test import TestResponse

import engine
from engine import THE_SYSTEM, Actor, Bundle, Finding, Unit, Work
from forms import Choice
from web.config import Config, Hashing
from web.people import add_person, set_password
from web.work import milepost, unit, work

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When every test begins: a Monday."""
PASSWORD = "seven wooden boats"
PROJECT = "apollo"
CHEAP = Hashing(passes=1, memory=8, lanes=1)
"""argon2id at its least: real, and quick enough for tests."""


@dataclass
class TestClock:
    """A clock that stands still until it is turned."""

    __test__ = False

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **span: float) -> None:
        """Let time pass: `turn(days=3)`."""
        self.now += timedelta(**span)


@dataclass
class SmallProcedure:
    """A procedure with no steps of its own; tests fill in what they need."""

    steps: dict[str, Any] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)
    functions: dict[str, Any] = field(default_factory=dict)
    errors: tuple[type[BaseException], ...] = ()
    team: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)
    """Person id -> project -> roles."""

    def choices(self, work: Work, wanted: frozenset[str]) -> Mapping[str, Sequence[Choice]]:
        return {}

    def context(self, work: Work, wanted: frozenset[str]) -> Mapping[str, Any]:
        return {}

    def check(self, files: Mapping[str, bytes]) -> Sequence[Finding]:
        return ()

    def concerned(self, _unit: Any, _instance: str, _step: str, _signs: str) -> Mapping[str, str]:
        return {}

    def roles(self, _unit: Unit, person: str) -> Mapping[str, frozenset[str]]:
        """Which roles a person holds in which project."""
        return self.team.get(person, {})

    def join(self, person: str, *roles: str, project: str = PROJECT) -> None:
        """Give somebody roles in a project."""
        self.team.setdefault(person, {})[project] = frozenset(roles)


class Compiled(BytecodeCache):
    """Templates compiled once, for all the apps that a process of tests makes."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._codes:
            bucket.bytecode_from_string(self._codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


def quick(app: Flask) -> Flask:
    """The app, with a quicker first page."""
    app.jinja_env.bytecode_cache = COMPILED
    return app


def config_for(folder: Path, **changes: Any) -> Config:
    """Settings over a folder of the test's own, and the database in it unless the environment names another."""
    values: dict[str, Any] = {
        "data": folder,
        "database": os.environ.get("MILEPOST_DATABASE", f"sqlite:///{folder / 'milepost.sqlite'}"),
        "secret_file": folder / "secret",
        "hashing": CHEAP,
    }
    return Config(**{**values, **changes})


def add_account(login: str, name: str, *roles: str, password: str = PASSWORD) -> str:
    """Somebody with an account and a password; `roles` are those in the organisation. Gives the person id."""
    with work() as unit:
        person, _code = add_person(unit, login, name, THE_SYSTEM, roles=frozenset(roles))
        unit.session.flush()
        set_password(unit, person, password)
    return person


def elapse(app: Flask) -> None:
    """Let every timer elapse that is due, one after the other, as a worker would."""
    with app.app_context():
        while timers := engine.due(unit(), milepost().clock()):
            for timer in timers:
                with work() as at_work:
                    engine.fire(at_work, timer)


@dataclass
class Visitor:
    """Somebody at a browser without JavaScript: reads pages, keeps cookies, sends the forms it has seen."""

    client: FlaskClient
    token: str = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        """Open a page and remember its CSRF token."""
        response = self.client.get(path, **more)
        self._remember(response)
        return response

    def post(self, path: str, data: Mapping[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form from the page that was opened last."""
        response = self.client.post(path, data={"csrf_token": self.token, **(data or {})}, **more)
        self._remember(response)
        return response

    def sign_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        """Open the sign-in page, fill it in and send it; then open a page, as a browser would."""
        self.get("/sign-in")
        response = self.post("/sign-in", {"login": login, "password": password})
        if response.status_code == 302:
            self.get("/password")
        return response

    def _remember(self, response: TestResponse) -> None:
        found = (
            re.search(r'name="csrf-token" content="([^"]+)"', response.text)
            if response.mimetype == "text/html"
            else None
        )
        if found:
            self.token = found[1]


def visitor(app: Flask) -> Visitor:
    """A new browser, with no cookies."""
    return Visitor(app.test_client())


def small_bundle(name: str = "Say hello", key: str = "small") -> Bundle:
    """A bundle of one process, `hello`: a project manager fills in one form."""
    diagram = DIAGRAM.replace("Say hello", name)
    files = {"hello.bpmn": diagram.encode(), "greeting.form": FORM.encode()}
    return Bundle(key=key, title="Small procedure", edition="1.0", files=files)


def actor(person: str, name: str, *roles: str, project: str = PROJECT) -> Actor:
    """An actor without an account, for tests that call verbs directly."""
    return Actor(person, name, {project: frozenset(roles)})


FORM = """{
  "type": "default", "id": "greeting", "schemaVersion": 19,
  "components": [
    {"type": "textfield", "id": "Field_text", "key": "text", "label": "Greeting", "validate": {"required": true}}
  ]
}"""

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
  xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"
  id="Definitions_hello" targetNamespace="urn:milepost:small">
  <bpmn:collaboration id="Collaboration_hello">
    <bpmn:participant id="Pool" name="Hello" processRef="hello" />
  </bpmn:collaboration>
  <bpmn:process id="hello" name="Hello" isExecutable="true">
    <bpmn:laneSet id="Lanes">
      <bpmn:lane id="Lane_pm" name="Project Manager">
        <bpmn:flowNodeRef>Begin</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>greet</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>Done</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="Begin" name="Begin"><bpmn:outgoing>Flow_1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="greet" name="Say hello">
      <bpmn:documentation>Say hello, so that everybody knows you are there.</bpmn:documentation>
      <bpmn:extensionElements>
        <spiffworkflow:properties>
          <spiffworkflow:property name="form" value="greeting" />
          <spiffworkflow:property name="due" value="P2D" />
        </spiffworkflow:properties>
      </bpmn:extensionElements>
      <bpmn:incoming>Flow_1</bpmn:incoming><bpmn:outgoing>Flow_2</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="Done" name="Done"><bpmn:incoming>Flow_2</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="Begin" targetRef="greet" />
    <bpmn:sequenceFlow id="Flow_2" sourceRef="greet" targetRef="Done" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="Diagram_hello">
    <bpmndi:BPMNPlane id="Plane_hello" bpmnElement="Collaboration_hello">
      <bpmndi:BPMNShape id="Pool_di" bpmnElement="Pool" isHorizontal="true">
        <dc:Bounds x="160" y="80" width="520" height="160" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="Lane_di" bpmnElement="Lane_pm" isHorizontal="true">
        <dc:Bounds x="190" y="80" width="490" height="160" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="Begin_di" bpmnElement="Begin">
        <dc:Bounds x="240" y="142" width="36" height="36" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="greet_di" bpmnElement="greet">
        <dc:Bounds x="340" y="120" width="100" height="80" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="Done_di" bpmnElement="Done">
        <dc:Bounds x="520" y="142" width="36" height="36" /></bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="Flow_1_di" bpmnElement="Flow_1">
        <di:waypoint x="276" y="160" /><di:waypoint x="340" y="160" /></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="Flow_2_di" bpmnElement="Flow_2">
        <di:waypoint x="440" y="160" /><di:waypoint x="520" y="160" /></bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""
