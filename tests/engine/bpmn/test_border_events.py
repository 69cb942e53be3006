"""Events on borders: each kind, interrupting or again and again beside, on each kind of activity."""

from __future__ import annotations

import pytest

from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    call,
    catch,
    diagram,
    each,
    end,
    first,
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
from tests.engine.bpmn.driven import NOW, Driven, one
from tests.engine.bpmn.test_event_subprocesses import (
    ANY_ERROR,
    DAY,
    DECLARED,
    ERROR,
    ESCALATION,
    SIGNAL,
    beside,
    condition,
    running,
)  # fmt: skip

BESIDE = [user("r"), end("e2")]


def _beside(event: str, to: str = "a") -> list[str]:
    return [boundary("on", to, event, interrupting=False), *BESIDE]


def test_what_a_branch_beside_carried_along_undoes_nothing_at_the_end() -> None:
    run = running(user("z"), user("a"), *_beside(message("m")), arrows="begin -> z -> a -> done; on -> r -> e2")
    run.complete("z", {"x": 1})
    assert run.send("m", {"n": 1})
    run.complete("a", {"x": 2})
    run.complete("r", {"y": 3})
    assert run.moved.completed
    assert (run.moved.data["x"], run.moved.data["y"]) == (2, 3)


def test_each_message_begins_a_branch_of_its_own_that_outlives_the_activity() -> None:
    run = running(user("a"), user("b"), *_beside(message("m")), arrows="begin -> a -> b -> done; on -> r -> e2")
    for number in range(3):
        assert run.send("m", {"n": number})
    assert run.elements() == ["a", "r", "r", "r"]
    assert [task.data["n"] for task in run.moved.tasks if task.element == "r"] == [0, 1, 2]
    assert [one.flows for one in run.moved.finished if one.element == "on"] == [("on_r",)]
    run.complete("a")
    assert (run.elements(), run.waits()) == (["b", "r", "r", "r"], set())
    assert "on" not in {one.element for one in run.moved.finished}
    run.complete("b")
    for task in list(run.moved.tasks):
        assert not run.moved.completed
        run.do(lambda step, task=task: step.complete(task.id, {}))
    assert run.moved.completed


def test_a_reminder_outlives_the_activity() -> None:
    run = running(user("a"), user("b"), *_beside(timer("Cycle", "R2/P1D")), arrows="begin -> a -> b; on -> r -> e2")
    run.at(NOW + DAY)
    run.complete("a")
    assert (run.elements(), run.moved.timers) == (["b", "r"], ())


def test_a_branch_beside_joins_what_it_leads_to() -> None:
    run = running(
        user("a"), boundary("on", "a", message("m"), interrupting=False), user("r"), both("j"), user("z"),
        arrows="begin -> a -> j; on -> r -> j; j -> z -> done",
    )  # fmt: skip
    run.send("m")
    run.complete("r")
    assert run.elements() == ["a"]
    run.complete("a")
    assert run.elements() == ["z"]


def test_an_inclusive_join_waits_for_a_branch_beside() -> None:
    run = running(
        user("a"), boundary("on", "a", message("m"), interrupting=False), user("r"), some("j"), user("z"),
        arrows="begin -> a -> j; on -> r -> j; j -> z -> done",
    )  # fmt: skip
    run.send("m")
    run.complete("a")
    assert run.elements() == ["r"]
    run.complete("r")
    assert run.elements() == ["z"]


def test_signals_and_escalations_come_again_beside() -> None:
    inner = part("s", [start("in"), xor("x"), user("i"), throw("up", ESCALATION), end("out")],
                 "in -> x -> i -> up -> x; x -[False]-> out".replace("x -> i", "x -[True]-> i"))  # fmt: skip
    run = running(inner, *_beside(ESCALATION, "s"), arrows="begin -> s -> done; on -> r -> e2")
    for number in range(3):
        run.complete("i", {"n": number})
    assert run.elements() == ["i", "r", "r", "r"]
    assert [task.data["n"] for task in run.moved.tasks if task.element == "r"] == [0, 1, 2]
    arrows = "begin -> g; g -> a -> done; g -> y; y -[True]-> b -> w -> y; y -[False]-> e3; on -> r -> e2"
    waiting = running(
        both("g"), user("a"), user("b"), throw("w", SIGNAL), xor("y"), *_beside(SIGNAL), end("e3"), arrows=arrows
    )
    for _ in range(3):
        waiting.complete("b")
    assert waiting.elements() == ["a", "b", "r", "r", "r"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_condition_is_seen_from_the_border(interrupting: bool) -> None:
    inner = part("s", [start("in"), user("i"), user("k"), end("out")], "in -> i -> k -> out")
    run = running(inner, boundary("on", "s", condition("n > 2"), interrupting=interrupting), user("r"), end("e2"),
                  arrows="begin -> s -> done; on -> r -> e2", data={"n": 1})  # fmt: skip
    run.complete("i", {"n": 3})
    assert run.elements() == (["r"] if interrupting else ["k", "r"])
    assert run.open()["r", "None"].data["n"] == 3


def test_a_condition_that_holds_already_comes_at_once_and_what_is_unknown_does_not_hold() -> None:
    for data, there in (({"n": 3}, ["a", "r"]), ({"n": 1}, ["a"]), ({}, ["a"])):
        run = running(user("a"), *_beside(condition("n > 2")), arrows="begin -> a -> done; on -> r -> e2", data=data)
        assert run.elements() == there


def test_a_condition_is_waited_for_in_the_flow_and_what_it_asks_for_is_seen_behind() -> None:
    run = running(both("g"), catch("c", condition("n > 2")), user("z"), user("a"), user("b"), end("e2"),
                  arrows="begin -> g; g -> c -> z -> done; g -> a -> b -> e2", data={"n": 0})  # fmt: skip
    run.complete("a", {"n": 2})
    assert run.elements() == ["b"]
    run.complete("b", {"n": 7})
    assert run.elements() == ["z"]
    assert run.moved.tasks[0].data["n"] == 7


def test_a_condition_that_nothing_can_fulfil_any_more_is_a_failure_that_says_so() -> None:
    run = running(catch("c", condition("n > 2")), arrows="begin -> c -> done")
    (failure,) = run.moved.failures
    assert (failure.element, failure.condition, failure.stuck) == ("c", "“n > 2”", True)
    assert "set a variable" in failure.cause


def test_instances_and_called_processes_keep_what_they_change_to_themselves() -> None:
    several = user("a", each("people", "who", "answers", "answer"))
    run = running(several, *_beside(condition("answer == 'no'")), arrows="begin -> a -> done; on -> r -> e2",
                  data={"people": {"ann": "x", "bob": "y"}})  # fmt: skip
    run.complete(("a", "ann"), {"answer": "no"})
    assert run.elements() == ["a"]
    counted = running(several, *_beside(condition("len(answers) > 0")), arrows="begin -> a -> done; on -> r -> e2",
                      data={"people": {"ann": "x", "bob": "y"}})  # fmt: skip
    counted.complete(("a", "ann"), {"answer": "no"})
    assert counted.elements() == ["a", "r"]


_HOSTS = {
    "several people": (user("a", each("people", "who", "answers", "answer")), "a"),
    "a sub-process": (part("a", [start("in"), user("i"), end("out")], "in -> i -> out"), "i"),
    "several sub-processes": (
        part("a", [start("in"), user("i"), end("out")], "in -> i -> out", each("people", "who", "answers", "answer")),
        "i",
    ),
    "a called process": (call("a", "q"), "qa"),
    "a receive task": (node("receiveTask", "a", attributes='messageRef="msg.other"'), ""),
}
_CALLED = process("q", [start("qin"), user("qa"), end("qout")], "qin -> qa -> qout")


@pytest.mark.parametrize("host", _HOSTS)
@pytest.mark.parametrize("interrupting", [True, False])
def test_every_waiting_activity_has_a_border(host: str, interrupting: bool) -> None:
    drawn, inside = _HOSTS[host]
    nodes = [
        start(), drawn, boundary("on", "a", message("m"), interrupting=interrupting), user("r"), end("e2"), end(),
        boundary("late", "a", timer("Duration", "P1D"), interrupting=False), user("l"), end("e3"),
    ]  # fmt: skip
    drawn_all = diagram(
        process("p", nodes, "begin -> a -> done; on -> r -> e2; late -> l -> e3"), _CALLED,
        extra='<bpmn:message id="msg.spare" name="spare"/>',
    )  # fmt: skip
    run = Driven(one(drawn_all, process="p"), {"people": {"ann": "x", "bob": "y"}})
    before = run.elements()
    assert set(before) == ({inside} if inside else set())
    assert run.at(NOW + DAY) == ("late",)
    assert run.elements() == sorted([*before, "l"])
    assert run.send("m")
    assert run.elements() == sorted(["l", "r"] if interrupting else [*before, "l", "r"])
    if not interrupting:
        assert run.send("m")
        assert run.elements() == sorted([*before, "l", "r", "r"])
    cancelled = [one.element for one in run.moved.finished if one.state == "cancelled" and one.kind == "userTask"]
    assert cancelled.count(inside) == (len(before) if interrupting else 0)


@pytest.mark.parametrize("interrupting", [True, False])
def test_what_was_done_inside_is_seen_behind_the_border(interrupting: bool) -> None:
    inner = part("s", [start("in"), both("g"), user("i"), user("k"), user("z"), both("j"), end("out")],
                 "in -> g; g -> i -> j; g -> k -> j; j -> z -> out")  # fmt: skip
    run = running(inner, boundary("on", "s", message("m"), interrupting=interrupting), user("r"), end("e2"),
                  arrows="begin -> s -> done; on -> r -> e2", data={"x": 0, "y": 0})  # fmt: skip
    run.complete("i", {"x": 1})
    run.send("m")
    assert run.open()["r", "None"].data == {"x": 1, "y": 0}


def test_answers_that_were_given_are_seen_behind_the_border() -> None:
    run = running(user("a", each("people", "who", "answers", "answer")), boundary("on", "a", message("m")), user("r"),
                  end("e2"), arrows="begin -> a -> done; on -> r -> e2", data={"people": {"ann": "x", "bob": "y"}})
    run.complete(("a", "ann"), {"answer": 7})
    run.send("m")
    assert run.moved.tasks[0].data["answers"] == {"ann": 7}


def test_an_error_goes_through_the_border_of_a_call_with_its_variables() -> None:
    drawn = diagram(
        process("p", [start(), part("s", [start("in"), call("c", "q"), end("out")], "in -> c -> out"),
                      boundary("on", "s", ERROR), user("r"), end("e2"), end()],
                "begin -> s -> done; on -> r -> e2"),
        process("q", [start("qin"), user("qa"), end("bad", ERROR)], "qin -> qa -> bad"),
        extra=DECLARED,
    )  # fmt: skip
    run = Driven(one(drawn, process="p"), {"x": 1})
    run.complete("qa", {"y": 2})
    assert run.elements() == ["r"]
    assert run.moved.tasks[0].data == {"x": 1, "y": 2}


def test_an_error_is_caught_around_it_and_never_beside_it() -> None:
    other = part("o", [start("i2"), user("k"), end("o2")], "i2 -> k -> o2")
    inner = part("s", [start("in"), both("g"), user("i"), end("bad", ERROR), other, boundary("no", "o", ERROR),
                       user("never"), end("e4"), end("out")],
                 "in -> g; g -> i -> bad; g -> o -> out; no -> never -> e4")  # fmt: skip
    around = boundary("on", "s", ANY_ERROR)
    run = running(inner, around, user("r"), end("e2"), arrows="begin -> s -> done; on -> r -> e2")
    run.complete("i")
    assert run.elements() == ["r"]


def test_an_uncaught_error_is_a_failure_and_an_uncaught_escalation_goes_on() -> None:
    run = running(user("a"), throw("up", ESCALATION), end("bad", ERROR), arrows="begin -> a -> up -> bad")
    run.complete("a")
    (failure,) = run.moved.failures
    assert (failure.element, failure.stuck) == ("bad", False)
    assert "“bad”" in failure.cause
    assert not run.moved.completed


def test_an_escalation_reaches_the_nearest_only_and_one_without_a_code_is_for_those_that_name_none() -> None:
    def built(thrown: str, near: str) -> Driven:
        deep = part("d", [start("i2"), user("i"), end("up", thrown)], "i2 -> i -> up")
        inner = part("s", [start("in"), deep, boundary("near", "d", near, interrupting=False), user("n"), end("e5"),
                           user("k"), end("out")], "in -> d -> k -> out; near -> n -> e5")  # fmt: skip
        run = running(inner, boundary("far", "s", "<bpmn:escalationEventDefinition/>"), user("f"), end("e2"),
                      arrows="begin -> s -> done; far -> f -> e2")  # fmt: skip
        run.complete("i")
        return run

    assert built(ESCALATION, ESCALATION).elements() == ["k", "n"]
    assert built("<bpmn:escalationEventDefinition/>", ESCALATION).elements() == ["f"]


def test_terminate_in_one_of_several_ends_that_one() -> None:
    inner = part("s", [start("in"), both("g"), user("i"), user("k"), end("o1"),
                       end("kill", "<bpmn:terminateEventDefinition/>")], "in -> g; g -> i -> kill; g -> k -> o1",
                 each("people", "who", "answers", "answer"))  # fmt: skip
    run = running(inner, user("z"), arrows="begin -> s -> z -> done", data={"people": {"ann": "x", "bob": "y"}})
    first_task = next(task for task in run.moved.tasks if task.element == "i")
    run.do(lambda step: step.complete(first_task.id, {"answer": 1}))
    assert run.elements() == ["i", "k"]
    run.complete("i", {"answer": 2})
    assert run.elements() == ["z"]
    assert sorted(run.moved.tasks[0].data["answers"].values()) == [1, 2]


def test_a_race_knows_conditions_signals_and_receive_tasks() -> None:
    def built() -> Driven:
        nodes = [
            start(), both("g"), user("a"), throw("w", SIGNAL), end("e1"), first("f"), catch("cc", condition("n > 2")),
            catch("cs", SIGNAL), node("receiveTask", "rt", attributes='messageRef="msg.other"'),
            catch("cm", message("m")), user("by_c"), user("by_s"), user("by_r"), user("by_m"), xor("j"), end(),
        ]  # fmt: skip
        arrows = (
            "begin -> g; g -> a -> w -> e1; g -> f; f -> cc -> by_c -> j; f -> cs -> by_s -> j; f -> rt -> by_r -> j;"
            " f -> cm -> by_m -> j; j -> done"
        )
        extra = DECLARED + '<bpmn:message id="msg.spare" name="spare"/>'
        return Driven(one(diagram(process("p", nodes, arrows), extra=extra)), {"n": 0})

    for data, winner in (({"n": 3}, "by_c"), ({"n": 1}, "by_s")):
        run = built()
        run.complete("a", data)
        assert (run.elements(), run.waits()) == ([winner], set())
    for name, winner in (("other", "by_r"), ("m", "by_m")):
        run = built()
        assert run.send(name, {"x": 1})
        assert run.elements() == sorted(["a", winner])


def test_hundreds_of_messages_on_a_border_leave_no_trace() -> None:
    run = running(user("a"), boundary("on", "a", message("m"), interrupting=False), script("s", "k = 1"), end("e2"),
                  arrows="begin -> a -> done; on -> s -> e2")  # fmt: skip
    sizes = []
    for _ in range(200):
        run.send("m", {"n": 1})
        sizes.append(len(run.moved.state))
    assert run.elements() == ["a"]
    assert max(sizes[5:]) - min(sizes[5:]) < 30


def test_branches_of_every_round_of_a_loop_live_on_their_own() -> None:
    run = running(
        xor("y"), user("a"), boundary("on", "a", message("m"), interrupting=False), user("r"), end("e2"),
        xor("x", "x_y"), user("z"), arrows="begin -> y -> a -> x; x -> y; x -[over]-> z -> done; on -> r -> e2",
    )  # fmt: skip
    for number in range(5):
        run.send("m", {"n": number})
        run.complete("a", {"over": number == 4})
    assert run.elements() == [*["r"] * 5, "z"]
    assert sorted(task.data["n"] for task in run.moved.tasks if task.element == "r") == [0, 1, 2, 3, 4]
    run.complete("z")
    for left in range(5, 0, -1):
        assert len(run.moved.tasks) == left
        run.complete("r")
    assert run.moved.completed


def test_many_people_are_all_sent_home_by_what_interrupts_around_them() -> None:
    people = {f"p{number}": "x" for number in range(30)}
    run = running(user("a", each("people", "who", "answers", "answer")), user("b"), _stop(),
                  arrows="begin -> a -> b -> done", data={"people": people})  # fmt: skip
    run.complete(("a", "p3"), {"answer": 1})
    run.send("m")
    assert run.elements() == ["e_task"]
    assert run.moved.tasks[0].data["answers"] == {"p3": 1}
    gone = [one for one in run.moved.finished if one.state == "cancelled" and one.kind == "userTask"]
    assert len({one.task for one in gone}) == 29
    run.complete("e_task")
    assert run.moved.completed


def _stop() -> str:
    return beside(message("m"), interrupting=True)
