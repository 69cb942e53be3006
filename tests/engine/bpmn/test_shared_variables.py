"""Variables that several tokens write: the later write stands, said again or not, and what is carried along never."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import orjson
import pytest

from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    call,
    diagram,
    each,
    end,
    message,
    part,
    process,
    script,
    service,
    start,
    throw,
    user,
    xor,
)  # fmt: skip
from tests.engine.bpmn.driven import Driven, one
from tests.engine.bpmn.test_event_subprocesses import ANY_ERROR, DECLARED, ERROR, beside, condition


def _run(*nodes: str, arrows: str, data: dict[str, Any] | None = None, more: tuple[str, ...] = ()) -> Driven:
    drawn = diagram(process("shared", [start(), *nodes, end()], arrows), *more, extra=DECLARED)
    return Driven(one(drawn, process="shared"), data or {})


def _side_by_side(*more: str, arrows: str = "", data: dict[str, Any] | None = None) -> Driven:
    return _run(
        both("g"), user("a"), user("b"), both("j"), user("z"), *more, data=data,
        arrows=f"begin -> g; g -> a -> j; g -> b -> j; j -> z -> done; {arrows}",
    )  # fmt: skip


def _last(run: Driven) -> dict[str, Any]:
    assert run.elements() == ["z"]
    return dict(run.moved.tasks[0].data)


def _as_before(run: Driven) -> None:
    """The state as it was stored before writes were remembered."""
    said = orjson.loads(run.moved.state)
    said["format"] = 1
    for tree in (said["tree"], *(kept[2] for kept in said["parts"])):
        for row in tree:
            del row[9:]
    object.__setattr__(run.moved, "state", orjson.dumps(said))


def test_who_says_again_what_stood_there_has_the_last_word() -> None:
    run = _side_by_side(data={"n": 0})
    run.complete("a", {"n": 5})
    run.complete("b", {"n": 0})
    assert _last(run)["n"] == 0


def test_what_is_only_carried_along_does_not_undo_what_another_has_said() -> None:
    run = _side_by_side(data={"n": 0})
    run.complete("a", {"n": 5})
    run.complete("b", {"other": 1})
    assert _last(run) == {"n": 5, "other": 1}


def test_who_spoke_first_and_arrives_last_does_not_have_the_last_word() -> None:
    run = _run(
        both("g"), user("a"), user("a2"), user("b"), both("j"), user("z"), data={"n": 0},
        arrows="begin -> g; g -> a -> a2 -> j; g -> b -> j; j -> z -> done",
    )  # fmt: skip
    run.complete("a", {"n": 1})
    run.complete("b", {"n": 2})
    run.complete("a2")
    assert _last(run)["n"] == 2


@pytest.mark.parametrize("order", [*permutations(["a1", "a2", "b"])], ids="-".join)
def test_nested_splits_that_one_join_ends_know_what_was_written_last(order: tuple[str, ...]) -> None:
    run = _run(
        both("g"), user("first"), both("h"), user("a1"), user("a2"), user("b"), both("j"), user("z"), data={"n": 0},
        arrows="begin -> g; g -> first -> h; h -> a1 -> j; h -> a2 -> j; g -> b -> j; j -> z -> done",
    )  # fmt: skip
    run.complete("first", {"n": 1, "who": {"first": 1}})
    for number, name in enumerate(order):
        # Each says it anew; what is in the map is each one's own, but one item that only the first two share.
        run.complete(name, {"n": number % 2, "who": {"first": 1, name: number}} if name != "b" else {"n": number % 2})
    said = _last(run)
    assert said["n"] == 0
    assert said["who"] == {"first": 1, "a1": order.index("a1"), "a2": order.index("a2")}


def test_carried_along_from_before_an_inner_split_is_not_news_of_each_inner_branch() -> None:
    run = _run(
        both("g"), user("first"), both("h"), user("a1"), user("a2"), user("b"), both("j"), user("z"), data={"n": 0},
        arrows="begin -> g; g -> first -> h; h -> a1 -> j; h -> a2 -> j; g -> b -> j; j -> z -> done",
    )  # fmt: skip
    run.complete("first", {"n": 1, "who": {"x": 1}})
    run.complete("a1", {"n": 2, "who": {"x": 2}})
    run.complete("a2", {"who": {"x": 1, "y": 1}})
    run.complete("b")
    assert _last(run) == {"n": 2, "who": {"x": 2, "y": 1}}


def test_a_map_gets_what_each_branch_changed_in_it_and_loses_what_one_took_out() -> None:
    run = _side_by_side(data={"m": {"old": 1, "gone": 1, "deep": {"x": 1}}})
    run.complete("a", {"m": {"old": 1, "deep": {"x": 1, "y": 2}}})
    run.complete("b", {"m": {"old": 2, "gone": 1, "deep": {"x": 3}, "new": 1}})
    assert _last(run)["m"] == {"old": 2, "deep": {"x": 3, "y": 2}, "new": 1}


def test_a_map_that_one_branch_made_smaller_stays_small() -> None:
    run = _side_by_side(data={"m": {"x": 1, "y": 1}})
    run.complete("a", {"m": {"x": 1}})
    run.complete("b")
    assert _last(run)["m"] == {"x": 1}


def test_a_list_that_a_loop_made_anew_is_not_mixed_with_the_old_one() -> None:
    run = _run(
        part("s", [start("in"), user("a"), end("out")], "in -> a -> out",
             '<bpmn:standardLoopCharacteristics loopMaximum="2"/>'),
        user("z"), data={"items": [1, 2]}, arrows="begin -> s -> z -> done",
    )  # fmt: skip
    run.complete("a", {"items": [2, 3]})
    run.complete("a")
    assert _last(run)["items"] == [2, 3]


def test_branches_that_end_with_the_process_bring_what_was_written_last() -> None:
    run = _run(
        part("s", [start("in"), both("g"), user("a"), user("b"), end("e1"), end("e2")],
             "in -> g; g -> a -> e1; g -> b -> e2"),
        user("z"), data={"n": 0}, arrows="begin -> s -> z -> done",
    )  # fmt: skip
    run.complete("a", {"n": 5})
    run.complete("b", {"n": 0})
    assert _last(run)["n"] == 0


def test_what_a_sub_process_says_again_counts_for_the_branch_that_it_is_in() -> None:
    run = _run(
        both("g"), part("s", [start("in"), script("k", "n = 0"), user("a"), end("out")], "in -> k -> a -> out"),
        user("b"), both("j"), user("z"), data={"n": 0},
        arrows="begin -> g; g -> b -> j; g -> s -> j; j -> z -> done",
    )  # fmt: skip
    run.complete("b", {"n": 5})
    run.complete("a", {"n": 0})
    assert _last(run)["n"] == 0


def test_a_called_process_that_only_carries_a_variable_along_does_not_undo_it() -> None:
    called = process("called", [start("in"), user("a"), end("out")], "in -> a -> out")
    run = _run(
        both("g"), call("c", "called"), user("b"), both("j"), user("z"), data={"n": 0}, more=(called,),
        arrows="begin -> g; g -> c -> j; g -> b -> j; j -> z -> done",
    )  # fmt: skip
    run.complete("b", {"n": 5})
    run.complete("a", {"own": 1})
    assert _last(run) == {"n": 5, "own": 1}


@pytest.mark.parametrize("kind", ["part", "call"])
def test_an_error_brings_along_what_was_written_where_it_was_thrown_and_undoes_nothing(kind: str) -> None:
    nodes, arrows = [start("in"), user("a"), end("bad", ERROR)], "in -> a -> bad"
    called = process("called", nodes, arrows)
    run = _run(
        both("g"), part("c", nodes, arrows) if kind == "part" else call("c", "called"), end("e1"),
        boundary("on", "c", ANY_ERROR), user("b"), both("j"), user("z"), data={"n": 0},
        arrows="begin -> g; g -> c -> e1; on -> j; g -> b -> j; j -> z -> done",
        more=(called,) if kind == "call" else (),
    )  # fmt: skip
    run.complete("b", {"n": 5})
    run.complete("a", {"why": "late"})
    assert _last(run) == {"n": 5, "why": "late"}


def test_an_event_beside_the_flow_begins_with_what_was_said_again_last() -> None:
    run = _run(
        both("g"), user("a"), user("a2"), end("e1"), user("b"), beside(message("call"), interrupting=False),
        data={"n": 0}, arrows="begin -> g; g -> a -> a2 -> e1; g -> b -> done",
    )  # fmt: skip
    run.complete("a", {"n": 5})
    run.complete("b", {"n": 0})
    assert run.send("call")
    assert run.open()[("e_task", "None")].data["n"] == 0


def test_a_condition_hears_of_what_is_said_again_but_not_of_what_a_join_says_late() -> None:
    watched = _run(
        both("g"), user("a"), user("b"), both("j"), user("c"), user("d"), end("e1"), user("z"),
        beside(condition("n > 2"), interrupting=False, id="w"), data={"n": 0},
        arrows="begin -> g; g -> a -> j; g -> b -> j; j -> d -> e1; g -> c -> z -> done",
    )  # fmt: skip
    watched.complete("a", {"n": 9})
    assert watched.elements().count("w_task") == 1
    watched.complete("c", {"n": 0})
    watched.complete("b")  # the join carries the 9 on, which is older than the 0
    assert watched.elements().count("w_task") == 1
    watched.complete("d", {"n": 9})
    assert watched.elements().count("w_task") == 2


def test_of_instances_that_say_the_same_variable_the_last_to_end_has_the_last_word() -> None:
    inside = part("m", [start("in"), user("a"), end("out")], "in -> a -> out", each("people", "who"))
    run = _run(
        inside, user("z"), data={"n": 0, "people": {"ann": 1, "bob": 2, "cyd": 3}}, arrows="begin -> m -> z -> done"
    )
    for who, said in ((2, {"n": 7}), (1, {"n": 0}), (3, {"other": 1})):
        (task,) = (task for task in run.moved.tasks if task.data["who"] == who)
        assert task.data["n"] == 0
        run.do(lambda step, task=task, said=said: step.complete(task.id, said))
    assert (_last(run)["n"], _last(run)["other"]) == (0, 1)


def test_when_things_were_written_is_told_to_nobody() -> None:
    seen: list[Any] = []
    drawn = diagram(
        process("shared", [start(), both("g"), user("a"), service("k", "look"), throw("t", message("out", "{'n': n}")),
                           user("b"), both("j"), user("z"), end()],
                "begin -> g; g -> a -> k -> t -> j; g -> b -> j; j -> z -> done")
    )  # fmt: skip
    run = Driven(one(drawn), {"n": 0}, call=lambda step: seen.append(dict(step.data)))
    run.complete("a", {"n": 1})
    assert {name: moment for row in orjson.loads(run.moved.state)["tree"] for name, moment in dict(*row[9:]).items()}
    assert [dict(one.payload) for one in run.moved.sent] == [{"n": 1}]
    run.complete("b", {"m": 2})
    assert _last(run) == {"n": 1, "m": 2}
    run.complete("z")
    assert run.moved.data == {"n": 1, "m": 2}
    assert seen == [{"n": 1}]


def test_an_instance_with_one_token_keeps_nothing_of_when_it_wrote() -> None:
    run = _side_by_side()
    run.complete("a", {"n": 1})
    assert any(len(row) > 9 for row in orjson.loads(run.moved.state)["tree"])
    run.complete("b", {"m": 1})
    assert not any(len(row) > 9 for row in orjson.loads(run.moved.state)["tree"])


def test_what_is_kept_does_not_grow_with_what_is_written() -> None:
    run = _run(
        both("g"), user("a"), xor("x", "x_a"), end("e1"), user("b"), data={"n": 0},
        arrows="begin -> g; g -> a -> x; x -> a; x -[over]-> e1; g -> b -> done",
    )  # fmt: skip
    sizes = []
    for number in range(60):
        run.complete("a", {"n": number % 9, "over": False})
        sizes.append(len(run.moved.state))
    assert max(sizes[40:]) - max(sizes[:20]) < 16


def test_an_instance_stored_before_writes_were_remembered_goes_on_by_what_differs() -> None:
    run = _side_by_side(data={"n": 0, "m": 0})
    run.complete("a", {"n": 5, "m": 1})
    _as_before(run)
    run.complete("b", {"m": 2})
    assert _last(run) == {"n": 5, "m": 2}


def test_a_sub_process_stored_before_writes_were_remembered_brings_back_what_it_wrote() -> None:
    run = _run(
        both("g"), part("s", [start("in"), user("a"), user("a2"), end("out")], "in -> a -> a2 -> out"),
        user("b"), both("j"), user("z"), data={"n": 0}, arrows="begin -> g; g -> s -> j; g -> b -> j; j -> z -> done",
    )  # fmt: skip
    run.complete("a", {"n": 5})
    _as_before(run)
    run.complete("b")
    run.complete("a2")
    assert _last(run)["n"] == 5
