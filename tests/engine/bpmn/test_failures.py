"""A failing element keeps what came before, lets others go on, and can be retried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from engine.bpmn import StepCall, load
from engine.errors import EngineError, StepFailed, TaskNotReady
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    catch,
    diagram,
    each,
    end,
    loop,
    message,
    part,
    process,
    rules,
    script,
    service,
    start,
    table,
    throw,
    timer,
    user,
    xor,
)  # fmt: skip
from tests.engine.bpmn.driven import Driven, one


class BankClosed(Exception):
    """The bank is closed."""


class Bank:
    """A step that works or not, and a savepoint that shows whether it was undone."""

    def __init__(self) -> None:
        self.open = False
        self.calls: list[StepCall] = []
        self.undone = 0

    def call(self, at: StepCall) -> Any:
        self.calls.append(at)
        if not self.open:
            raise BankClosed("The bank is closed")
        return {"paid": at.parameters["amount"]}

    @contextmanager
    def guard(self) -> Iterator[None]:
        try:
            yield
        except BankClosed:
            self.undone += 1
            raise


def _drive(drawn: bytes, *more: bytes, bank: Bank | None = None, **data: Any) -> Driven:
    bank = bank or Bank()
    return Driven(one(drawn, *more, process="p"), data, call=bank.call, guard=bank.guard, errors=(BankClosed,))


def test_a_failing_step_waits_for_a_retry_and_keeps_what_was_entered() -> None:
    bank = Bank()
    nodes = [start(), user("a"), service("pay", "bank.pay", amount="amount * 2"), user("b"), end()]
    run = _drive(diagram(process("p", nodes, "begin -> a -> pay -> b -> done")), bank=bank)
    run.complete("a", {"amount": 21})
    assert [(item.element, item.cause) for item in run.moved.failures] == [("pay", "The bank is closed.")]
    assert [item.element for item in run.moved.finished] == ["a"]
    assert (bank.undone, run.elements(), run.moved.completed) == (1, [], False)
    run.do(lambda loaded: loaded.fire(run.clock.now))
    assert len(bank.calls) == 1
    run.retry()
    assert (len(bank.calls), len(run.moved.failures)) == (2, 1)
    bank.open = True
    run.retry()
    assert (run.moved.failures, run.elements()) == ((), ["b"])
    assert run.moved.tasks[0].data == {"amount": 21, "paid": 42}
    assert bank.calls[-1] == StepCall("pay", "bank.pay", {"amount": 42}, {"amount": 21})


def test_a_result_goes_into_the_variable_that_is_named_for_it() -> None:
    bank = Bank()
    bank.open = True
    nodes = [start(), service("pay", "bank.pay", "receipt", amount="1"), user("b"), end()]
    run = _drive(diagram(process("p", nodes, "begin -> pay -> b -> done")), bank=bank)
    assert run.moved.tasks[0].data == {"receipt": {"paid": 1}}


def test_a_result_that_cannot_be_kept_is_a_failure() -> None:
    nodes = [start(), service("s", "any"), end()]
    prepared = one(diagram(process("p", nodes, "begin -> s -> done")))
    run = Driven(prepared, {}, call=lambda _: {"when": object()})
    assert "cannot be kept" in run.moved.failures[0].cause


def test_parallel_branches_go_on_beside_a_failure() -> None:
    nodes = [
        start(), both("sp"), service("pay", "bank.pay", amount="1"), user("b"), user("c"), both("jo"), end(),
    ]  # fmt: skip
    bank = Bank()
    run = _drive(
        diagram(process("p", nodes, "begin -> sp; sp -> pay -> jo; sp -> b -> c -> jo; jo -> done")), bank=bank
    )
    run.complete("b")
    run.complete("c")
    assert (len(bank.calls), len(run.moved.failures), run.moved.completed) == (1, 1, False)
    bank.open = True
    run.retry()
    assert run.moved.completed
    assert run.moved.data == {"paid": 1}


_X = "begin -> a -> x; x -[size > 3]-> b -> done; x -[size < 3]-> c -> e2"
_FAILING: dict[str, tuple[list[str], str, str, Any]] = {
    "gateway that decides nothing": ([xor("x"), user("b"), user("c"), end("e2")], _X, "x", 3),
    "gateway without its variable": ([xor("x"), user("b"), user("c"), end("e2")], _X, "x", None),
    "script": ([script("s", "size = size + 1"), user("b")], "begin -> a -> s -> b -> done", "s", "three"),
    "timer": ([catch("t", timer("Date", "size")), user("b")], "begin -> a -> t -> b -> done", "t", "soon"),
    "duration": ([catch("t", timer("Duration", "size")), user("b")], "begin -> a -> t -> b -> done", "t", 3),
    "payload": ([throw("w", message("m", "size")), user("b")], "begin -> a -> w -> b -> done", "w", 3),
    "correlation": (
        [catch("w", message("m"), correlation="size + 'x'"), user("b")], "begin -> a -> w -> b -> done", "w", 3
    ),
    "assignee": ([user("b", assignee="size")], "begin -> a -> b -> done", "b", 3),
    "due time": ([user("b", due="= size")], "begin -> a -> b -> done", "b", "soon"),
    "nobody to ask": (
        [user("m", each("size", "who", "answers", "answer"))], "begin -> a -> m -> done", "m", {}
    ),
    "nothing to go through": (
        [user("m", each("size", "who", "answers", "answer"))], "begin -> a -> m -> done", "m", 3
    ),
    "loop condition": (
        [part("l", [start("in"), user("ia"), end("out")], "in -> ia -> out", loop("size > 2", before=True))],
        "begin -> a -> l -> done", "l", "x",
    ),
    "decision": ([rules("r", "how"), user("b")], "begin -> a -> r -> b -> done", "r", 7),
    "decision about the wrong thing": ([rules("r", "how"), user("b")], "begin -> a -> r -> b -> done", "r", "x"),
}  # fmt: skip


@pytest.mark.parametrize("name", _FAILING)
def test_whatever_fails_stays_where_it_is_and_fails_again(name: str) -> None:
    nodes, arrows, element, value = _FAILING[name]
    how = table("how", ["size"], ["word"], [["< 5", "'small'"], ["5", "'five'"], ["? in [5, 6]", "'more'"]])
    run = _drive(diagram(process("p", [start(), user("a"), *nodes, end()], arrows)), how)
    run.complete("a", {"size": value})
    assert [item.element for item in run.moved.failures] == [element]
    assert [item.element for item in run.moved.finished] == ["a"]
    assert run.moved.failures[0].cause.endswith(".")
    before = run.moved.failures
    run.retry()
    assert run.moved.failures == before
    run.do(lambda loaded: loaded.cancel())
    assert (run.moved.cancelled, run.moved.completed, run.moved.tasks, run.moved.failures) == (True, False, (), ())


def test_a_unique_decision_with_two_rows_that_fit_is_a_failure() -> None:
    how = table("how", ["size"], ["word"], [["< 6", "'small'"], ["5", "'five'"]])
    run = _drive(diagram(process("p", [start(), rules("r", "how"), end()], "begin -> r -> done")), how, size=5)
    assert "Rows 1 and 2" in run.moved.failures[0].cause


def test_a_boundary_timer_that_fails_does_not_stop_its_task() -> None:
    nodes = [start(), user("a"), boundary("t", "a", timer("Date", "missing")), end("e2"), end()]
    run = _drive(diagram(process("p", nodes, "begin -> a -> done; t -> e2")))
    assert ([item.element for item in run.moved.failures], run.elements()) == (["t"], ["a"])
    run.complete("a")
    assert run.moved.completed


def test_a_mended_variable_lets_the_retry_through() -> None:
    prepared = one(diagram(process("p", [start(), user("b", assignee="who()"), end()], "begin -> b -> done")))
    run = Driven(prepared, {}, functions={"who": lambda: 3})
    assert run.moved.failures
    run.environment.functions["who"] = lambda: "ann"
    run.retry()
    assert [task.assignee for task in run.moved.tasks] == ["ann"]


def test_only_what_failed_can_be_retried_and_only_what_is_open_completed() -> None:
    run = _drive(diagram(process("p", [start(), user("a"), user("b"), end()], "begin -> a -> b -> done")))
    task, state = run.moved.tasks[0].id, run.moved.state
    with pytest.raises(TaskNotReady):
        run.do(lambda loaded: loaded.retry(task))
    run.complete("a")
    for stale in (task, "0" * 24, ""):
        with pytest.raises(TaskNotReady):
            run.do(lambda loaded, stale=stale: loaded.complete(stale, {}))
    assert load(run.prepared, run.environment, state).data(task) == {}


def test_a_loop_that_waits_for_nobody_is_stopped() -> None:
    nodes = [start(), user("a"), script("s", "n = 1"), xor("x", "x_s"), end()]
    run = _drive(diagram(process("p", nodes, "begin -> a -> s -> x; x -> s; x -[n > 1]-> done")))
    with pytest.raises(StepFailed, match="in circles"):
        run.complete("a")


def test_errors_that_nobody_foresaw_are_not_hidden() -> None:
    def broken(at: StepCall) -> None:
        raise ZeroDivisionError

    prepared = one(diagram(process("p", [start(), service("s", "x"), end()], "begin -> s -> done")))
    with pytest.raises(ZeroDivisionError):
        Driven(prepared, {}, call=broken)


@pytest.mark.parametrize("state", [b"", b"{}", b"[]", b'{"format":1}', b'{"format":99,"id":"0"}'])
def test_a_state_that_does_not_fit_is_refused(state: bytes) -> None:
    run = _drive(diagram(process("p", [start(), user("a"), end()], "begin -> a -> done")))
    with pytest.raises(EngineError):
        load(run.prepared, run.environment, state)


def test_a_state_of_another_process_is_refused() -> None:
    run = _drive(diagram(process("p", [start(), user("a"), end()], "begin -> a -> done")))
    other = one(diagram(process("p", [start(), user("z"), end()], "begin -> z -> done")))
    with pytest.raises(EngineError, match="does not fit"):
        load(other, run.environment, run.moved.state)
