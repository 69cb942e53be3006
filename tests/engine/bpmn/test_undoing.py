"""Compensation and transactions: what was completed is undone, the latest first, and nothing else is."""

from __future__ import annotations

import pytest

from engine.bpmn import check, walk
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
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
    user,
    xor,
)  # fmt: skip
from tests.engine.bpmn.driven import Driven, one

CANCEL = "<bpmn:cancelEventDefinition/>"
_ERROR = '<bpmn:errorEventDefinition errorRef="err.bad"/>'
_DECLARED = '<bpmn:error id="err.bad" name="bad" errorCode="bad"/>'


def undo(activity: str = "") -> str:
    """A definition that asks for compensation."""
    return f'<bpmn:compensateEventDefinition{f" activityRef={chr(34)}{activity}{chr(34)}" if activity else ""}/>'


def undone(host: str, handler: str = "", kind: str = "userTask", inner: str = "") -> list[str]:
    """The event on the border of an activity, its handler, and the line between them."""
    handler = handler or f"undo_{host}"
    return [
        boundary(f"on_{host}", host, undo()), node(kind, handler, inner, attributes='isForCompensation="true"'),
        f'<bpmn:association id="line_{host}" sourceRef="on_{host}" targetRef="{handler}"/>',
    ]  # fmt: skip


def _transaction(id: str, nodes: list[str], arrows: str, inner: str = "") -> str:
    return node("transaction", id, inner + "".join(nodes) + flows(arrows))


def _run(*nodes: str, arrows: str, data: dict | None = None) -> Driven:
    content = diagram(process("p", [start(), *nodes, end()], arrows, {"Clerk": ["a"]}), extra=_DECLARED)
    assert not [one for one in check({"a.bpmn": content}) if one.refuses]
    return Driven(one(content), data)


def _clear(run: Driven, *names: str) -> None:
    """Complete the only open task, again and again: it is called so each time."""
    for name in names:
        assert run.elements() == [name]
        run.complete(name)


def test_what_was_completed_is_undone_the_latest_first() -> None:
    run = _run(
        user("a"), user("b"), user("c"), *undone("a"), *undone("b"), *undone("c"), throw("t", undo()), user("z"),
        arrows="begin -> a -> b -> t -> c -> z -> done",
    )  # fmt: skip
    _clear(run, "a", "b", "undo_b", "undo_a", "c", "z")
    assert run.moved.completed
    passed = [one.element for moved in run.history for one in moved.finished]
    assert passed == ["begin", "a", "b", "undo_b", "undo_a", "t", "c", "z", "done"]


def test_one_activity_is_undone_each_time_that_it_was_done_and_only_once() -> None:
    run = _run(
        xor("m"), user("a"), user("b"), xor("x", "x_m"), *undone("a"), *undone("b"), throw("t", undo("a")),
        throw("t2", undo()), arrows="begin -> m -> a -> b -> x; x -> m; x -[n > 1]-> t -> t2 -> done",
    )  # fmt: skip
    _clear(run, "a", "b", "a")
    run.complete("b", {"n": 2})
    _clear(run, "undo_a", "undo_a", "undo_b", "undo_b")
    assert run.moved.completed


def test_nothing_done_is_nothing_undone_and_an_end_may_ask_for_it() -> None:
    run = _run(
        xor("x", "x_done"), user("a"), *undone("a"), end("e2", undo()), user("b"),
        arrows="begin -> x; x -[n > 5]-> a -> done; x -> done; begin -> b -> e2",
    )  # fmt: skip
    _clear(run, "b")
    assert run.moved.completed


def test_what_automatic_handlers_change_is_seen_after_them() -> None:
    inner = "<bpmn:script>log = log + ['a']</bpmn:script>"
    run = _run(
        script("s", "log = []"), script("a", "n = 1"), *undone("a", kind="scriptTask", inner=inner), throw("t", undo()),
        user("z"), arrows="begin -> s -> a -> t -> z -> done",
    )  # fmt: skip
    assert run.moved.tasks[0].data["log"] == ["a"]


def test_what_was_done_in_a_sub_process_is_undone_from_without() -> None:
    inner = [start("in"), user("a"), user("b"), *undone("a"), *undone("b"), end("out")]
    for ref in ("", "sub", "b"):
        run = _run(
            user("z"), *undone("z"), part("sub", inner, "in -> a -> b -> out"), throw("t", undo(ref)), user("y"),
            arrows="begin -> z -> sub -> t -> y -> done",
        )  # fmt: skip
        _clear(run, "z", "a", "b", "undo_b")
        _clear(run, *{"": ["undo_a", "undo_z"], "sub": ["undo_a"], "b": []}[ref], "y")
        assert run.moved.completed


def test_the_handler_of_a_sub_process_stands_for_what_was_done_in_it() -> None:
    inner = [start("in"), user("a"), *undone("a"), end("out")]
    run = _run(
        part("sub", inner, "in -> a -> out"), *undone("sub"), throw("t", undo()), arrows="begin -> sub -> t -> done"
    )
    _clear(run, "a", "undo_sub")
    assert run.moved.completed


def test_an_event_sub_process_undoes_the_sub_process_around_it() -> None:
    beside = node(
        "subProcess", "beside", start("b1", undo()) + throw("b2", undo()) + user("b3") + end("b4")
        + flows("b1 -> b2 -> b3 -> b4"), attributes='triggeredByEvent="true"',
    )  # fmt: skip
    inner = [start("in"), user("a"), *undone("a"), beside, end("out")]
    run = _run(part("sub", inner, "in -> a -> out"), throw("t", undo()), arrows="begin -> sub -> t -> done")
    _clear(run, "a", "undo_a", "b3")
    assert run.moved.completed


def test_one_event_sub_process_undoes_within_another() -> None:
    def beside(name: str, first: str) -> str:
        nodes = start(f"{name}1", undo()) + first + end(f"{name}3")
        return node("subProcess", name, nodes + flows(f"{name}1 -> {name}2 -> {name}3"),
                    attributes='triggeredByEvent="true"')  # fmt: skip

    within = part("low", [start("l"), user("a"), beside("x", user("x2"))], "l -> a")
    around = part("high", [start("h"), within, beside("y", throw("y2", undo()))], "h -> low")
    run = _run(around, throw("t", undo()), arrows="begin -> high -> t -> done")
    _clear(run, "a", "x2")
    assert run.moved.completed


def test_an_event_sub_process_for_an_error_undoes_what_was_done_around_it() -> None:
    beside = node(
        "subProcess", "beside", start("b1", _ERROR) + throw("b2", undo()) + end("b4") + flows("b1 -> b2 -> b4"),
        attributes='triggeredByEvent="true"',
    )  # fmt: skip
    run = _run(user("a"), *undone("a"), beside, end("bad", _ERROR), arrows="begin -> a -> bad")
    _clear(run, "a", "undo_a")
    assert run.moved.completed


@pytest.mark.parametrize("one_by_one", [False, True])
def test_each_of_several_is_undone_with_its_own_item(one_by_one: bool) -> None:
    run = _run(
        user("a", each("people", "who", "answers", "answer", one_by_one=one_by_one)), *undone("a"), throw("t", undo()),
        arrows="begin -> a -> t -> done", data={"people": {"ann": "qa", "bob": "it"}},
    )  # fmt: skip
    for who in ("ann", "bob"):
        run.complete(("a", who), {"answer": 1})
    for item in ("it", "qa"):
        assert [(task.element, task.data["who"]) for task in run.moved.tasks] == [("undo_a", item)]
        run.complete("undo_a")
    assert run.moved.completed
    assert "who" not in run.moved.data or run.moved.data["who"] == "qa"


def test_what_was_left_by_an_event_is_no_more_undone() -> None:
    inner = [start("in"), user("a"), *undone("a"), user("b"), end("out")]
    run = _run(
        part("sub", inner, "in -> a -> b -> out"), boundary("stop", "sub", message("halt")), throw("t", undo()),
        xor("m"), arrows="begin -> sub -> m; stop -> m; m -> t -> done",
    )  # fmt: skip
    _clear(run, "a")
    run.send("halt")
    assert run.moved.completed


def test_nothing_is_remembered_where_nothing_asks_for_it() -> None:
    inner = [start("in"), user("a"), *undone("a"), user("b"), end("out")]
    content = diagram(process("p", [start(), part("sub", inner, "in -> a -> b -> out"), user("z"), end()],
                              "begin -> sub -> z -> done"))  # fmt: skip
    run = Driven(one(content))
    _clear(run, "a", "b")
    assert b"undo_a" not in run.moved.state
    _clear(run, "z")
    assert run.moved.completed


def _booking(**kinds: str) -> Driven:
    inner = [
        start("in"), both("g"), user("a"), user("b"), user("c"), *undone("a"), *undone("b"), both("j"),
        xor("x", "x_j"), end("fail", CANCEL), end("bad", _ERROR), end("out"),
    ]  # fmt: skip
    arrows = "in -> g; g -> a -> j; g -> b -> c -> x; x -[n == 1]-> fail; x -[n == 2]-> bad; x -> j; j -> out"
    return _run(
        _transaction("trip", inner, arrows), boundary("cancelled", "trip", CANCEL), boundary("hazard", "trip", _ERROR),
        user("after"), user("sorry"), user("help"), end("e2"), end("e3"), **kinds,
        arrows="begin -> trip -> after -> done; cancelled -> sorry -> e2; hazard -> help -> e3",
    )  # fmt: skip


def test_a_cancelled_transaction_is_undone_and_left_by_its_border() -> None:
    run = _booking()
    run.complete("b")
    run.complete("c", {"n": 1})
    assert ("a", "cancelled") in [(one.element, one.state) for one in run.moved.finished]
    _clear(run, "undo_b", "sorry")
    assert run.moved.completed
    passed = [one.element for moved in run.history for one in moved.finished if one.state == "completed"]
    assert passed == ["begin", "in", "g", "b", "c", "x", "undo_b", "fail", "cancelled", "sorry", "e2"]


def test_a_transaction_that_goes_well_is_passed_and_a_hazard_is_an_error() -> None:
    run = _booking()
    for name in ("b", "c", "a"):
        run.complete(name)
    _clear(run, "after")
    assert run.moved.completed
    run = _booking()
    run.complete("b")
    run.complete("c", {"n": 2})
    _clear(run, "help")
    assert run.moved.completed


def test_of_two_transactions_only_the_one_is_cancelled() -> None:
    def trip(name: str) -> list[str]:
        inner = [start(f"in{name}"), user(f"a{name}"), *undone(f"a{name}"), end(f"fail{name}", CANCEL)]
        return [_transaction(f"trip{name}", inner, f"in{name} -> a{name} -> fail{name}"),
                boundary(f"on{name}", f"trip{name}", CANCEL), end(f"e{name}")]  # fmt: skip

    run = _run(both("g"), *trip("1"), *trip("2"),
               arrows="begin -> g; g -> trip1 -> done; g -> trip2 -> done; on1 -> e1; on2 -> e2")  # fmt: skip
    run.complete("a2")
    assert run.elements() == ["a1", "undo_a2"]
    run.complete("undo_a2")
    assert run.elements() == ["a1"]
    _clear(run, "a1", "undo_a1")
    assert run.moved.completed


def test_a_failing_handler_is_an_incident_and_is_retried() -> None:
    inner = "<bpmn:script>log = missing + 1</bpmn:script>"
    run = _run(user("a"), *undone("a", kind="scriptTask", inner=inner), throw("t", undo()),
               arrows="begin -> a -> t -> done")  # fmt: skip
    _clear(run, "a")
    assert [one.element for one in run.moved.failures] == ["undo_a"]
    run.retry()
    assert [one.element for one in run.moved.failures] == ["undo_a"]


def test_a_loop_that_is_undone_round_by_round_keeps_no_history_else() -> None:
    run = _run(
        xor("m"), user("a"), *undone("a"), throw("t", undo()), xor("x", "x_m"),
        arrows="begin -> m -> a -> t -> x; x -> m; x -[n > 9]-> done",
    )  # fmt: skip
    sizes = []
    for _ in range(20):
        _clear(run, "a", "undo_a")
        sizes.append(len(run.moved.state))
    assert max(sizes[3:]) - min(sizes[3:]) < 16


def test_a_walk_undoes_what_it_did_and_passes_over_what_nothing_undoes() -> None:
    def walked(*nodes: str, arrows: str) -> tuple[str, str, tuple[str, ...]]:
        (found,) = walk({"a.bpmn": diagram(process("p", [start(), *nodes, end()], arrows))})
        return found.outcome, " ".join(found.path), found.causes

    arrows = "begin -> a -> t -> done"
    throws = throw("t", undo())
    assert walked(user("a"), *undone("a"), throws, arrows=arrows) == ("completed", "begin a undo_a t done", ())
    idle = node("task", "undo_a", attributes='isForCompensation="true"')
    assert walked(user("a"), boundary("b", "a", undo()), idle, throws, arrows=arrows)[1] == "begin a t done"
    assert walked(user("a"), boundary("b", "a", CANCEL), end("e2", CANCEL), end("e3"), both("g"), arrows=(
        "begin -> g; g -> a -> done; g -> e2; b -> e3"))[0] == "completed"  # fmt: skip
    assert walked(user("a"), throw("t", undo("a")), arrows=arrows)[0] == "completed"
