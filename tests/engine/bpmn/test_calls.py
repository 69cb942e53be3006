"""Called processes and decisions: what they are given, what comes back, and how deep it may go."""

from __future__ import annotations

import pytest

from engine.bpmn import check, walk
from tests.engine.bpmn.diagrams import (
    boundary,
    call,
    diagram,
    each,
    end,
    message,
    node,
    process,
    rules,
    script,
    start,
    table,
    user,
)  # fmt: skip
from tests.engine.bpmn.driven import Driven, one

_SPACES = (
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:flowable="http://flowable.org/bpmn"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
)


def _spaced(content: bytes) -> bytes:
    return content.replace(b" id=", f" {_SPACES} id=".encode(), 1)


def _called(inner: str, *more: str) -> bytes:
    """A process that calls another one, which asks once and counts."""
    q = process("q", [start("in"), user("ia"), script("s", "made = 1"), end("out")], "in -> ia -> s -> out")
    p = process("p", [start(), node("callActivity", "c", inner, attributes='calledElement="q"'), user("z"), end()],
                "begin -> c -> z -> done")  # fmt: skip
    return _spaced(diagram(p, q, *more))


def _extended(*items: str) -> str:
    return f"<bpmn:extensionElements>{''.join(items)}</bpmn:extensionElements>"


_BPMN = (
    '<bpmn:ioSpecification><bpmn:dataInput id="di" name="amount"/><bpmn:dataOutput id="do" name="made"/>'
    '<bpmn:inputSet/><bpmn:outputSet/></bpmn:ioSpecification><bpmn:dataInputAssociation><bpmn:sourceRef>n'
    "</bpmn:sourceRef><bpmn:targetRef>di</bpmn:targetRef></bpmn:dataInputAssociation><bpmn:dataOutputAssociation>"
    "<bpmn:sourceRef>do</bpmn:sourceRef><bpmn:targetRef>total</bpmn:targetRef></bpmn:dataOutputAssociation>"
)
_DATA = '<bpmn:dataObject id="n"/><bpmn:dataObject id="total"/>'
_SAID: dict[str, tuple[str, dict, dict]] = {
    "nothing": ("", {"n": 5, "m": 6}, {"n": 5, "m": 6, "made": 1}),
    "Camunda 7": (
        _extended('<camunda:in source="n" target="amount"/>', '<camunda:in sourceExpression="${n + m}" target="sum"/>',
                  '<camunda:out source="made" target="total"/>'),
        {"amount": 5, "sum": 11}, {"n": 5, "m": 6, "total": 1},
    ),
    "Camunda 7, all": (
        _extended('<camunda:in businessKey="#{x}"/>', '<camunda:in variables="all"/>',
                  '<camunda:in source="gone" target="there"/>', '<camunda:out variables="all"/>'),
        {"n": 5, "m": 6}, {"n": 5, "m": 6, "made": 1},
    ),
    "Flowable": (
        _extended('<flowable:in source="m" target="amount"/>'), {"amount": 6}, {"n": 5, "m": 6},
    ),
    "Camunda 8": (
        _extended('<zeebe:calledElement processId="q" propagateAllChildVariables="false"/>', '<zeebe:ioMapping>'
                  '<zeebe:input source="=n * 2" target="twice"/><zeebe:output source="=made" target="total"/>'
                  "</zeebe:ioMapping>"),
        {"n": 5, "m": 6, "twice": 10}, {"n": 5, "m": 6, "total": 1},
    ),
    "BPMN": (_BPMN, {"amount": 5}, {"n": 5, "m": 6, "total": 1}),
}  # fmt: skip


@pytest.mark.parametrize("name", _SAID)
def test_a_call_gives_and_takes_what_it_says(name: str) -> None:
    inner, given, after = _SAID[name]
    content = _called(inner).replace(b"<bpmn:startEvent", _DATA.encode() + b"<bpmn:startEvent", 1)
    assert not [one for one in check({"a.bpmn": content}) if one.refuses or one.rule == "foreign-attribute"]
    run = Driven(one(content, process="p"), {"n": 5, "m": 6})
    assert run.moved.tasks[0].data == given
    run.complete("ia")
    assert run.moved.tasks[0].data == after


def test_what_cannot_be_given_or_taken_is_an_incident_and_loses_nothing() -> None:
    items = ['<camunda:in sourceExpression="${n + 1}" target="amount"/>', '<camunda:out source="made" target="total"/>',
             '<camunda:out sourceExpression="${made + missing}" target="sum"/>']  # fmt: skip
    run = Driven(one(_called(_extended(*items)), process="p"), {"n": "x"})
    assert [one.element for one in run.moved.failures] == ["c"]
    run.retry()
    assert [one.element for one in run.moved.failures] == ["c"]
    run = Driven(one(_called(_extended(*items)), process="p"), {"n": 1})
    run.complete("ia", {"by": "ann"})
    for _ in range(2):
        assert ([one.element for one in run.moved.failures], run.elements()) == (["c"], [])
        assert b'"by":"ann"' in run.moved.state
        run.retry()


def test_a_mapping_that_cannot_be_read_is_found_and_is_null_in_a_walk() -> None:
    content = _called(_extended('<camunda:in sourceExpression="${bean.find(n)}" target="amount"/>'))
    found = [(one.rule, one.element) for one in check({"a.bpmn": content}) if one.refuses]
    assert found == [("expression", "c")]
    walked = {one.process: one.outcome for one in walk({"a.bpmn": content})}
    assert walked == {"p": "completed", "q": "completed"}


def test_calls_in_calls_for_several_and_left_by_an_event() -> None:
    deep = process("r", [start("r1"), user("ra"), end("r2")], "r1 -> ra -> r2")
    middle = process("q", [start("in"), call("qc", "r", each("people", "who", "all", "said")), end("out")],
                     "in -> qc -> out")  # fmt: skip
    outer = process("p", [start(), call("c", "q"), boundary("stop", "c", message("halt")), user("z"), end(), end("e2")],
                    "begin -> c -> z -> done; stop -> e2")  # fmt: skip
    prepared = one(diagram(outer, middle, deep), process="p")
    run = Driven(prepared, {"people": ["ann", "bob"]})
    for task in run.moved.tasks:
        run.do(lambda loaded, task=task: loaded.complete(task.id, {"said": task.data["who"].upper()}))
    assert run.elements() == ["z"]
    assert run.moved.tasks[0].data["all"] == ["ANN", "BOB"]
    run = Driven(prepared, {"people": ["ann", "bob"]})
    run.send("halt")
    assert run.moved.completed
    assert [one.element for one in run.moved.finished if one.state == "cancelled"].count("ra") == 2


def test_a_circle_of_calls_is_refused() -> None:
    names = ["p", "q", "r"]
    drawn = [process(name, [start(f"b{name}"), call(f"c{name}", after), end(f"e{name}")],
                     f"b{name} -> c{name} -> e{name}")
             for name, after in zip(names, ["q", "r", "p"], strict=True)]  # fmt: skip
    found = check({"a.bpmn": diagram(*drawn)})
    assert {(one.rule, one.element) for one in found if one.refuses} == {("calls-itself", f"c{name}") for name in names}
    assert {one.outcome for one in walk({"a.bpmn": diagram(*drawn)})} == {"refused"}


@pytest.mark.parametrize(
    ("how", "policy", "expected"),
    [
        ("", "UNIQUE", [{"size": "big", "more": 4}]), ("singleEntry", "UNIQUE", "big"),
        ("singleResult", "UNIQUE", {"size": "big", "more": 4}), ("collectEntries", "COLLECT", ["big", "large"]),
        ("resultList", "COLLECT", [{"size": "big", "more": 4}, {"size": "large", "more": 5}]),
    ],
)  # fmt: skip
def test_a_decision_may_name_the_variable_of_its_result(how: str, policy: str, expected: object) -> None:
    said = ' camunda:resultVariable="got"' + (f' camunda:mapDecisionResult="{how}"' if how else "")
    drawn = rules("r", "how").replace(" id=", f"{said} id=", 1)
    content = _spaced(diagram(process("p", [start(), drawn, user("z"), end()], "begin -> r -> z -> done")))
    rows = [["> 2", "'big'", "4"], ["> 3" if policy == "COLLECT" else "<= 2", "'large'", "5"]]
    run = Driven(one(content, table("how", ["n"], ["size", "more"], rows, policy)), {"n": 5})
    assert run.moved.tasks[0].data == {"n": 5, "got": expected}
