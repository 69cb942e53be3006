"""Several people at one task: keys, results, early end, rounds, and no answer that passes for a yes."""

from __future__ import annotations

from datetime import timedelta

from tests.engine.bpmn.diagrams import (
    boundary,
    diagram,
    each,
    end,
    message,
    process,
    script,
    service,
    start,
    throw,
    timer,
    user,
    xor,
)  # fmt: skip
from tests.engine.bpmn.driven import NOW, Driven, one

APPROVERS = {"ann": "Stakeholder", "bob": "Sponsor", "cyd": "Stakeholder"}


def _approval(until: str = "decision['v'] == 'reject'", one_by_one: bool = False) -> Driven:
    nodes = [
        start(), user("write"), script("reset", "round = round + 1\ndecisions = {}"),
        user("approve", each("approvers", "approver", "decisions", "decision", until=until, one_by_one=one_by_one),
             due="P3D"),
        xor("x", "x_done"), end(),
    ]  # fmt: skip
    arrows = (
        "begin -> write -> reset -> approve -> x; x -> done;"
        " x -[any([decisions[who]['v'] == 'reject' for who in decisions])]-> write"
    )
    prepared = one(diagram(process("p", nodes, arrows, {"Project Manager": ["write"], "Stakeholder": ["approve"]})))
    return Driven(prepared, {"round": 0, "approvers": APPROVERS})


def _say(run: Driven, who: str, what: str) -> None:
    run.complete(("approve", who), {"decision": {"v": what, "by": who}})


def test_each_person_has_a_task_of_their_own() -> None:
    run = _approval()
    run.complete("write")
    assert [(task.key, task.item, task.assignee, task.role) for task in run.moved.tasks] == [
        (who, role, who, "Stakeholder") for who, role in APPROVERS.items()
    ]
    assert {task.due for task in run.moved.tasks} == {"2026-01-08T09:00:00.000000+00:00"}
    assert len({task.id for task in run.moved.tasks}) == 3


def test_a_rejection_ends_the_round_and_cancels_the_others() -> None:
    run = _approval()
    run.complete("write")
    _say(run, "ann", "approve")
    _say(run, "cyd", "reject")
    assert run.elements() == ["write"]
    assert run.moved.tasks[0].data["decisions"] == {
        "ann": {"v": "approve", "by": "ann"},
        "cyd": {"v": "reject", "by": "cyd"},
    }
    assert sorted((item.kind, item.state) for item in run.moved.finished if item.element == "approve") == [
        ("multiInstance", "completed"), ("userTask", "cancelled"), ("userTask", "completed"),
    ]  # fmt: skip


def test_rounds_do_not_see_each_others_decisions_and_do_not_grow() -> None:
    run = _approval()
    sizes = []
    for _ in range(6):
        run.complete("write")
        assert all(task.data["decisions"] == {} for task in run.moved.tasks)
        assert all("decision" not in task.data for task in run.moved.tasks)
        sizes.append(len(run.moved.state))
        _say(run, "bob", "approve")
        _say(run, "ann", "reject")
    assert sizes[-1] - sizes[1] <= 24
    run.complete("write")
    for who in APPROVERS:
        assert not run.moved.completed
        _say(run, who, "approve")
    assert run.moved.completed
    assert run.moved.data["decisions"].keys() == APPROVERS.keys()


def test_completing_without_a_decision_is_a_failure_and_no_yes() -> None:
    run = _approval()
    run.complete("write", {"decision": {"v": "approve"}})
    run.complete(("approve", "ann"), {"comment": "I said nothing"})
    assert "decision['v']" in run.moved.failures[0].cause
    _say(run, "bob", "approve")
    _say(run, "cyd", "approve")
    assert not run.moved.completed
    assert len(run.moved.failures) == 1
    run.retry()
    assert (run.moved.completed, len(run.moved.failures)) == (False, 1)


def test_a_condition_that_fails_is_retried_without_losing_an_answer() -> None:
    run = _approval(until="limit() < len(decision)")
    run.complete("write")
    _say(run, "ann", "approve")
    assert run.moved.failures
    _say(run, "bob", "approve")
    _say(run, "cyd", "approve")
    assert not run.moved.completed
    object.__setattr__(run.environment, "functions", {"limit": lambda: 9})
    run.retry()
    assert run.moved.completed
    assert run.moved.data["decisions"].keys() == APPROVERS.keys()


def test_one_after_the_other_asks_the_next_only_then() -> None:
    run = _approval(one_by_one=True)
    run.complete("write")
    for who in APPROVERS:
        assert [task.key for task in run.moved.tasks] == [who]
        _say(run, who, "approve")
    assert run.moved.completed


def _collection() -> Driven:
    nodes = [
        start(), user("update", each("members", "member", "answers", "answer")), xor("m"), end(),
        boundary("remind", "update", timer("Duration", "P2D"), interrupting=False), throw("w", message("reminder")),
        end("reminded"), boundary("late", "update", timer("Duration", "P5D")), service("missed", "record.missed"),
    ]  # fmt: skip
    arrows = "begin -> update -> m -> done; remind -> w -> reminded; late -> missed -> m"
    prepared = one(diagram(process("p", nodes, arrows)))
    return Driven(prepared, {"members": {"ann": "1", "bob": "2", "cyd": "3"}}, call=lambda at: {"missed": at.step})


def test_a_deadline_for_many_reminds_once_and_then_closes_what_is_open() -> None:
    run = _collection()
    run.complete(("update", "bob"), {"answer": "done"})
    assert run.at(NOW + timedelta(days=2)) == ("remind",)
    assert ([sent.message for sent in run.moved.sent], len(run.moved.tasks)) == (["reminder"], 2)
    assert run.at(NOW + timedelta(days=5)) == ("late",)
    assert run.moved.completed
    assert run.moved.data["missed"] == "record.missed"
    assert sorted(
        item.task for item in run.moved.finished if item.state == "cancelled" and item.kind == "userTask"
    ) == (sorted(task.id for task in run.history[-2].tasks))


def test_when_all_have_answered_nobody_is_reminded() -> None:
    run = _collection()
    for who in ("cyd", "ann", "bob"):
        run.complete(("update", who), {"answer": who})
    assert (run.moved.completed, run.moved.timers) == (True, ())
    assert run.moved.data["answers"] == {"ann": "ann", "bob": "bob", "cyd": "cyd"}
