"""What scripts and service tasks of other engines work out: read, done without, or refused, and never lost unsaid."""

from __future__ import annotations

import pytest

from engine.bpmn import check, walk
from tests.engine.bpmn.diagrams import BPMN, flows

_SPACES = 'xmlns:c="http://camunda.org/schema/1.0/bpmn" xmlns:z="http://camunda.org/schema/zeebe/1.0"'


def _drawn(task: str) -> dict[str, bytes]:
    """The task `a`, then a gateway that takes the way to `b` where it has set n to 2."""
    nodes = "".join(f'<{kind} id="{name}"/>' for kind, name in (
        ("startEvent", "s"), ("exclusiveGateway", "x"), ("task", "b"), ("task", "d"), ("endEvent", "e")))  # fmt: skip
    arrows = flows("s -> a -> x; x -[n == 2]-> b -> e; x -[n != 2]-> d -> e").replace("bpmn:", "")
    return {"a.bpmn": f'<definitions xmlns="{BPMN}" id="f"><process id="p" {_SPACES} isExecutable="true">{nodes}{task}'
                      f"{arrows}</process></definitions>".encode()}  # fmt: skip


def _script(text: str, said: str = "") -> str:
    return f'<scriptTask id="a" {said}><script>{text}</script></scriptTask>'


def _camunda_8(said: str) -> str:
    return f'<scriptTask id="a"><extensionElements><z:script {said}/></extensionElements></scriptTask>'


READ = {
    "JUEL with a name": (_script("#{1 + 1}", 'c:resultVariable="n"'), "b"),
    "Groovy with a name": (_script("1 + 1", 'scriptFormat="groovy" c:resultVariable="n"'), "b"),
    "a result that nobody keeps": (_script("${n + 1}"), "d"),
    "lines with a name beside": (_script("n = 2", 'c:resultVariable="m"'), "b"),
    "FEEL with a name": (_camunda_8('expression="= if n = null then 2 else 3" resultVariable="n"'), "b"),
    "FEEL without a name": (_camunda_8('expression="= n + 1"'), "d"),
    "a service task that gives what is fixed": ('<serviceTask id="a" c:expression="${2}" c:resultVariable="n"/>', "b"),
    "a service task that does nothing": ('<serviceTask id="a" c:expression="${true}"/>', "d"),
}


@pytest.mark.parametrize("name", READ)
def test_what_is_one_expression_is_worked_out_and_noted(name: str) -> None:
    task, way = READ[name]
    assert {one.severity for one in check(_drawn(task)) if one.element == "a"} == {"note"}
    assert walk(_drawn(task))[0].path == ("s", "a", "x", way, "e")


@pytest.mark.parametrize("task", [
    _script("#{beans.send(n)}"),  # a remark, to Python
    _script("#{execution.id}", 'c:resultVariable="n"'),
    _camunda_8('expression="= tell(n)" resultVariable="n"'),
    '<serviceTask id="a" c:expression="${n + 1}" c:resultVariable="n"/>',
    '<sendTask id="a" c:type="mail"/>',
])  # fmt: skip
def test_what_only_another_engine_can_work_out_is_refused(task: str) -> None:
    assert [one.element for one in check(_drawn(task)) if one.refuses] == ["a"]
    assert walk(_drawn(task))[0].outcome == "completed"
