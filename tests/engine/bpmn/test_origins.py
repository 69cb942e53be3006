"""Diagrams of any origin: the habits of other tools are read for what they mean, by `check` and by a walk alike."""

from __future__ import annotations

import time

import pytest

from engine.bpmn import Walk, check, walk
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    call,
    catch,
    diagram,
    end,
    message,
    node,
    part,
    process,
    script,
    some,
    start,
    throw,
    timer,
    user,
    xor,
)  # fmt: skip


def _line(*nodes: str, arrows: str, extra: str = "") -> bytes:
    return diagram(process("p", [start(), *nodes, end()], arrows), extra=extra)


def _bare(*processes: str) -> bytes:
    """A drawing that says of no process whether it is to be run."""
    return diagram(*processes).replace(b'isExecutable="true"', b'isExecutable="false"')


def _walked(content: bytes) -> dict[str, Walk]:
    return {one.process: one for one in walk({"a.bpmn": content})}


_EMPTY_MESSAGE = "<bpmn:messageEventDefinition/>"
_POOLS = (
    '<bpmn:collaboration id="c"><bpmn:participant id="pa" processRef="a"/><bpmn:participant id="pb" processRef="b"/>'
    '<bpmn:participant id="outside"/><bpmn:messageFlow id="mf" name="order" sourceRef="{}" targetRef="b1"/>'
    "</bpmn:collaboration>"
)
_SENDER = process("a", [start("a0"), node("task", "a1"), end("a2")], "a0 -> a1 -> a2")
_RECEIVER = process("b", [start("b0"), catch("b1", _EMPTY_MESSAGE), end("b2")], "b0 -> b1 -> b2")

# What is deployable without further ado, and the way of a walk through it.
_RUN: dict[str, tuple[str, bytes]] = {
    "an empty sub-process": (
        "begin s a done", _line(node("subProcess", "s"), user("a"), arrows="begin -> s -> a -> done"),
    ),
    "one way without a condition": (
        "begin g x b done", _line(script("g", "n = 1"), xor("x"), user("a"), user("b"),
            arrows="begin -> g -> x; x -[n > 3]-> a -> done; x -> b -> done"),
    ),
    "a task with a condition, a default and a free way": (
        "begin a c done d done", _line(node("userTask", "a", attributes='default="a_d"'),
            user("b"), user("c"), user("d"),
            arrows="begin -> a; a -[False]-> b -> done; a -> c -> done; a -> d -> done"),
    ),
    "a task called Start and an end called End": (
        "begin Start End", diagram(process("p", [start(), user("Start"), end("End",
            "<bpmn:terminateEventDefinition/>")], "begin -> Start -> End")),
    ),
    "a flow that is listed in another process too": (
        "begin a done", diagram(process("p", [start(), user("a"), end()], "begin -> a -> done"),
            '<bpmn:process id="q" isExecutable="false">'
            '<bpmn:sequenceFlow id="begin_a" sourceRef="begin" targetRef="a"/></bpmn:process>'),
    ),
    "a flow of a sub-process that is listed outside": (
        "begin in a out s done", _line(part("s", [start("in"), user("a"), end("out")], ""),
            arrows="begin -> s -> done; in -> a -> out"),
    ),
    "a global task": (
        "begin c done", _line(call("c", "g"), arrows="begin -> c -> done",
            extra='<bpmn:globalUserTask id="g" name="Sign"/>'),
    ),
    "a pool with nothing in it": (
        "begin a done", diagram(process("p", [start(), user("a"), end()], "begin -> a -> done"), process("q", [], "")),
    ),
    "references with a prefix": (
        "begin w c done", _line(throw("w", message("m")), catch("c", message("m")), arrows="begin -> w -> c -> done")
            .replace(b'messageRef="msg.m"', b'messageRef="tns:msg.m"').replace(b'targetRef="c"', b'targetRef="tns:c"'),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", _RUN)
def test_what_other_tools_write_deploys_and_runs_as_it_is_meant(name: str) -> None:
    path, content = _RUN[name]
    assert [one for one in check({"a.bpmn": content}) if one.refuses] == []
    found = _walked(content)["p"]
    assert (found.outcome, " ".join(found.path), found.causes) == ("completed", path, ())


# What check refuses with reason, and a walk passes over and names.
_PASSED_OVER: dict[str, tuple[str, str, bytes]] = {
    "a process that is not here": ("begin c a done", "c", _line(call("c", "elsewhere"), user("a"),
        arrows="begin -> c -> a -> done")),
    "a decision that is not here": ("begin r done", "r", _line(node("businessRuleTask", "r"),
        arrows="begin -> r -> done")),
    "an island": ("begin a done", "b", _line(user("a"), user("b"), user("c"),
        arrows="begin -> a -> done; b -> c -> done; b -> c")),
    "a timer without a time": ("begin t done", "t", _line(catch("t", "<bpmn:timerEventDefinition/>"),
        arrows="begin -> t -> done")),
    "a time that nobody can read": ("begin t done", "t", _line(catch("t", timer("Duration", "2 minutes")),
        arrows="begin -> t -> done")),
    "a border event without an event": ("begin a done", "b", _line(user("a"), boundary("b", "a", ""), end("e2"),
        arrows="begin -> a -> done; b -> e2")),
    "a script of which one line can be read": ("begin s x b done", "s", _line(script("s", "import os\nn = 2\nprint(n)"),
        xor("x", "x_a"), user("a"), user("b"), arrows="begin -> s -> x; x -[n == 2]-> b -> done; x -> a -> done")),
    "a condition in another language": ("begin x a done", "x_b", _line(xor("x", "x_a"), user("a"), user("b"),
        arrows="begin -> x; x -> a -> done; x -[execution.hasVariable('n')]-> b -> done")),
    "two starts": ("begin a done", "other", _line(user("a"), user("b"), start("other"),
        arrows="begin -> a -> done; other -> b -> done")),
    "several events at once": ("begin c done", "c", _line(catch("c", 2 * timer("Duration", "P1D")),
        arrows="begin -> c -> done")),
}  # fmt: skip


@pytest.mark.parametrize("name", _PASSED_OVER)
def test_what_only_the_world_around_could_give_is_passed_over_and_named(name: str) -> None:
    path, element, content = _PASSED_OVER[name]
    found = _walked(content)["p"]
    assert (found.outcome, " ".join(found.path), found.causes) == ("completed", path, ())
    assert any(said.startswith(f"{element}: ") for said in found.passed_over)
    assert any(one.refuses for one in check({"a.bpmn": content}))


def test_an_event_in_the_middle_that_names_no_event_is_passed_through() -> None:
    found = _walked(_line(node("intermediateCatchEvent", "c"), arrows="begin -> c -> done"))["p"]
    assert (found.outcome, found.path) == ("completed", ("begin", "c", "done"))


def test_a_repetition_without_a_measure_is_done_once() -> None:
    looped = node("userTask", "a", '<bpmn:standardLoopCharacteristics testBefore="false" loopMaximum="0"/>')
    found = _walked(_line(looped, arrows="begin -> a -> done"))["p"]
    assert (found.outcome, found.path.count("done")) == ("completed", 1)


def test_an_inclusive_gateway_always_opens_a_way_without_condition_beside_others_with_one() -> None:
    arrows = "begin -> s -> i; i -[n == 1]-> a -> done; i -[n == 2]-> b -> done; i -> c -> done"
    content = _line(script("s", "n = 1"), some("i"), user("a"), user("b"), user("c"), arrows=arrows)
    found = _walked(content)["p"]
    assert {"a", "b", "c"} & {*found.path} == {"a", "c"}


def test_a_message_is_called_like_the_flow_that_carries_it_and_comes_where_a_pool_of_the_file_sends_it() -> None:
    content = diagram(_SENDER, _RECEIVER, extra=_POOLS.format("a1"))
    assert [one.rule for one in check({"a.bpmn": content}) if one.refuses] == []
    assert _walked(content)["b"].path == ("b0", "b1", "b2")


def test_a_message_from_a_pool_without_content_is_waited_for() -> None:
    found = _walked(diagram(_SENDER, _RECEIVER, extra=_POOLS.format("outside")))["b"]
    assert (found.outcome, found.waiting_for) == ("waiting", ("b1",))


def test_a_called_process_need_not_be_marked_as_executable() -> None:
    called = process("q", [start("b2"), end("e2")], "b2 -> e2").replace('isExecutable="true"', 'isExecutable="false"')
    content = diagram(process("p", [start(), call("c", "tns:q"), end()], "begin -> c -> done"), called)
    assert [one for one in check({"a.bpmn": content}) if one.refuses] == []
    assert _walked(content)["p"].path == ("begin", "b2", "e2", "c", "done")


def test_a_drawing_of_several_pools_is_walked_pool_by_pool_and_empty_ones_are_left() -> None:
    found = _walked(_bare(_SENDER, process("b", [start("b0"), end("b2")], "b0 -> b2"), process("c", [], "")))
    assert {name: one.outcome for name, one in found.items()} == {"a": "completed", "b": "completed"}


def test_a_task_that_bears_a_name_of_the_engine_takes_its_answers() -> None:
    arrows = "begin -> Start -> x; x -> done; x -[ok]-> b -> done"
    content = _line(user("Start"), xor("x", "x_done"), user("b"), arrows=arrows)
    (found,) = walk({"a.bpmn": content}, {"Start": {"ok": True}})
    assert found.path == ("begin", "Start", "x", "b", "done")


_THROUGH_INPUTS = """<bpmn:ioSpecification><bpmn:dataInput id="_2_in" name="In"/><bpmn:dataOutput id="_2_out"/>
</bpmn:ioSpecification><bpmn:dataInputAssociation><bpmn:sourceRef>people</bpmn:sourceRef>
<bpmn:targetRef>_2_in</bpmn:targetRef></bpmn:dataInputAssociation><bpmn:dataOutputAssociation>
<bpmn:sourceRef>_2_out</bpmn:sourceRef><bpmn:targetRef>answers</bpmn:targetRef></bpmn:dataOutputAssociation>
<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>_2_in</bpmn:loopDataInputRef>
<bpmn:loopDataOutputRef>tns:_2_out</bpmn:loopDataOutputRef><bpmn:inputDataItem id="who"/><bpmn:outputDataItem id="one"/>
</bpmn:multiInstanceLoopCharacteristics>"""


def test_a_collection_is_the_variable_behind_the_input_of_the_activity() -> None:
    content = _line(script("s", "people = {'ann': 'qa', 'bob': 'it'}"), user("a", _THROUGH_INPUTS),
                    arrows="begin -> s -> a -> done")  # fmt: skip
    assert [one for one in check({"a.bpmn": content}) if one.refuses] == []
    assert _walked(content)["p"].path.count("a") == 2


def test_performers_and_owners_of_the_standard_are_understood() -> None:
    said = (
        "<bpmn:humanPerformer><bpmn:resourceAssignmentExpression><bpmn:formalExpression>${boss}</bpmn:formalExpression>"
        "</bpmn:resourceAssignmentExpression></bpmn:humanPerformer><bpmn:potentialOwner>"
        "<bpmn:resourceAssignmentExpression><bpmn:formalExpression>user(kim), group(Sales)</bpmn:formalExpression>"
        "</bpmn:resourceAssignmentExpression></bpmn:potentialOwner>"
    )
    owned = "<bpmn:potentialOwner><bpmn:resourceRef>tns:r1</bpmn:resourceRef></bpmn:potentialOwner>"
    content = _line(user("a", said), user("b", owned), arrows="begin -> a -> b -> done",
                    extra='<bpmn:resource id="r1" name="Auditors"/>')  # fmt: skip
    found = check({"a.bpmn": content})
    assert [one for one in found if one.refuses or one.rule == "no-role"] == []
    told = " ".join(one.sentence for one in found)
    assert all(name in told for name in ("Sales", "Auditors", "boss", "candidateUsers"))


def test_conditions_of_java_and_its_like_are_read_where_they_only_compare() -> None:
    content = _line(script("s", "n = 5"), xor("x", "x_a"), user("a"), user("b"),
                    arrows="begin -> s -> x; x -[return n > 3 && n != 7]-> b -> done; x -> a -> done")  # fmt: skip
    assert [one for one in check({"a.bpmn": content}) if one.refuses] == []
    assert "b" in _walked(content)["p"].path


def test_an_error_that_whoever_calls_may_catch_ends_a_walk() -> None:
    found = _walked(_line(end("e", '<bpmn:errorEventDefinition errorRef="e1"/>'), user("a"), both("g"),
                          arrows="begin -> g -> e; g -> a -> done"))["p"]  # fmt: skip
    assert (found.outcome, found.path) == ("completed", ("begin", "g", "e", "a", "done"))


def test_tokens_that_multiply_are_an_incident_that_tells_how_far_it_came() -> None:
    names = range(16)
    nodes = [node("task", f"{kind}{number}") for number in names for kind in "abc"]
    arrows = "; ".join(f"a{n} -> b{n} -> a{n + 1}; a{n} -> c{n} -> a{n + 1}" for n in names[:-1])
    found = _walked(_line(*nodes, arrows=f"begin -> a0; {arrows}; a15 -> done"))["p"]
    assert (found.outcome, found.path[:2]) == ("incident", ("begin", "a0"))


def test_a_task_that_leads_to_itself_and_on_is_answered_in_time() -> None:
    began = time.monotonic()
    found = _walked(_line(user("a"), arrows="begin -> a -> done; a -> a"))["p"]
    assert (found.outcome, found.path[:3]) == ("incident", ("begin", "a", "done"))
    assert time.monotonic() - began < 10  # a second on a quiet machine


def test_a_loop_that_never_ends_tells_its_way() -> None:
    found = _walked(_line(node("task", "a"), xor("x"), arrows="begin -> a -> x -> a"))["p"]
    assert (found.outcome, found.path[:4]) == ("incident", ("begin", "a", "x", "a"))


_TWO = "".join(message(name) for name in ("m", "n"))


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("begin w c e done", _line(throw("w", _TWO), catch("c", message("m")), catch("e", message("n")),
                                   arrows="begin -> w -> c -> e -> done")),
        ("r a done", diagram(process("p", [node("receiveTask", "r", attributes='instantiate="true" messageRef="msg.m"'),
                                           user("a"), end()], "r -> a -> done"))),
    ],
    ids=["an event that throws two things", "a receive task that starts"],
)  # fmt: skip
def test_what_bpmn_says_in_one_element_and_we_in_several_deploys_and_runs(path: str, content: bytes) -> None:
    assert [one for one in check({"a.bpmn": content}) if one.refuses] == []
    assert " ".join(_walked(content)["p"].path) == path


def test_of_a_gateway_that_starts_the_first_event_has_come_in_a_walk() -> None:
    nodes = [node("eventBasedGateway", "g", attributes='instantiate="true"'), catch("c", message("m")),
             catch("d", message("n")), end()]  # fmt: skip
    found = _walked(diagram(process("p", nodes, "g -> c -> done; g -> d -> done")))["p"]
    assert (found.outcome, found.path) == ("completed", ("g", "c", "done"))


def test_scripts_hidden_in_a_task_and_conditions_nobody_can_read_do_nothing_in_a_walk() -> None:
    hidden = "<bpmn:extensionElements><spiffworkflow:preScript>x = 1</spiffworkflow:preScript></bpmn:extensionElements>"
    condition = node("conditionalEventDefinition", "d", "<bpmn:condition>a.b()</bpmn:condition>")
    content = _line(user("a", hidden), catch("c", condition), arrows="begin -> a -> c -> done")
    found = _walked(content)["p"]
    assert (found.outcome, found.path, found.waiting_for) == ("waiting", ("begin", "a"), ("c",))


@pytest.mark.parametrize(
    "kept", ['<zeebe:script expression="=tell(1)" resultVariable="n"/>', '<zeebe:taskDefinition type="t"/>']
)
def test_a_script_that_is_kept_elsewhere_is_refused_and_not_taken_for_an_empty_one(kept: str) -> None:
    task = node("scriptTask", "s", f"<bpmn:extensionElements>{kept}</bpmn:extensionElements>")
    content = _line(task, arrows="begin -> s -> done")
    content = content.replace(b" id=", b' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id=', 1)
    assert [one.element for one in check({"a.bpmn": content}) if one.refuses] == ["s"]
    assert _walked(content)["p"].outcome == "completed"


@pytest.mark.parametrize("kind", ["serviceTask", "businessRuleTask", "sendTask"])
def test_a_task_of_another_engine_is_named_with_what_it_called(kind: str) -> None:
    task = node(kind, "s", attributes='camunda:class="org.example.Pay"')
    content = _line(task, arrows="begin -> s -> done")
    content = content.replace(b" id=", b' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id=', 1)
    (found,) = (one for one in check({"a.bpmn": content}) if one.refuses)
    assert "org.example.Pay" in found.sentence


def test_the_work_of_a_plain_task_and_what_older_editions_said_are_left_aside_with_a_word() -> None:
    drools, fox = 'xmlns:d="http://www.jboss.org/drools"', 'xmlns:fox="http://www.camunda.com/fox"'
    retry = f"<bpmn:extensionElements><fox:failedJobRetryTimeCycle {fox}>R5/PT5M</fox:failedJobRetryTimeCycle>"
    task = node("task", "s", f"{retry}</bpmn:extensionElements>", attributes=f'{drools} d:taskName="Email"')
    notes = [one.sentence for one in check({"a.bpmn": _line(task, arrows="begin -> s -> done")}) if one.element == "s"]
    assert "Meant for another engine, and left aside here: failedJobRetryTimeCycle, taskName." in notes
