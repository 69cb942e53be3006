"""Event sub-processes: armed with their scope, begun by each kind of event, interrupting or beside, and then gone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    call,
    diagram,
    each,
    end,
    flows,
    message,
    node,
    part,
    process,
    script,
    start,
    throw,
    timer,
    user,
    xor,
)  # fmt: skip
from tests.engine.bpmn.driven import NOW, Driven, one

DAY = timedelta(days=1)
ERROR = '<bpmn:errorEventDefinition errorRef="err.bad"/>'
ANY_ERROR = "<bpmn:errorEventDefinition/>"
ESCALATION = '<bpmn:escalationEventDefinition escalationRef="esc.up"/>'
SIGNAL = '<bpmn:signalEventDefinition signalRef="sig.go"/>'
DECLARED = (
    '<bpmn:error id="err.bad" name="bad" errorCode="bad"/><bpmn:error id="err.odd" errorCode="odd"/>'
    '<bpmn:escalation id="esc.up" escalationCode="up"/><bpmn:signal id="sig.go" name="go"/>'
)


def condition(text: str) -> str:
    return f"<bpmn:conditionalEventDefinition><bpmn:condition>{text}</bpmn:condition></bpmn:conditionalEventDefinition>"


def event_part(
    id: str, event: str, nodes: list[str], arrows: str, *, interrupting: bool = True, begin: str = ""
) -> str:
    """An event sub-process; its start event is called `on_` and its id."""
    begin = begin or f"on_{id}"
    first = node("startEvent", begin, event, attributes=f'isInterrupting="{str(interrupting).lower()}"')
    return node("subProcess", id, first + "".join(nodes) + flows(arrows), attributes='triggeredByEvent="true"')


def beside(event: str, *, interrupting: bool, id: str = "e") -> str:
    """An event sub-process with one task in it."""
    return event_part(
        id, event, [user(f"{id}_task"), end(f"{id}_end")], f"on_{id} -> {id}_task -> {id}_end",
        interrupting=interrupting,
    )  # fmt: skip


def running(*nodes: str, arrows: str, data: dict | None = None, **more) -> Driven:
    drawn = diagram(process("p", [start(), *nodes, end()], arrows), extra=DECLARED)
    return Driven(one(drawn), data or {}, **more)


LINE = "begin -> a -> b -> done"
INTERRUPTING = pytest.mark.parametrize("interrupting", [True, False])


@INTERRUPTING
def test_a_message_begins_one(interrupting: bool) -> None:
    run = running(user("a"), user("b"), beside(message("m"), interrupting=interrupting), arrows=LINE)
    assert (run.elements(), run.waits()) == (["a"], {"m"})
    assert run.send("m", {"why": "fire"})
    assert run.elements() == (["e_task"] if interrupting else ["a", "e_task"])
    assert run.open()["e_task", "None"].data == {"why": "fire"}
    assert run.waits() == (set() if interrupting else {"m"})
    states = {(one.element, one.state) for one in run.moved.finished}
    assert ("on_e", "completed") in states
    assert (("a", "cancelled") in states) == interrupting
    run.complete("e_task")
    if not interrupting:
        run.complete("a")
        run.complete("b")
    assert run.moved.completed
    assert (run.moved.timers, run.moved.waits) == ((), ())
    assert run.moved.data == {"why": "fire"}


def test_each_message_begins_another_one_beside() -> None:
    run = running(user("a"), user("b"), beside(message("m"), interrupting=False), arrows=LINE)
    for number in range(3):
        assert run.send("m", {"n": number})
    assert run.elements() == ["a", "e_task", "e_task", "e_task"]
    assert [task.data["n"] for task in run.moved.tasks if task.element == "e_task"] == [0, 1, 2]
    run.complete("a")
    run.complete("b")
    assert not run.moved.completed
    assert run.waits() == {"m"}
    for task in list(run.moved.tasks):
        run.do(lambda step, task=task: step.complete(task.id, {}))
    assert run.moved.completed


def test_a_scope_ends_with_what_an_event_began_last() -> None:
    inner = part("s", [start("in"), user("a"), end("out"), beside(message("m"), interrupting=False)], "in -> a -> out")
    run = running(inner, user("b"), arrows="begin -> s -> b -> done")
    run.send("m")
    run.complete("a")
    assert run.elements() == ["e_task"]
    run.complete("e_task")
    assert (run.elements(), run.waits()) == (["b"], set())


def test_a_scope_that_ends_waits_for_nothing_more() -> None:
    run = running(user("a"), user("b"), beside(message("m"), interrupting=False),
                  beside(timer("Duration", "P1D"), interrupting=True, id="t"), arrows=LINE)  # fmt: skip
    assert len(run.moved.timers) == 1
    run.complete("a")
    run.complete("b")
    assert run.moved.completed
    assert {one.element for one in run.moved.finished} == {"b", "done"}


def test_a_scope_ends_with_what_an_event_began_in_it() -> None:
    inside = [start("in"), user("a"), end("out"), beside(message("m"), interrupting=False)]
    inner = part("sub", inside, "in -> a -> out")
    run = running(inner, user("b"), arrows="begin -> sub -> b -> done")
    run.send("m", {"why": "fire"})
    run.complete("a")
    run.complete("e_task", {"late": True})
    assert run.elements() == ["b"]
    assert run.open()["b", "None"].data == {"why": "fire", "late": True}


@INTERRUPTING
@pytest.mark.parametrize(("kind", "text"), [("Date", "2026-01-06T09:00:00Z"), ("Duration", "P1D")])
def test_a_timer_begins_one_once(kind: str, text: str, interrupting: bool) -> None:
    run = running(user("a"), user("b"), beside(timer(kind, text), interrupting=interrupting), arrows=LINE)
    assert [one.element for one in run.moved.timers] == ["on_e"]
    assert run.at(NOW + DAY - timedelta(seconds=1)) == ()
    assert run.at(NOW + DAY) == ("on_e",)
    assert run.elements() == (["e_task"] if interrupting else ["a", "e_task"])
    assert (run.moved.timers, run.at(NOW + 9 * DAY)) == ((), ())


def test_a_cycle_begins_one_again_and_again_and_once_after_a_pause() -> None:
    run = running(user("a"), user("b"), beside(timer("Cycle", "R/P1D"), interrupting=False), arrows=LINE)
    run.at(NOW + DAY)
    run.at(NOW + 2 * DAY)
    assert run.elements() == ["a", "e_task", "e_task"]
    run.at(NOW + 20 * DAY + timedelta(hours=1))
    assert run.elements() == ["a", *["e_task"] * 3]
    assert [one.due for one in run.moved.timers] == ["2026-01-26T09:00:00.000000+00:00"]


def test_a_cron_text_begins_one_at_its_times() -> None:
    run = running(user("a"), user("b"), beside(timer("Cycle", "0 0 9 ? * MON-FRI"), interrupting=False), arrows=LINE)
    days = []
    for _ in range(6):
        due = NOW.fromisoformat(run.moved.timers[0].due)
        run.at(due)
        days.append(due.strftime("%a %H:%M"))
    assert days == ["Tue 09:00", "Wed 09:00", "Thu 09:00", "Fri 09:00", "Mon 09:00", "Tue 09:00"]


@INTERRUPTING
def test_a_signal_begins_one(interrupting: bool) -> None:
    run = running(
        user("a"), throw("w", SIGNAL), user("b"), beside(SIGNAL, interrupting=interrupting),
        arrows="begin -> a -> w -> b -> done",
    )  # fmt: skip
    run.complete("a")
    assert run.elements() == (["e_task"] if interrupting else ["b", "e_task"])


@INTERRUPTING
def test_an_escalation_begins_one_and_what_threw_it_goes_on_unless_it_is_interrupted(interrupting: bool) -> None:
    run = running(
        user("a"), script("s", "n = 7"), throw("w", ESCALATION), user("b"),
        beside(ESCALATION, interrupting=interrupting),
        arrows="begin -> a -> s -> w -> b -> done",
    )  # fmt: skip
    run.complete("a")
    assert run.elements() == (["e_task"] if interrupting else ["b", "e_task"])
    assert run.open()["e_task", "None"].data == {"n": 7}


@INTERRUPTING
def test_a_condition_begins_one_each_time_it_becomes_true(interrupting: bool) -> None:
    run = running(
        xor("x"), user("a"), user("b"), beside(condition("n > 2"), interrupting=interrupting),
        arrows="begin -> x -> a -> b -> x; x -[n == 99]-> done".replace("x -> a", "x -[True]-> a"), data={"n": 0},
    )  # fmt: skip
    run.complete("a", {"n": 1})
    assert run.elements() == ["b"]
    run.complete("b", {"n": 5})
    if interrupting:
        assert run.elements() == ["e_task"]
        assert run.moved.tasks[0].data["n"] == 5
        return
    assert run.elements() == ["a", "e_task"]
    run.complete("a", {"n": 6})
    assert run.elements() == ["b", "e_task"]
    run.complete("b", {"n": 0})
    run.complete("a", {"n": 9})
    assert run.elements() == ["b", "e_task", "e_task"]


def test_an_error_is_caught_inside_before_the_border() -> None:
    inner = part(
        "s", [start("in"), user("a"), end("bad", ERROR), beside(ERROR, interrupting=True)], "in -> a -> bad",
    )  # fmt: skip
    run = running(inner, boundary("on", "s", ERROR), user("late"), end("e2"),
                  arrows="begin -> s -> done; on -> late -> e2", data={"x": 1})  # fmt: skip
    run.complete("a", {"y": 2})
    assert run.elements() == ["e_task"]
    assert run.moved.tasks[0].data == {"x": 1, "y": 2}
    run.complete("e_task", {"z": 3})
    assert run.moved.completed
    assert run.moved.data == {"x": 1, "y": 2, "z": 3}


def test_an_error_thrown_by_an_event_sub_process_is_for_those_around() -> None:
    again = event_part("e", ANY_ERROR, [user("e_task"), end("worse", ERROR)], "on_e -> e_task -> worse")
    inner = part("s", [start("in"), user("a"), end("bad", ERROR), again], "in -> a -> bad")
    run = running(inner, boundary("on", "s", ERROR), user("late"), end("e2"),
                  arrows="begin -> s -> done; on -> late -> e2")  # fmt: skip
    run.complete("a")
    run.complete("e_task", {"z": 3})
    assert run.elements() == ["late"]
    assert run.moved.tasks[0].data == {"z": 3}


def test_the_code_decides_and_no_code_catches_the_rest() -> None:
    inner = part(
        "s",
        [start("in"), user("a"), xor("x", "x_bad"), end("bad", ERROR),
         end("odd", '<bpmn:errorEventDefinition errorRef="err.odd"/>'),
         beside(ANY_ERROR, interrupting=True, id="any"), beside(ERROR, interrupting=True, id="e")],
        "in -> a -> x; x -> bad; x -[odd]-> odd",
    )  # fmt: skip
    for odd, element in ((False, "e_task"), (True, "any_task")):
        run = running(inner, arrows="begin -> s -> done")
        run.complete("a", {"odd": odd})
        assert run.elements() == [element]


def test_what_happens_inside_is_seen_and_what_others_did_meanwhile() -> None:
    run = running(
        both("g"), user("a"), user("b"), user("c"), end("e2"), beside(message("m"), interrupting=True),
        arrows="begin -> g; g -> a -> c -> done; g -> b -> e2", data={"x": 0},
    )  # fmt: skip
    run.complete("a", {"x": 1})
    run.complete("b", {"y": 2})
    run.send("m", {"why": "stop"})
    assert run.elements() == ["e_task"]
    assert run.moved.tasks[0].data == {"x": 1, "y": 2, "why": "stop"}


def test_inside_sub_processes_it_ends_only_them() -> None:
    deep = part("deep", [start("i2"), user("d"), end("o2")], "i2 -> d -> o2")
    inner = part("s", [start("in"), both("g"), user("a"), deep, end("out"), end("out2"),
                       beside(message("m"), interrupting=True)],
                 "in -> g; g -> a -> out; g -> deep -> out2")  # fmt: skip
    run = running(both("sp"), inner, user("b"), both("jo"), user("c"),
                  arrows="begin -> sp; sp -> s -> jo; sp -> b -> jo; jo -> c -> done")  # fmt: skip
    assert run.elements() == ["a", "b", "d"]
    run.complete("d", {"deep": True})
    run.send("m")
    assert run.elements() == ["b", "e_task"]
    run.complete("e_task")
    run.complete("b")
    assert run.elements() == ["c"]


def test_each_of_several_instances_has_its_own() -> None:
    inner = part("s", [start("in"), user("a"), end("out"), beside(message("m"), interrupting=True)], "in -> a -> out",
                 each("people", "who", "answers", "answer"))  # fmt: skip
    run = running(inner, user("z"), arrows="begin -> s -> z -> done", data={"people": {"ann": "x", "bob": "y"}})
    waits = run.moved.waits
    assert len(waits) == 2
    assert run.send("m", {"answer": 1}, waits[1].task)
    assert run.elements() == ["a", "e_task"]
    run.complete("a", {"answer": 2})
    run.complete("e_task")
    assert run.elements() == ["z"]
    assert sorted(run.moved.tasks[0].data["answers"].values()) == [1, 2]


def test_a_called_process_has_its_own_and_takes_it_along() -> None:
    drawn = diagram(
        process("p", [start(), call("c", "q"), boundary("halt", "c", message("halt")), user("h"), end("e3"), end()],
                "begin -> c -> done; halt -> h -> e3"),
        process("q", [start("in"), user("a"), end("out"), beside(message("m"), interrupting=False)], "in -> a -> out"),
        extra=DECLARED,
    )  # fmt: skip
    run = Driven(one(drawn, process="p"), {})
    assert run.waits() == {"m", "halt"}
    run.send("m")
    assert run.elements() == ["a", "e_task"]
    run.send("halt")
    assert (run.elements(), run.waits()) == (["h"], set())


def test_terminating_an_event_sub_process_ends_only_it() -> None:
    stopping = event_part(
        "e", message("m"),
        [both("g"), user("x"), user("y"), end("o2"), end("kill", "<bpmn:terminateEventDefinition/>")],
        "on_e -> g; g -> x -> kill; g -> y -> o2", interrupting=False,
    )  # fmt: skip
    run = running(user("a"), user("b"), stopping, arrows=LINE)
    run.send("m")
    run.complete("x")
    assert (run.elements(), run.waits()) == (["a"], {"m"})


def test_one_inside_another() -> None:
    nested = event_part(
        "e", message("m"), [user("x"), end("o2"), beside(message("n"), interrupting=True, id="f")], "on_e -> x -> o2",
        interrupting=False,
    )  # fmt: skip
    run = running(user("a"), user("b"), nested, arrows=LINE)
    assert run.waits() == {"m"}
    run.send("m")
    assert run.waits() == {"m", "n"}
    run.send("n")
    assert (run.elements(), run.waits()) == (["a", "f_task"], {"m"})


def test_interrupting_ends_those_beside_as_well() -> None:
    run = running(user("a"), user("b"), beside(message("m"), interrupting=False),
                  beside(message("stop"), interrupting=True, id="f"), arrows=LINE)  # fmt: skip
    run.send("m")
    run.send("m")
    run.send("stop")
    assert (run.elements(), run.waits()) == (["f_task"], set())
    run.complete("f_task")
    assert run.moved.completed


def test_a_timer_that_fails_is_a_failure_and_can_be_retried() -> None:
    run = running(user("a"), user("b"), beside(timer("Date", "deadline"), interrupting=False), arrows=LINE)
    assert [one.element for one in run.moved.failures] == ["on_e"]
    run.complete("a")
    run.complete("b")
    assert not run.moved.completed
    run.do(lambda step: step.retry(run.moved.failures[0].task))
    assert len(run.moved.failures) == 1


def test_hundreds_of_occurrences_leave_no_trace() -> None:
    drawn = event_part(
        "e", message("m"), [script("s", "k = 1"), end("e_end")], "on_e -> s -> e_end", interrupting=False
    )
    run = running(user("a"), user("b"), drawn, arrows=LINE)
    sizes = []
    for _ in range(200):
        run.send("m", {"n": 1})
        sizes.append(len(run.moved.state))
    assert run.elements() == ["a"]
    assert max(sizes[5:]) - min(sizes[5:]) < 30


def test_started_by_a_message_it_sees_what_that_brought() -> None:
    drawn = diagram(
        process("p", [start("begin", message("go", variable="got")), user("a"), end(),
                      beside(timer("Date", "got['until']"), interrupting=True)], "begin -> a -> done"),
        extra=DECLARED,
    )  # fmt: skip
    run = Driven(one(drawn), {}, ("go", {"until": "2026-02-01"}))
    assert [one.due[:10] for one in run.moved.timers] == ["2026-02-01"]
