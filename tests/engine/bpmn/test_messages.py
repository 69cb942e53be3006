"""Messages leave through the outbox and arrive at exactly one event."""

from __future__ import annotations

import pytest

from engine.bpmn import Sent, Wait
from engine.errors import NobodyWaits
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    catch,
    diagram,
    each,
    end,
    first,
    message,
    node,
    part,
    process,
    start,
    throw,
    user,
)  # fmt: skip
from tests.engine.bpmn.driven import Driven, one


def _single(*nodes: str, arrows: str, data: dict | None = None, **more) -> Driven:
    return Driven(one(diagram(process("p", [start(), *nodes, end()], arrows))), data or {}, **more)


def test_what_is_thrown_is_for_the_engine_to_deliver() -> None:
    run = _single(
        throw("w", message("m.one", "{'x': x + 1}")),
        node("sendTask", "s", attributes='messageRef="msg.m.two"', keep="false"),
        node("endEvent", "e", message("m.three")),
        arrows="begin -> w -> s -> e", data={"x": 1},
    )  # fmt: skip
    assert run.moved.sent == (
        Sent("w", "m.one", {"x": 2}, True), Sent("s", "m.two", {}, False), Sent("e", "m.three", {}, True),
    )  # fmt: skip
    assert run.moved.completed


def test_a_message_thrown_beside_an_event_that_waits_for_it_is_not_swallowed() -> None:
    run = _single(
        both("sp"), catch("c", message("m")), throw("w", message("m")), end("e2"),
        arrows="begin -> sp; sp -> c -> done; sp -> w -> e2",
    )  # fmt: skip
    assert [sent.message for sent in run.moved.sent] == ["m"]
    assert run.waits() == {"m"}


def test_the_payload_goes_into_its_variable_or_among_the_variables() -> None:
    into = _single(catch("c", message("m", variable="got")), user("a"), arrows="begin -> c -> a -> done")
    into.send("m", {"x": 1})
    assert into.moved.tasks[0].data == {"got": {"x": 1}}
    among = _single(catch("c", message("m")), user("a"), arrows="begin -> c -> a -> done")
    among.send("m", {"x": 1})
    assert among.moved.tasks[0].data == {"x": 1}


def test_nobody_receives_what_is_not_awaited() -> None:
    run = _single(catch("c", message("m")), user("a"), arrows="begin -> c -> a -> done")
    assert not run.send("other")
    assert not run.send("m", element="elsewhere")
    assert run.send("m", element="c")
    assert not run.send("m")
    assert run.elements() == ["a"]


def test_a_wait_says_what_its_message_must_carry() -> None:
    run = _single(
        catch("c", message("m"), correlation="project + ':' + period"), arrows="begin -> c -> done",
        data={"project": "p1", "period": "W1"},
    )  # fmt: skip
    (wait,) = run.moved.waits
    assert wait == Wait(wait.task, "c", "m", "p1:W1")


def test_a_race_waits_under_the_elements_of_its_branches() -> None:
    run = _single(
        first("g"), catch("c1", message("m"), correlation="'one'"), catch("c2", message("m"), correlation="'two'"),
        user("a"), user("b"), end("e2"), arrows="begin -> g; g -> c1 -> a -> done; g -> c2 -> b -> e2",
    )  # fmt: skip
    assert {(wait.element, wait.correlation) for wait in run.moved.waits} == {("c1", "one"), ("c2", "two")}
    assert run.send("m", {}, "c2")
    assert run.elements() == ["b"]


def test_one_message_wakes_one_of_several_instances() -> None:
    inner = part("sub", [start("in"), catch("c", message("m"), correlation="who"), user("ia"), end("out")],
                 "in -> c -> ia -> out", each("people", "who"))  # fmt: skip
    run = _single(inner, arrows="begin -> sub -> done", data={"people": {"ann": "ann", "bob": "bob"}})
    assert [wait.correlation for wait in run.moved.waits] == ["ann", "bob"]
    assert run.send("m", {}, run.moved.waits[1].task)
    assert [task.data["who"] for task in run.moved.tasks] == ["bob"]
    assert [wait.correlation for wait in run.moved.waits] == ["ann"]


def _started_by_message() -> bytes:
    return diagram(
        process(
            "p",
            [start("s1", message("weekly.due", variable="msg"), key="msg['project']"), start("s2",
                message("late.entry")),
             user("a"), end()],
            "s1 -> a; s2 -> a; a -> done",
        )
    )  # fmt: skip


def test_a_process_starts_by_one_of_its_messages() -> None:
    prepared = one(_started_by_message())
    assert [(s.message, s.key_expression, s.element) for s in prepared.starts] == [
        ("weekly.due", "msg['project']", "s1"), ("late.entry", None, "s2"),
    ]  # fmt: skip
    run = Driven(prepared, {"base": 1}, ("weekly.due", {"project": "p1"}))
    assert run.moved.tasks[0].data == {"base": 1, "msg": {"project": "p1"}}
    assert run.moved.waits == ()
    run.complete("a")
    assert run.moved.completed
    assert Driven(prepared, {}, ("late.entry", {"x": 1})).moved.tasks[0].data == {"x": 1}


@pytest.mark.parametrize("message_", [None, ("other", {})])
def test_a_process_that_starts_by_message_starts_no_other_way(message_: tuple | None) -> None:
    with pytest.raises(NobodyWaits):
        Driven(one(_started_by_message()), {}, message_)


def test_a_process_without_start_message_takes_none() -> None:
    with pytest.raises(NobodyWaits):
        _single(user("a"), arrows="begin -> a -> done", message=("m", {}))


def test_a_message_on_the_border_ends_what_is_inside() -> None:
    inner = part("sub", [start("in"), both("sp"), user("ia"), catch("ic", message("m")), end("o1"), end("o2")],
                 "in -> sp; sp -> ia -> o1; sp -> ic -> o2")  # fmt: skip
    run = _single(
        inner, boundary("stop", "sub", message("halt", variable="why")), user("b"), end("e2"),
        arrows="begin -> sub -> done; stop -> b -> e2",
    )  # fmt: skip
    assert (run.elements(), run.waits()) == (["ia"], {"m", "halt"})
    run.send("halt", {"reason": "hold"})
    assert (run.elements(), run.waits()) == (["b"], set())
    assert {(item.element, item.state) for item in run.moved.finished} == {
        ("ia", "cancelled"), ("ic", "cancelled"), ("sub", "cancelled"), ("stop", "completed"),
    }  # fmt: skip
    assert run.moved.tasks[0].data == {"why": {"reason": "hold"}}
