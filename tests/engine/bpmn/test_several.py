"""Multi-instance of every kind: collections, counts, nesting, rounds, and many people of whom few are asked for."""

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
    part,
    process,
    script,
    start,
    user,
    xor,
)  # fmt: skip
from tests.engine.bpmn.driven import Driven, one
from tests.engine.bpmn.test_walking import _number

CROWD = {f"p{number}": "Member" for number in range(60)}


def _line(*nodes: str, arrows: str, data: dict, more: str = "") -> Driven:
    drawn = [process("p", [start(), *nodes, end()], arrows)]
    return Driven(one(diagram(*drawn, *([more] if more else [])), process="p"), data)


def _keys(run: Driven) -> list[str]:
    return [str(task.key) for task in run.moved.tasks]


@pytest.mark.parametrize("one_by_one", [False, True])
def test_a_collection_may_be_an_expression(one_by_one: bool) -> None:
    over = "[who for who in team['people'] if who != 'bob']"
    loop = each(over, "who", "answers", "answer", one_by_one=one_by_one)
    run = _line(user("m", loop), arrows="begin -> m -> done", data={"team": {"people": ["ann", "bob", "cyd"]}})
    while not run.moved.completed:
        run.complete(("m", _keys(run)[0]), {"answer": run.moved.tasks[0].item.upper()})
    assert run.moved.data["answers"] == ["ANN", "CYD"]


def test_a_collection_that_cannot_be_read_is_found() -> None:
    content = diagram(process("p", [start(), user("m", each("a b", "who", "answers", "answer")), end()],
                              "begin -> m -> done"))  # fmt: skip
    assert ("expression", "m") in [(one.rule, one.element) for one in check({"a.bpmn": content}) if one.refuses]


@pytest.mark.parametrize("name", ["nrOfCompletedInstances / nrOfInstances >= 0.5", "numberOfCompletedInstances == 2",
                                  "nrOfActiveInstances <= 2", "len(answers) == 2"])  # fmt: skip
@pytest.mark.parametrize("one_by_one", [False, True])
def test_a_completion_condition_counts_instances(name: str, one_by_one: bool) -> None:
    if one_by_one and "Active" in name:
        name = "nrOfInstances - nrOfCompletedInstances <= 2"
    loop = each("people", "who", "answers", "answer", until=name, one_by_one=one_by_one)
    people = {"ann": "", "bob": "", "cyd": "", "dan": ""}
    run = _line(user("m", loop), user("b"), arrows="begin -> m -> b -> done", data={"people": people})
    run.complete(("m", "ann"), {"answer": 1})
    assert "m" in run.elements()
    run.complete(("m", "bob"), {"answer": 2})
    assert run.elements() == ["b"]
    assert run.moved.tasks[0].data["answers"] == {"ann": 1, "bob": 2}


@pytest.mark.parametrize("empty", [{}, []])
@pytest.mark.parametrize("one_by_one", [False, True])
def test_an_empty_collection_is_passed_at_once(empty: object, one_by_one: bool) -> None:
    inner = part("m", [start("in"), user("ia"), end("out")], "in -> ia -> out",
                 each("people", "who", one_by_one=one_by_one))  # fmt: skip
    assert _line(inner, arrows="begin -> m -> done", data={"people": empty}).moved.completed


def test_a_number_may_be_an_expression() -> None:
    loop = _number("size * 2")
    inner = part("m", [start("in"), user("ia"), end("out")], "in -> ia -> out", loop)
    run = _line(inner, arrows="begin -> m -> done", data={"size": 2})
    assert run.elements() == ["ia"] * 4
    for task in run.moved.tasks:
        run.do(lambda loaded, task=task: loaded.complete(task.id, {}))
    assert run.moved.completed


def test_multi_instance_in_multi_instance_and_in_called_processes() -> None:
    inner = user("ask", each("team", "who", "given", "answer"))
    teams = part("m", [start("in"), inner, end("out")], "in -> ask -> out", each("teams", "team", "all", "given"))
    run = _line(teams, arrows="begin -> m -> done", data={"teams": {"x": {"ann": 1, "bob": 2}, "y": {"cyd": 3}}})
    assert sorted(_keys(run)) == ["ann", "bob", "cyd"]
    for who in ("cyd", "ann", "bob"):
        run.complete(("ask", who), {"answer": who})
    assert run.moved.data["all"] == {"x": {"ann": "ann", "bob": "bob"}, "y": {"cyd": "cyd"}}


def test_a_called_process_for_each_item() -> None:
    called = process("q", [start("in"), user("ia"), script("s", "got = who + done_by"), end("out")],
                     "in -> ia -> s -> out")  # fmt: skip
    drawn = call("m", "q", each("people", "who", "all", "got", until="nrOfCompletedInstances == 2"))
    run = _line(drawn, arrows="begin -> m -> done", data={"people": ["a", "b", "c"]}, more=called)
    for task in run.moved.tasks[:2]:
        run.do(lambda loaded, task=task: loaded.complete(task.id, {"done_by": "!"}))
    assert run.moved.completed
    assert run.moved.data["all"] == ["a!", "b!"]


def test_without_results_each_gives_what_it_changed_and_no_more() -> None:
    inner = part("m", [start("in"), user("ia"), end("out")], "in -> ia -> out", each("people", "who"))
    run = _line(inner, arrows="begin -> m -> done", data={"people": ["a", "b", "c"], "x": 0, "y": 0, "z": {"q": 1}})
    for number, said in enumerate(({"x": 1, "z": {"q": 2}}, {"y": 2}, {"new": 3})):
        assert len(run.moved.tasks) == 3 - number
        run.do(lambda loaded, said=said: loaded.complete(run.moved.tasks[0].id, said))
    assert run.moved.data == {"people": ["a", "b", "c"], "x": 1, "y": 2, "z": {"q": 2}, "new": 3}


def test_one_after_the_other_may_take_back_what_one_has_set() -> None:
    inner = part("m", [start("in"), user("ia"), end("out")], "in -> ia -> out", each("people", "who", one_by_one=True))
    run = _line(inner, arrows="begin -> m -> done", data={"people": ["a", "b"], "x": 0})
    run.complete("ia", {"x": 1})
    assert run.moved.tasks[0].data["x"] == 1
    run.complete("ia", {"x": 0})
    assert run.moved.data["x"] == 0


def test_a_walk_goes_through_many_instances_of_a_sub_process() -> None:
    inner = part("m", [start("in"), user("ia"), user("ib"), end("out")], "in -> ia -> ib -> out", _number("300"))
    (found,) = walk({"a.bpmn": diagram(process("p", [start(), inner, end()], "begin -> m -> done"))})
    assert (found.outcome, found.path.count("ib")) == ("completed", 300)


def _crowd(until: str = "") -> Driven:
    nodes = [user("m", each("people", "who", "answers", "answer", until=until)), xor("x", "x_r"), user("b"),
             boundary("stop", "m", message("halt")), end("e2"), script("r", "answers = {}")]  # fmt: skip
    arrows = "begin -> m -> x; x -[answers['p1'] == 'yes']-> b -> done; x -> r -> m; stop -> e2"
    return _line(*nodes, arrows=arrows, data={"people": CROWD})


def test_of_many_each_sees_what_all_saw_at_first_and_keeps_their_place() -> None:
    run = _crowd()
    first = {task.key: task for task in run.moved.tasks}
    for number in range(40):
        run.complete(("m", f"p{number}"), {"answer": "yes"})
    assert _keys(run) == [f"p{number}" for number in range(40, 60)]
    for task in run.moved.tasks:
        was = first[task.key]
        assert (task.id, task.item, task.assignee, task.role) == (was.id, was.item, was.assignee, was.role)
        assert task.data == was.data
        assert run.do(lambda loaded, task=task: loaded.data(task.id)) == dict(was.data)


def test_of_many_an_event_and_a_condition_cancel_all_that_are_open() -> None:
    for ended in ("event", "condition"):
        run = _crowd("answer == 'stop'")
        run.complete(("m", "p1"), {"answer": "yes"})
        open_now = {task.id for task in run.moved.tasks}
        if ended == "event":
            run.send("halt")
        else:
            (task,) = [one for one in run.moved.tasks if one.key == "p7"]
            open_now.discard(task.id)
            run.complete(("m", "p7"), {"answer": "stop"})
        cancelled = {one.task for one in run.moved.finished if (one.kind, one.state) == ("userTask", "cancelled")}
        assert cancelled == open_now
        assert run.elements() == ([] if ended == "event" else ["b"])


def test_of_many_in_a_sub_process_that_is_left_all_are_cancelled() -> None:
    inner = part("s", [start("in"), user("m", each("people", "who", "answers", "answer")), end("out")],
                 "in -> m -> out")  # fmt: skip
    run = _line(inner, boundary("stop", "s", message("halt")), end("e2"), arrows="begin -> s -> done; stop -> e2",
                data={"people": CROWD})  # fmt: skip
    run.complete(("m", "p3"), {"answer": 1})
    run.send("halt")
    assert run.moved.completed
    assert len([one for one in run.moved.finished if (one.kind, one.state) == ("userTask", "cancelled")]) == 59


def test_many_are_asked_again_in_the_next_round() -> None:
    run = _crowd()
    for said in ("no", "yes"):
        for who in CROWD:
            run.complete(("m", who), {"answer": said})
    assert run.elements() == ["b"]
    assert set(run.moved.tasks[0].data["answers"].values()) == {"yes"}
