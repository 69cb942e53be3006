"""What all rules together say of whole bundles: nothing of sound ones, and what only several files show."""

from __future__ import annotations

import pytest

from engine.bpmn import check
from engine.bpmn.evaluation import EVERYWHERE
from forms import ExpressionFailed, compile_expression
from tests.engine.bpmn.diagrams import (
    boundary,
    catch,
    diagram,
    each,
    end,
    message,
    node,
    part,
    process,
    rules,
    service,
    start,
    table,
    throw,
    timer,
    user,
    xor,
)  # fmt: skip


def _line(*nodes: str, arrows: str) -> bytes:
    return diagram(process("p", [start(), *nodes, end()], arrows))


def test_the_names_of_the_evaluators_own_functions_are_true() -> None:
    for name in EVERYWHERE:
        with pytest.raises(ExpressionFailed) as failed:
            compile_expression(f"{name}(1, 2, 3, 4, 5, nothing=6)").evaluate({}, {})
        assert "no function" not in str(failed.value)
    with pytest.raises(ExpressionFailed, match="function"):
        compile_expression("conjure(1)").evaluate({}, {})


def test_a_sound_bundle_has_no_findings() -> None:
    lanes = {"Project Manager": ["write"], "Stakeholder": ["approve"]}
    nodes = [
        start("begin", message("plan.due", variable="got"), key="got['project']"), xor("again"),
        user("write", form="plan", signature="authored", due="P5D", record="plan"), rules("who", "approvers"),
        user("approve", each("people", "person", "decisions", "decision", until="decision['v'] == 'no'"),
            form="approve",
             signature="= decision['v']", notPerformerOf="write", due="= next_due(now(), 'P7D')"),
        boundary("late", "approve", timer("Duration", "P7D"), interrupting=False),
        throw("remind", message("plan.late", "{'project': project}")), end("reminded"),
        xor("x", "x_move"), service("move", "plan.move", plan="got", day="today()"), end(),
    ]  # fmt: skip
    arrows = (
        "begin -> again -> write -> who -> approve -> x; x -> move -> done; late -> remind -> reminded;"
        " x -[any([decisions[p]['v'] == 'no' for p in decisions])]-> again"
    )
    others = [start("go"), throw("t", message("plan.due", "{}")), catch("l", message("plan.late")), end("o")]
    files = {
        "a.bpmn": diagram(process("p", nodes, arrows, lanes), process("q", others, "go -> t -> l -> o")),
        "b.dmn": table("approvers", ["got['size']"], ["people"], [["> 3", "{'ann': 'QA'}"], ["<= 3", "{'bob': 'QA'}"]]),
    }
    assert check(files, forms=("plan", "approve"), steps=("plan.move",)) == ()


def test_a_process_longer_than_can_be_read_is_found_and_the_longest_allowed_runs() -> None:
    def chain(length: int) -> bytes:
        names = [f"t{number}" for number in range(length)]
        return _line(*[node("task", name) for name in names], arrows="begin -> " + " -> ".join(names) + " -> done")

    assert [item.rule for item in check({"a.bpmn": chain(900)})] == ["too-long"]
    assert check({"a.bpmn": chain(398)}) == ()


def test_of_nodes_that_nothing_leads_to_the_first_is_named():
    """One missing flow is one finding, not one for each node behind it; a circle on its own is named once."""
    nodes = [start(), user("a"), end(), user("b"), user("c"), end("other"), xor("p"), user("q")]
    arrows = "begin -> a -> done; b -> c -> other; p -> q -> p"
    drawn = diagram(process("p1", nodes, arrows, {"Clerk": ["a", "b", "c", "q"]}))
    found = [one.element for one in check({"p.bpmn": drawn}) if one.rule == "unreachable"]
    assert found == ["b", "p"]


def test_an_id_that_is_used_again_inside_its_own_sub_process_takes_no_time() -> None:
    inner = part("s", [start("in"), user("s"), end("out")], "in -> s -> s; s -> out")
    found = check({"a.bpmn": _line(inner, arrows="begin -> s -> done")})
    assert ("duplicate-id", "s") in [(item.rule, item.element) for item in found]


@pytest.mark.parametrize("again", ["p", "s", "b"])
def test_an_id_of_something_around_it_leads_no_rule_in_circles(again: str) -> None:
    thrown = '<bpmn:escalationEventDefinition escalationRef="late"/>'
    inner = part("s", [start("i"), user(again), end("j", thrown)], f"i -> {again} -> j")
    nodes = [start(), user("p"), inner, end(), boundary("b", "s", thrown, interrupting=False), end("m")]
    found = check({"a.bpmn": diagram(process("p", nodes, "begin -> p -> s -> done; b -> m"))})
    assert {("duplicate-id", "p"), ("duplicate-id", again)} <= {(item.rule, item.element) for item in found}
