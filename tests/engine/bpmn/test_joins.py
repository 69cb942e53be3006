"""Tokens at gateways, counted flow by flow: drawn cases, and random drawings beside a token game."""

from __future__ import annotations

import random

import pytest

from engine.bpmn import prepare
from engine.errors import TaskNotReady
from tests.engine.bpmn.diagrams import both, diagram, end, node, part, process, some, start, user, xor
from tests.engine.bpmn.driven import DATA, Driven, one
from tests.engine.bpmn.token_game import TokenGame, holds


def _line(*nodes: str, arrows: str) -> Driven:
    return Driven(one(diagram(process("p", [start(), *nodes, end()], arrows))))


def _twice_one_way() -> Driven:
    return _line(
        both("g"), user("a"), user("b"), user("c"), xor("m"), both("j"), user("d"),
        arrows="begin -> g; g -> a -> m; g -> b -> m; m -> j; g -> c -> j; j -> d -> done",
    )  # fmt: skip


def test_a_second_token_on_one_flow_stays_for_the_next_firing() -> None:
    run = _twice_one_way()
    run.complete("a", {"x": "a"})
    run.complete("b", {"x": "b"})
    assert run.elements() == ["c"]
    run.complete("c")
    assert run.elements() == ["d"]
    assert run.moved.tasks[0].data["x"] == "a"
    run.complete("d")
    assert (run.moved.completed, run.elements()) == (False, [])
    (left,) = run.moved.failures
    assert (left.element, left.stuck) == ("j", True)
    assert "waits for a token from “c”" in left.cause


def test_tokens_that_pair_up_later_fire_a_join_again() -> None:
    run = _line(
        both("g"), user("a"), user("b"), user("c"), user("e"), xor("m"), xor("n"), both("j"), user("d"),
        arrows="begin -> g; g -> a -> m; g -> b -> m; m -> j; g -> c -> n; g -> e -> n; n -> j; j -> d -> done",
    )  # fmt: skip
    for name in ("a", "b", "c"):
        run.complete(name)
    assert run.elements() == ["d", "e"]
    run.complete("e")
    assert run.elements() == ["d", "d"]
    assert len(run.moved.tasks) == 2
    for task in run.moved.tasks:
        run.do(lambda loaded, task=task: loaded.complete(task.id, {}))
    assert run.moved.completed


def test_a_join_that_can_never_fire_is_an_incident_while_the_rest_goes_on() -> None:
    run = _line(
        both("g"), xor("x", "x_b"), user("a"), user("b"), user("c"), both("j"), end("e2"),
        arrows="begin -> g; g -> x; x -[n > 1]-> a -> j; x -> b -> j; g -> c -> e2; j -> done",
    )  # fmt: skip
    assert (run.moved.failures, run.elements()) == ((), ["b", "c"])
    run.complete("b")
    assert [(one.element, one.stuck) for one in run.moved.failures] == [("j", True)]
    assert run.elements() == ["c"]
    before = run.moved.failures
    run.do(lambda loaded: loaded.retry(before[0].task))
    assert run.moved.failures == before
    with pytest.raises(TaskNotReady):
        run.do(lambda loaded: loaded.retry(run.moved.tasks[0].id))
    run.complete("c")
    assert (run.moved.completed, [one.element for one in run.moved.failures]) == (False, ["j"])


def test_a_join_in_vain_inside_a_sub_process_is_an_incident() -> None:
    inner = part("s", [start("in"), xor("x", "x_b"), user("a"), user("b"), both("j"), end("out")],
                 "in -> x; x -[n > 1]-> a -> j; x -> b -> j; j -> out")  # fmt: skip
    run = _line(inner, arrows="begin -> s -> done")
    run.complete("b")
    assert [one.element for one in run.moved.failures] == ["j"]


def test_a_terminating_end_ends_what_a_join_holds() -> None:
    run = _line(
        both("g"), xor("x", "x_b"), user("a"), user("b"), user("c"), both("j"),
        node("endEvent", "e2", "<bpmn:terminateEventDefinition/>"),
        arrows="begin -> g; g -> x; x -[n > 1]-> a -> j; x -> b -> j; g -> c -> e2; j -> done",
    )  # fmt: skip
    run.complete("b")
    run.complete("c")
    assert (run.moved.completed, run.moved.failures) == (True, ())


def test_an_exclusive_merge_passes_each_token() -> None:
    run = _line(
        both("g"), user("a"), user("b"), xor("m"), user("c"),
        arrows="begin -> g; g -> a -> m; g -> b -> m; m -> c -> done",
    )  # fmt: skip
    run.complete("a")
    run.complete("b")
    assert run.elements() == ["c", "c"]


def test_what_one_branch_set_is_not_undone_by_what_another_carried_along() -> None:
    run = _line(
        user("z"), both("g"), user("a"), user("b"), xor("y"), user("c"), xor("x", "x_y"), both("j"), user("d"),
        arrows="begin -> z -> g; g -> a -> j; g -> b -> j; g -> y -> c -> x; x -> y; x -[n > 3]-> j; j -> d -> done",
    )  # fmt: skip
    run.complete("z", {"ok": False, "left": 1, "who": {"z": 1, "y": {"deep": 0}}, "log": ["z"]})
    run.complete("a", {"ok": True, "who": {"z": 1, "a": 2, "y": {"deep": 0}}})
    for number in range(6):
        run.complete("c", {"n": number, "log": ["z", number]})
        if number > 3:
            break
    run.complete("b", {"who": {"z": 1, "y": {"deep": 3}}})
    assert run.elements() == ["d"]
    data = run.moved.tasks[0].data
    assert (data["ok"], data["left"], data["n"], data["log"]) == (True, 1, 4, ["z", 4])
    assert data["who"] == {"z": 1, "a": 2, "y": {"deep": 3}}


def test_branches_that_end_apart_keep_what_each_has_set() -> None:
    run = _line(
        user("z"), both("g"), user("a"), user("b"), user("c"), end("e2"), end("e3"),
        arrows="begin -> z -> g; g -> a -> done; g -> b -> e2; g -> c -> e3",
    )  # fmt: skip
    run.complete("z", {"a": 0, "b": 0, "c": 0})
    for name in ("b", "a", "c"):
        run.complete(name, {name: 1})
    assert run.moved.completed
    assert {name: run.moved.data[name] for name in "abc"} == {"a": 1, "b": 1, "c": 1}


def test_rounds_with_branches_leave_the_state_as_it_was() -> None:
    run = _line(
        xor("y"), both("g"), user("a"), user("b"), both("j"), user("c"), xor("x", "x_y"),
        arrows="begin -> y -> g; g -> a -> j; g -> b -> j; j -> c -> x; x -> y; x -[n > 90]-> done",
    )  # fmt: skip
    sizes = []
    for number in range(25):
        for name in ("b", "a", "c"):
            run.complete(name, {name: 1, "n": 1})
        sizes.append(len(run.moved.state))
        assert number < 3 or max(sizes[3:]) - min(sizes[3:]) < 24


class Drawing:
    """A random diagram: blocks put into flows, and flows that leap out of their block."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.nodes: dict[str, str] = {"t0": "user"}
        self.flows: list[tuple[str, str, str]] = [("begin", "t0", ""), ("t0", "done", "")]
        for _ in range(dice.randrange(1, 5)):
            self._block()
        for _ in range(dice.randrange(3)):
            self._leap()

    def _new(self, kind: str) -> str:
        name = f"{kind[0]}{len(self.nodes)}"
        self.nodes[name] = kind
        return name

    def _block(self) -> None:
        place = self.dice.randrange(len(self.flows))
        source, target, said = self.flows.pop(place)
        before, split, join = self._new("user"), self._new("?"), self._new("?")
        kind = self.dice.choice(["xor", "and", "and", "or", "loop"])
        self.flows.append((source, before, said))
        if kind == "loop":
            self.nodes[split], self.nodes[join] = "xor", "xor"
            self.flows[-1] = (source, join, said)
            self.flows += [(join, before, ""), (before, split, ""), (split, join, ""), (split, target, "flag")]
            return
        self.nodes[split] = self.nodes[join] = kind
        self.flows += [(before, split, ""), (join, target, "")]
        for number in range(self.dice.randrange(2, 4)):
            task = self._new("user")
            said = "" if kind == "and" or number == 0 else ("flag", "n > 1")[number - 1]
            self.flows += [(split, task, said), (task, join, "")]

    def _leap(self) -> None:
        """A flow that ends in another join instead of its own target."""
        merges = [name for name, kind in self.nodes.items() if kind in ("xor", "or", "and")
                  and sum(flow[1] == name for flow in self.flows) > 1]  # fmt: skip
        ways = [place for place, flow in enumerate(self.flows) if self.nodes.get(flow[0]) == "user"]
        if merges and ways:
            place = self.dice.choice(ways)
            was = self.flows[place]
            self.flows[place] = (was[0], self.dice.choice(merges), was[2])
            if not self._is_whole():
                self.flows[place] = was

    def _is_whole(self) -> bool:
        """Whether everything can be reached."""
        seen, waiting = {"begin"}, ["begin"]
        while waiting:
            name = waiting.pop()
            found = {flow[1] for flow in self.flows if flow[0] == name} - seen
            seen |= found
            waiting += found
        return len(seen) == len(self.nodes) + 2

    def content(self) -> dict[str, bytes]:
        makers = {"user": lambda name, _: user(name), "and": lambda name, _: both(name), "xor": xor, "or": some}
        defaults = {source: f"{source}_{target}" for source, target, said in self.flows if not said}
        drawn = [makers[kind](name, defaults.get(name, "")) for name, kind in self.nodes.items()]
        arrows = "; ".join(
            f"{source} -[{said}]-> {target}" if said else f"{source} -> {target}" for source, target, said in self.flows
        )
        return {"a.bpmn": diagram(process("p", [start(), *drawn, end()], arrows))}


@pytest.mark.parametrize("seed", range(150))
def test_random_drawings_run_as_a_token_game_says(seed: int) -> None:
    dice = random.Random(f"joins{seed}")  # noqa: S311 - a repeatable choice, no secret
    content = Drawing(dice).content()
    prepared = prepare(content)["p"]
    said = dict(DATA)
    ours, game = Driven(prepared), TokenGame(content["a.bpmn"], "p", lambda asked: holds(asked, said))
    for _ in range(30):
        assert ours.elements() == [name for name, _ in game.open()]
        assert not [one for one in ours.moved.failures if not one.stuck]
        assert ours.moved.completed == game.over
        if not game.open():
            break
        chosen, _ = dice.choice(game.open())
        said |= {"flag": dice.random() < 0.5, "n": dice.randrange(4)}
        ours.complete(chosen, said)
        game.complete(chosen)
    assert bool(game.open() or game.over) or any(one.stuck for one in ours.moved.failures)
