"""One diagram as different tools would write it down: it deploys and goes the same way, whatever it wears."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree

from engine.bpmn import check, walk
from tests.engine.bpmn.diagrams import (
    BPMN,
    both,
    boundary,
    call,
    catch,
    diagram,
    end,
    first,
    message,
    part,
    process,
    script,
    start,
    throw,
    timer,
    user,
    xor,
)  # fmt: skip
from tests.engine.bpmn.diagrams import (
    node as element,
)

_B = f"{{{BPMN}}}"
_REFERENCES = ("sourceRef", "targetRef", "attachedToRef", "messageRef")
_DRAWN = diagram(
    process(
        "p",
        [
            start(), script("s", "n = 2"), xor("x", "x_late"), both("g"), user("a"), user("late"), both("j"),
            part("sub", [start("in"), user("b"), catch("t", timer("Duration", "PT1H")), end("out")],
                 "in -> b -> t -> out"),
            boundary("hurry", "sub", message("m")), user("c"), end(), end("e2"),
        ],
        "begin -> s -> x; x -[n > 1]-> g; x -> late -> e2; g -> a -> j; g -> sub -> j; j -> done; hurry -> c -> e2",
    )
)  # fmt: skip
_WAY = ("begin", "s", "x", "g", "in", "b", "a", "t", "out", "sub", "j", "done")


def _qualified(root: etree._Element) -> bytes:
    for node in root.iter():
        for name in _REFERENCES:
            if node.get(name):
                node.set(name, f"tns:{node.get(name)}")
    return etree.tostring(root)


def _flows_at_the_top(root: etree._Element) -> bytes:
    (drawn,) = root.iter(f"{_B}process")
    for flow in list(root.iter(f"{_B}sequenceFlow")):
        drawn.insert(0, flow)
    return etree.tostring(root)


def _without_ids(root: etree._Element) -> bytes:
    for flow in root.iter(f"{_B}sequenceFlow"):
        if flow.get("id") != "x_late":
            del flow.attrib["id"]
    return etree.tostring(root)


def _with_marks(root: etree._Element) -> bytes:
    for node in root.iter(f"{_B}userTask", f"{_B}sequenceFlow", f"{_B}startEvent"):
        node.set("{http://example.org/tool}colour", "red")
        said = etree.Element(f"{_B}extensionElements")
        etree.SubElement(said, "{http://example.org/tool}note", key="a")
        node.insert(0, said)
    return etree.tostring(root)


def _without_a_prefix(root: etree._Element) -> bytes:
    text = etree.tostring(root).decode()
    return text.replace("bpmn:", "").replace("xmlns:bpmn=", "xmlns=").encode()


def _not_for_execution(root: etree._Element) -> bytes:
    for drawn in root.iter(f"{_B}process"):
        drawn.set("isExecutable", "false")
    return etree.tostring(root)


def _wide(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="UTF-16", xml_declaration=True)


def _said_to_be_wide(root: etree._Element) -> bytes:
    return b'<?xml version="1.0" encoding="utf-16"?>' + etree.tostring(root, encoding="utf-8")


_HABITS = (
    _qualified, _flows_at_the_top, _without_ids, _with_marks, _without_a_prefix, _not_for_execution, _wide,
    _said_to_be_wide,
)  # fmt: skip


@pytest.mark.parametrize("habit", _HABITS, ids=lambda habit: habit.__name__.strip("_"))
def test_a_diagram_goes_the_same_way_whatever_it_wears(habit: Callable[[etree._Element], bytes]) -> None:
    content = habit(etree.fromstring(_DRAWN))
    assert [one for one in check({"a.bpmn": content}) if one.refuses] == []
    (found,) = walk({"a.bpmn": content})
    assert (found.outcome, found.path) == ("completed", _WAY)


def _checked(content: bytes) -> list[str]:
    return [one.rule for one in check({"a.bpmn": content}) if one.refuses]


def test_a_definition_outside_of_the_processes_is_that_of_the_event_which_refers_to_it() -> None:
    shared = timer("Duration", "PT1H").replace("Definition>", 'Definition id="later">', 1)
    event = catch("c", "<bpmn:eventDefinitionRef>tns:later</bpmn:eventDefinitionRef>")
    content = diagram(process("p", [start(), event, end()], "begin -> c -> done"), extra=shared)
    assert _checked(content) == []
    assert walk({"a.bpmn": content})[0].path == ("begin", "c", "done")


def test_a_signal_that_is_named_and_not_declared_is_called_so() -> None:
    signal = '<bpmn:signalEventDefinition signalRef="go"/>'
    nodes = [start(), both("g"), catch("c", signal), throw("t", signal), end()]
    content = diagram(process("p", nodes, "begin -> g; g -> c -> done; g -> t -> done"))
    assert _checked(content) == []
    assert walk({"a.bpmn": content})[0].outcome == "completed"


def test_an_event_that_a_race_leads_to_twice_is_awaited_once() -> None:
    nodes = [start(), first("g"), catch("c", timer("Duration", "P1D")), catch("e", message("m")), end()]
    twice = '<bpmn:sequenceFlow id="again" sourceRef="g" targetRef="c"/>'
    content = diagram(process("p", nodes, "begin -> g; g -> c -> done; g -> e -> done"))
    content = content.replace(b"</bpmn:process>", twice.encode() + b"</bpmn:process>")
    assert _checked(content) == []
    assert walk({"a.bpmn": content})[0].path == ("begin", "g", "c", "done")


def test_many_instances_of_a_sub_process_are_not_tokens_that_multiply() -> None:
    many = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>250</bpmn:loopCardinality>"
    several = element("subProcess", "s", f"{many}</bpmn:multiInstanceLoopCharacteristics>{user('a')}")
    (found,) = walk({"a.bpmn": diagram(process("p", [start(), several, end()], "begin -> s -> done"))})
    assert (found.outcome, found.path.count("a")) == ("completed", 250)


def test_a_process_that_cannot_be_walked_keeps_no_other_from_it_and_each_names_what_it_passed_over() -> None:
    refused = process("q", [start("b2"), user("x"), user("x"), end("e2")], "b2 -> x -> e2")
    calling = process("r", [start("b3"), call("c3", "nowhere"), end("e3")], "b3 -> c3 -> e3")
    lone = process("p", [start(), user("a"), end()], "begin -> a -> done")
    found = {one.process: one for one in walk({"a.bpmn": diagram(lone, calling), "b.bpmn": diagram(refused)})}
    assert {name: one.outcome for name, one in found.items()} == {"p": "completed", "q": "refused", "r": "completed"}
    assert found["p"].passed_over == ()
    assert [said.partition(":")[0] for said in found["r"].passed_over] == ["c3"]


def test_what_is_added_for_what_was_added_is_never_named() -> None:
    scripts = [element("scriptTask", name, "<bpmn:script>n = 1</bpmn:script>") for name in ("a", "b")]
    found = check({"a.bpmn": diagram(process("p", scripts, ""))})
    assert any(one.element == "p" for one in found)
    assert all("~" not in f"{one.element} {one.sentence}" for one in found)
