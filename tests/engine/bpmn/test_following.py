"""An instance goes on under another version as one that began there, or is kept back with the reason."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from engine import blockers
from engine.blockers import Blocker
from engine.bpmn import Prepared, prepare
from engine.bpmn.hindering import hindrances
from engine.bpmn.rebinding import opened as tree_of
from engine.bpmn.rebinding import rebound, standing
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    call,
    catch,
    diagram,
    each,
    end,
    loop,
    message,
    part,
    process,
    script,
    start,
    throw,
    timer,
    user,
    xor,
)
from tests.engine.bpmn.driven import Driven
from tests.engine.bpmn.processes import COMPARED, LOOPS
from tests.engine.bpmn.test_event_subprocesses import beside
from tests.engine.bpmn.test_undoing import undo, undone

MOST_STEPS = 40
FORESEEN = 1 | 2 | 4


def _alone(nodes: list[str], arrows: str) -> dict[str, bytes]:
    return {"a.bpmn": diagram(process("p", [start(), *nodes, end()], arrows))}


BESIDE = {
    "a message on the border, beside": _alone(
        [user("a"), boundary("ask", "a", message("more"), interrupting=False), user("r"), user("b"), end("e2")],
        "begin -> a -> b -> done; ask -> r -> e2",
    ),
    "a message on the border of a sub-process, beside": _alone(
        [part("sub", [start("in"), user("ia"), user("ib"), end("out")], "in -> ia -> ib -> out"),
         boundary("ask", "sub", message("more"), interrupting=False), user("r"), end("e2")],
        "begin -> sub -> done; ask -> r -> e2",
    ),
    "an event sub-process that interrupts": _alone(
        [user("a"), user("b"), beside(message("halt"), interrupting=True)], "begin -> a -> b -> done"
    ),
    "an event sub-process beside": _alone(
        [both("sp"), user("a"), user("b"), both("jo"), beside(message("more"), interrupting=False)],
        "begin -> sp; sp -> a -> jo; sp -> b -> jo; jo -> done",
    ),
}  # fmt: skip
EVERY = {**COMPARED, **LOOPS, **BESIDE}


def drawn(nodes: list[str], arrows: str, *more: str) -> Prepared:
    return prepare({"a.bpmn": diagram(process("p", [start(), *nodes, end()], arrows), *more)})["p"]


def followed(one: Driven, target: Prepared, mapping: Mapping[str, str] | None = None) -> None:
    """Let an instance follow, as the engine does."""
    assert hindered(one, target, mapping) == []
    run = rebound(target, one.environment, one.moved.state, mapping or {})
    run.advance()
    one.prepared, one.moved = target, run.settle()


def hindered(one: Driven, target: Prepared, mapping: Mapping[str, str] | None = None) -> list[Blocker]:
    return list(hindrances(one.prepared, target, one.environment, one.moved.state, mapping or {}))


def live(state: bytes) -> Any:
    """A state without numbers, moments, and what is only foreseen."""
    said = orjson.loads(state)
    if said.get("completed"):
        return said["data"]

    def rows(tree: list[Any]) -> list[Any]:
        return [[tree[row[1]][3] if row[1] >= 0 else "", row[2], row[3], *row[5:9], *map(sorted, row[9:])]
                for row in tree if not row[2] & FORESEEN]  # fmt: skip

    return rows(said["tree"]), [[name, rows(tree), data] for _, name, tree, data in said["parts"]]


def dice_of(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a repeatable choice, no secret


def said_by(dice: random.Random) -> dict[str, Any]:
    return {"flag": dice.random() < 0.4, "n": dice.randrange(4), "answer": dice.choice(["yes", "yes", "no"])}


def alike(one: Driven, other: Driven) -> None:
    """Whatever one can see of two instances is the same."""
    assert one.moved.completed == other.moved.completed
    assert {place: (task.data, task.assignee, task.due) for place, task in one.open().items()} == {
        place: (task.data, task.assignee, task.due) for place, task in other.open().items()
    }
    assert sorted((timer.element, timer.due) for timer in one.moved.timers) == sorted(
        (timer.element, timer.due) for timer in other.moved.timers
    )
    assert one.waits() == other.waits()
    assert not one.moved.failures
    assert live(one.moved.state) == live(other.moved.state)


def step(dice: random.Random, *instances: Driven) -> bool:
    """Let something happen, the same to all."""
    choices = [*sorted(instances[0].open()), *sorted(instances[0].waits())]
    if not choices:
        return False
    chosen, said = dice.choice(choices), said_by(dice)
    for one in instances:
        if isinstance(chosen, str):
            one.send(chosen, said)
        else:
            one.complete(chosen, said)
    return True


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", EVERY)
def test_who_follows_at_every_step_goes_where_one_left_alone_goes(name: str, seed: int) -> None:
    files = EVERY[name]
    first, second = prepare(files)["p"], prepare(files)["p"]
    dice = dice_of(f"follow {name}{seed}")
    alone, moved = Driven(first), Driven(first)
    for _ in range(MOST_STEPS):
        if alone.moved.completed:
            break
        followed(moved, second if moved.prepared is first else first)
        alike(moved, alone)
        if not step(dice, alone, moved):
            break


_TWO = [both("sp"), user("a"), user("b"), both("jo")]
_TWO_ARROWS = "begin -> sp; sp -> a -> jo; sp -> b -> jo"
PAIRS: dict[str, tuple[Prepared, Prepared]] = {
    "a task more at the end": (
        drawn([user("a"), user("b")], "begin -> a -> b -> done"),
        drawn([user("a"), user("b"), script("s", "n = 7"), user("c")], "begin -> a -> b -> s -> c -> done"),
    ),
    "a join that is passed, and a choice behind it": (
        drawn([*_TWO, user("c")], f"{_TWO_ARROWS} -> c -> done".replace("b -> jo", "b -> jo; jo", 1)),
        drawn(
            [*_TWO, xor("x", "x_c"), user("c"), user("d"), xor("m")],
            f"{_TWO_ARROWS}; jo -> x; x -> c -> m; x -[flag]-> d -> m; m -> done",
        ),
    ),
    "everybody, then a reminder on the next task": (
        drawn([user("m", each("people", "who", "answers", "answer")), user("b")], "begin -> m -> b -> done"),
        drawn(
            [user("m", each("people", "who", "answers", "answer")), user("b"),
             boundary("late", "b", timer("Duration", "P3D"), interrupting=False), end("told")],
            "begin -> m -> b -> done; late -> told",
        ),
    ),
    "a sub-process that goes on otherwise": (
        drawn([part("sub", [start("in"), user("ia"), end("out")], "in -> ia -> out"), user("b")],
              "begin -> sub -> b -> done"),
        drawn([part("sub", [start("in"), user("ia"), user("ib"), end("out")], "in -> ia -> ib -> out"), user("b")],
              "begin -> sub -> b -> done"),
    ),
    "a called process that goes on otherwise": (
        drawn([call("sub", "q"), user("b")], "begin -> sub -> b -> done",
              process("q", [start("in"), user("ia"), end("out")], "in -> ia -> out")),
        drawn([call("sub", "q"), user("b")], "begin -> sub -> b -> done",
              process("q", [start("in"), user("ia"), script("is", "n = n + 1"), end("o")], "in -> ia -> is -> o")),
    ),
    "another message beside the one that is waited for later": (
        drawn([user("a"), catch("c", message("go"))], "begin -> a -> c -> done"),
        drawn([user("a"), boundary("stop", "z", message("halt")), user("z"), catch("c", message("go")), end("e2")],
              "begin -> a -> z -> c -> done; stop -> e2"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", PAIRS)
def test_who_has_followed_goes_on_as_one_that_began_there(name: str, seed: int) -> None:
    old, new = PAIRS[name]
    dice = dice_of(f"pair {name}{seed}")
    moved, there = Driven(old), Driven(new)
    for _ in range(dice.randrange(3)):
        before = moved.moved, there.moved
        step(dice, moved, there)
        if moved.moved.completed or live(moved.moved.state) != live(there.moved.state):
            moved.moved, there.moved = before  # the drawings differ from here on: follow before that
            break
    followed(moved, new)
    alike(moved, there)
    for _ in range(MOST_STEPS):
        if there.moved.completed or not step(dice, there, moved):
            break
        alike(moved, there)
    assert moved.moved.completed == there.moved.completed


def widened(files: Mapping[str, bytes], dice: random.Random) -> dict[str, bytes]:
    """The same process with a task more on one of its flows, chosen by chance."""
    content = files["a.bpmn"].decode()
    flow = dice.choice(re.findall(r'<bpmn:sequenceFlow id="[^"]+" sourceRef="[^"]+" targetRef="[^"]+">', content))
    target = re.search(r'targetRef="([^"]+)"', flow)
    assert target
    at = content.index(flow)
    owner = max(content.rfind("<bpmn:process ", 0, at), content.rfind("<bpmn:subProcess ", 0, at))
    inside = content.index(">", owner) + 1
    changed = content.replace(flow, flow.replace(target[0], 'targetRef="more"'))
    more = user("more") + f'<bpmn:sequenceFlow id="more_on" sourceRef="more" targetRef="{target[1]}"/>'
    return {**files, "a.bpmn": (changed[:inside] + more + changed[inside:]).encode()}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", EVERY)
def test_whoever_may_follow_to_a_wider_process_comes_to_its_end(name: str, seed: int) -> None:
    """A task is drawn into the way anywhere, and the instance follows at any moment: it never stops for ever."""
    files, dice = EVERY[name], dice_of(f"wider {name}{seed}")
    old, new = prepare(files)["p"], prepare(widened(files, dice))["p"]
    one, steps = Driven(old), dice.randrange(4)
    for _ in range(steps):
        step(dice, one)
    found = hindered(one, new)
    assert all(blocker.sentence for blocker in found)
    if found:
        return
    followed(one, new)
    for _ in range(200):
        if one.moved.completed:
            return
        assert not one.moved.failures
        places = one.open()
        if places:
            chosen = dice.choice(sorted(places))
            one.complete(chosen, {"flag": dice.random() < 0.6, "n": dice.randrange(4), "answer": "yes"})
        else:
            assert step(dice, one), "it stopped for ever"
    raise AssertionError("it never ended")


def test_what_stands_before_is_not_asked_again_and_what_comes_is() -> None:
    """A task drawn before the place where an instance stands is passed already, as for one that began there."""
    old = drawn([user("a"), user("b")], "begin -> a -> b -> done")
    new = drawn([user("z"), user("a"), user("b"), user("c")], "begin -> z -> a -> b -> c -> done")
    moved, there = Driven(old), Driven(new)
    there.complete("z")
    followed(moved, new)
    for element in ("a", "b", "c"):
        assert moved.elements() == there.elements() == [element]
        moved.complete(element, {"n": 1})
        there.complete(element, {"n": 1})
    assert moved.moved.completed


def test_a_token_that_came_to_a_join_by_a_way_that_is_gone_stays() -> None:
    old = drawn([*_TWO, user("c"), user("d")], f"{_TWO_ARROWS}; sp -> c -> jo; jo -> d -> done")
    new = drawn([*_TWO, user("d")], f"{_TWO_ARROWS}; jo -> d -> done")
    one = Driven(old)
    one.complete("a")
    one.complete("c")
    assert [type(found) for found in hindered(one, new)] == [blockers.ArrivalChanged]


def test_an_element_is_taken_for_another_only_when_somebody_says_so() -> None:
    old = drawn([user("a"), boundary("late", "a", timer("Duration", "P3D")), user("b"), end("e2")],
                "begin -> a -> b -> done; late -> e2")  # fmt: skip
    new = drawn([user("a9"), boundary("late9", "a9", timer("Duration", "P3D")), user("b"), end("e2")],
                "begin -> a9 -> b -> done; late9 -> e2")  # fmt: skip
    one = Driven(old)
    (gone,) = hindered(one, new)
    assert isinstance(gone, blockers.ElementGone)
    assert "“a”" in gone.sentence
    (due,) = one.moved.timers
    followed(one, new, {"a": "a9", "late": "late9"})
    assert one.elements() == ["a9"]
    assert [(timer.element, timer.due) for timer in one.moved.timers] == [("late9", due.due)]
    one.complete("a9")
    assert one.elements() == ["b"]


def test_what_is_repeated_is_taken_for_another_with_all_its_instances() -> None:
    many = each("people", "who", "answers", "answer")
    one = Driven(drawn([user("m", many), user("b")], "begin -> m -> b -> done"))
    one.complete(("m", "ann"), {"answer": "yes"})
    followed(one, drawn([user("k", many), user("b")], "begin -> k -> b -> done"), {"m": "k"})
    assert one.open().keys() == {("k", "bob"), ("k", "cyd")}
    one.complete(("k", "bob"), {"answer": "no"})
    one.complete(("k", "cyd"), {"answer": "yes"})
    (task,) = one.moved.tasks
    assert task.data["answers"] == {"ann": "yes", "bob": "no", "cyd": "yes"}


_EACH = each("people", "who", "answers", "answer")
_SUB = part("sub", [start("in"), user("ia"), end("out")], "in -> ia -> out")
_Q = process("q", [start("in"), user("ia"), end("out")], "in -> ia -> out")
_R = process("r", [start("in2"), user("ib"), end("out2")], "in2 -> ib -> out2")
HINDERED: dict[str, tuple[Prepared, list[str], Prepared, dict[str, str], type[Blocker]]] = {
    "gone": (
        drawn([user("a"), user("b")], "begin -> a -> b -> done"), ["a"],
        drawn([user("a")], "begin -> a -> done"), {}, blockers.ElementGone,
    ),
    "gone inside a sub-process": (
        drawn([_SUB], "begin -> sub -> done"), [],
        drawn([part("sub", [start("in"), user("ix"), end("out")], "in -> ix -> out")], "begin -> sub -> done"), {},
        blockers.InsideGone,
    ),
    "gone inside a called process": (
        drawn([call("sub", "q")], "begin -> sub -> done", _Q), [],
        drawn([call("sub", "q")], "begin -> sub -> done", _Q.replace('"ia"', '"ix"').replace("ia_", "ix_")), {},
        blockers.InsideGone,
    ),
    "another process is called": (
        drawn([call("sub", "q")], "begin -> sub -> done", _Q, _R), [],
        drawn([call("sub", "r")], "begin -> sub -> done", _Q, _R), {}, blockers.CallChanged,
    ),
    "of another kind": (
        drawn([user("a")], "begin -> a -> done"), [],
        drawn([script("a", "n = 1")], "begin -> a -> done"), {}, blockers.KindChanged,
    ),
    "repeated now": (
        drawn([user("a")], "begin -> a -> done"), [],
        drawn([user("a", _EACH)], "begin -> a -> done"), {}, blockers.RepeatingChanged,
    ),
    "no longer repeated": (
        drawn([user("a", _EACH)], "begin -> a -> done"), [],
        drawn([user("a")], "begin -> a -> done"), {}, blockers.RepeatingChanged,
    ),
    "one after the other now": (
        drawn([user("a", _EACH)], "begin -> a -> done"), [],
        drawn([user("a", each("people", "who", "answers", "answer", one_by_one=True))], "begin -> a -> done"), {},
        blockers.RepeatingChanged,
    ),
    "repeated over other people": (
        drawn([user("a", _EACH)], "begin -> a -> done"), [],
        drawn([user("a", each("others", "who", "answers", "answer"))], "begin -> a -> done"), {},
        blockers.RepeatingChanged,
    ),
    "a loop now": (
        drawn([user("a")], "begin -> a -> done"), [],
        drawn([user("a", loop("not flag"))], "begin -> a -> done"), {}, blockers.RepeatingChanged,
    ),
    "a boundary event more": (
        drawn([user("a")], "begin -> a -> done"), [],
        drawn([user("a"), boundary("t", "a", timer("Duration", "P1D")), end("e2")], "begin -> a -> done; t -> e2"), {},
        blockers.BordersChanged,
    ),
    "a boundary event less": (
        drawn([user("a"), boundary("t", "a", timer("Duration", "P1D")), end("e2")], "begin -> a -> done; t -> e2"), [],
        drawn([user("a")], "begin -> a -> done"), {}, blockers.BordersChanged,
    ),
    "a boundary event that interrupts now": (
        drawn([user("a"), boundary("t", "a", timer("Duration", "P1D"), interrupting=False), end("e2")],
              "begin -> a -> done; t -> e2"), [],
        drawn([user("a"), boundary("t", "a", timer("Duration", "P1D")), end("e2")], "begin -> a -> done; t -> e2"), {},
        blockers.BordersChanged,
    ),
    "another message": (
        drawn([catch("c", message("go"))], "begin -> c -> done"), [],
        drawn([catch("c", message("halt"))], "begin -> c -> done"), {}, blockers.EventChanged,
    ),
    "a timer for a message": (
        drawn([catch("c", message("go"))], "begin -> c -> done"), [],
        drawn([catch("c", timer("Duration", "P1D"))], "begin -> c -> done"), {}, blockers.EventChanged,
    ),
    "a way to a join that is gone": (
        drawn(_TWO, f"{_TWO_ARROWS}; jo -> done"), ["a"],
        drawn([*_TWO, user("c")], "begin -> sp; sp -> a -> c -> jo; sp -> b -> jo; jo -> done"), {},
        blockers.ArrivalChanged,
    ),
    "side by side, and now one after the other": (
        drawn(_TWO, f"{_TWO_ARROWS}; jo -> done"), [],
        drawn([user("a"), user("b")], "begin -> a -> b -> done"), {}, blockers.CannotStand,
    ),
    "one after the other, and now side by side": (
        drawn([user("a"), user("b")], "begin -> a -> b -> done"), [],
        drawn(_TWO, f"{_TWO_ARROWS}; jo -> done"), {}, blockers.CannotStand,
    ),
    "a branch more beside those that are under way": (
        drawn(_TWO, f"{_TWO_ARROWS}; jo -> done"), [],
        drawn([*_TWO, user("c")], f"{_TWO_ARROWS}; sp -> c -> jo; jo -> done"), {}, blockers.CannotStand,
    ),
    "a mapping to nothing": (
        drawn([user("a")], "begin -> a -> done"), [],
        drawn([user("b")], "begin -> b -> done"), {"a": "z"}, blockers.MappingWrong,
    ),
    "a mapping to another kind": (
        drawn([user("a")], "begin -> a -> done"), [],
        drawn([script("b", "n = 1")], "begin -> b -> done"), {"a": "b"}, blockers.MappingWrong,
    ),
    "a mapping of nothing": (
        drawn([user("a")], "begin -> a -> done"), [],
        drawn([user("a")], "begin -> a -> done"), {"z": "a"}, blockers.MappingWrong,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HINDERED)
def test_what_is_in_the_way_is_named(name: str) -> None:
    old, done, new, mapping, expected = HINDERED[name]
    one = Driven(old)
    for element in done:
        one.complete(element)
    found = hindered(one, new, mapping)
    assert [type(blocker) for blocker in found] == [expected]
    (blocker,) = found
    assert blocker.rule == expected.__name__
    assert blocker.sentence.endswith((".", "!"))
    assert blocker.element


def test_what_was_done_can_be_undone_by_the_new_version_or_the_instance_stays() -> None:
    def with_undoing(handler: str) -> Prepared:
        nodes = [user("a"), *undone("a", handler), user("b"), throw("t", undo())]
        return drawn(nodes, "begin -> a -> b -> t -> done")

    one = Driven(with_undoing("undo_a"))
    one.complete("a")
    found = hindered(one, with_undoing("take_back"))
    assert [type(blocker) for blocker in found] == [blockers.UndoingGone]
    assert found[0].element == "a"
    followed(one, with_undoing("take_back"), {"undo_a": "take_back"})
    one.complete("b")
    assert one.elements() == ["take_back"]


def test_what_has_ended_stays() -> None:
    prepared = drawn([user("a")], "begin -> a -> done")
    one = Driven(prepared)
    one.complete("a")
    assert [type(found) for found in hindered(one, prepared)] == [blockers.Ended]


def test_a_loop_leads_back_to_where_an_instance_stands() -> None:
    """The search goes through rework, events on borders and nested branches."""
    inner = [xor("y"), both("sp"), both("sq"), user("a"), user("b"), user("c"), both("jq"), both("jp"), user("check"),
             boundary("late", "check", timer("Duration", "P3D"), interrupting=False), user("r"), end("e2"),
             xor("x", "x_y")]  # fmt: skip
    arrows = (
        "begin -> y -> sp; sp -> a -> jp; sp -> sq; sq -> b -> jq; sq -> c -> jq; jq -> jp; jp -> check -> x; x -> y;"
        " x -[flag]-> done; late -> r -> e2"
    )
    old, new = drawn(inner, arrows), drawn([*inner, user("more")], arrows.replace("]-> done", "]-> more -> done"))
    one = Driven(old)
    for element in ("a", "b", "c"):
        one.complete(element)
    one.at(one.clock.now.replace(day=20))
    one.complete("check", {"flag": False})
    one.complete("b")
    assert one.elements() == ["a", "c", "r"]
    followed(one, new)
    for element in ("c", "a", "r"):
        one.complete(element)
    one.complete("check", {"flag": True})
    assert one.elements() == ["more"]


def test_where_an_instance_stands_is_told_once_for_each_element() -> None:
    one = Driven(drawn([user("m", _EACH), boundary("t", "m", timer("Duration", "P1D")), end("e2")],
                       "begin -> m -> done; t -> e2"))  # fmt: skip
    stands = standing(tree_of(one.prepared, one.environment, one.moved.state))
    assert [(place.element, place.kind, place.inside) for place in stands] == [("m", "userTask", "")]
    listening = Driven(prepare(BESIDE["an event sub-process beside"])["p"])
    stands = standing(tree_of(listening.prepared, listening.environment, listening.moved.state))
    assert [place.element for place in stands] == ["a", "b"], "what only listens does not stand there"
