"""Each rule finds what it is for, on the right element, and leaves a sound diagram alone."""

from __future__ import annotations

import pytest

from engine.bpmn import check
from engine.bpmn.evaluation import EVERYWHERE
from forms import ExpressionFailed, compile_expression
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    call,
    catch,
    diagram,
    each,
    end,
    extensions,
    first,
    loop,
    message,
    node,
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


def _flow(id: str, source: str, target: str) -> str:
    return f'<bpmn:sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}"/>'


def _p(nodes: list[str], arrows: str, **lanes: list[str]) -> bytes:
    return diagram(process("p", nodes, arrows, lanes))


def _line(*nodes: str, arrows: str) -> bytes:
    return _p([start(), *nodes, end()], arrows)


_LINE = "begin -> a -> done"
WRONG: dict[str, tuple[str, str, bytes]] = {
    "id twice": ("duplicate-id", "a", _line(user("a"), user("a"), arrows=_LINE)),
    "no executable process": ("no-process", "", diagram('<bpmn:process id="p" isExecutable="false"/>')),
    "Start": ("reserved-id", "Start", _p([start(), user("Start"), end()], "begin -> Start -> done")),
    "End": ("reserved-id", "End", _p([start(), user("End"), end()], "begin -> End -> done")),
    "EndJoin": ("reserved-id", "p.EndJoin", _line(user("p.EndJoin"), arrows="begin -> p.EndJoin -> done")),
    "no id": ("missing-id", "", _line(user("a"), '<bpmn:userTask name="x"/>', arrows=_LINE)),
    "flow to nowhere": ("dangling-flow", "a_b", _line(user("a"), arrows="begin -> a -> done; a -> b")),
    "flow across": (
        "crossing-flow", "ia_done",
        _line(part("s", [start("in"), user("ia"), end("out")], "in -> ia -> out; ia -> done"),
            arrows="begin -> s -> done"),
    ),
    "flow into a start": ("flow-into-event", "a_begin", _line(user("a"), arrows="begin -> a -> done; a -> begin")),
    "border of nothing": (
        "dangling-event", "t", _line(user("a"), boundary("t", "zz", timer("Duration", "P1D")),
            arrows=_LINE + "; t -> done"),
    ),
    "two starts": ("several-starts", "s2", _p([start(), start("s2"), user("a"), end()], "begin -> a -> done; s2 -> a")),
    "start and message": (
        "several-starts", "s2", _p([start(), start("s2", message("m")), user("a"), end()],
            "begin -> a -> done; s2 -> a"),
    ),
    "sub-process by message": (
        "sub-process-start", "s",
        _line(part("s", [start("in", message("m")), end("out")], "in -> out"), arrows="begin -> s -> done"),
    ),
    "unreachable": ("unreachable", "b", _line(user("a"), user("b"), arrows=_LINE + "; b -> done")),
    "complex gateway": ("unsupported", "g", _line(node("complexGateway", "g"), arrows="begin -> g -> done")),
    "ad hoc": ("unsupported", "g", _line(node("adHocSubProcess", "g", user("x")), arrows="begin -> g -> done")),
    "event sub-process": (
        "unsupported", "s",
        _line(user("a"), node("subProcess", "s", start("in", message("m")) + end("out") + _flow("f", "in", "out"),
                              attributes='triggeredByEvent="true"'), arrows=_LINE),
    ),
    "signal without name": ("no-signal", "e", _p([start(), end("e", "<bpmn:signalEventDefinition/>")], "begin -> e")),
    "start by signal": (
        "unsupported", "begin", _p([start("begin", "<bpmn:signalEventDefinition/>"), end()], "begin -> done"),
    ),
    "compensation": ("unsupported", "w", _line(throw("w", "<bpmn:compensateEventDefinition/>"),
        arrows="begin -> w -> done")),
    "link": ("unsupported", "w", _line(throw("w", '<bpmn:linkEventDefinition name="x"/>'),
        arrows="begin -> w -> done")),
    "conditional": ("unsupported", "c", _line(catch("c", "<bpmn:conditionalEventDefinition/>"),
        arrows="begin -> c -> done")),
    "start by timer": ("unsupported", "begin", _p([start("begin", timer("Duration", "P1D")), end()], "begin -> done")),
    "cancel end": ("unsupported", "e", _p([start(), end("e", "<bpmn:cancelEventDefinition/>")], "begin -> e")),
    "two events in one": (
        "several-events", "c", _line(catch("c", message("m") + timer("Duration", "P1D")), arrows="begin -> c -> done"),
    ),
    "waits for nothing": ("no-event", "c", _line(catch("c", ""), arrows="begin -> c -> done")),
    "message beside": (
        "catches-once", "b",
        _line(user("a"), boundary("b", "a", message("m"), interrupting=False), end("e2"), arrows=_LINE + "; b -> e2"),
    ),
    "hidden script": (
        "hidden-script", "a",
        _line(node("userTask", "a", extensions(None, "<spiffworkflow:preScript>x = 1</spiffworkflow:preScript>")),
            arrows=_LINE),
    ),
    "default elsewhere": ("default-elsewhere", "x", _line(xor("x", "begin_x"), end("e2"),
        arrows="begin -> x -[y]-> done; x -[z]-> e2")),
    "no condition": ("no-condition", "x_done", _line(xor("x"), end("e2"), arrows="begin -> x -> done; x -[z]-> e2")),
    "waits for itself": (
        "waits-for-itself", "x_g",
        _line(both("g"), user("a"), xor("x", "x_done"), arrows="begin -> g -> a -> x -> done; x -[again]-> g"),
    ),
    "race of one": ("one-event", "g", _line(first("g"), catch("c", message("m")), arrows="begin -> g -> c -> done")),
    "race of tasks": (
        "not-an-event", "a",
        _line(first("g"), catch("c", message("m")), user("a"), arrows="begin -> g; g -> c -> done; g -> a -> done"),
    ),
    "flow out of the end": (
        "flow-from-end", "e2_a",
        _line(user("a"), end("e2"), both("g"), arrows="begin -> g; g -> a -> done; g -> e2 -> a"),
    ),
    "no id of the process": ("missing-id", "", diagram(process("", [start(), end()], "begin -> done"))),
    "around itself": (
        "duplicate-id", "s",
        _line(part("s", [start("in"), user("s"), end("out")], "in -> s -> s; s -> out"), arrows="begin -> s -> done"),
    ),
    "circle of scripts": (
        "endless", "s", _line(xor("s"), script("t", "n = 1"), arrows="begin -> s -> t -> s"),
    ),
    "bad condition": ("expression", "x_done", _line(xor("x", "x_e2"), end("e2"),
        arrows="begin -> x -[n >]-> done; x -> e2")),
    "reaching out": (
        "expression", "x_done", _line(xor("x", "x_e2"), end("e2"), arrows="begin -> x -[().__class__]-> done; x -> e2"),
    ),
    "script that imports": ("expression", "s", _line(script("s", "import os"), arrows="begin -> s -> done")),
    "empty script": ("unknown-step", "s", _line(service("s", "no.such"), arrows="begin -> s -> done")),
    "unknown function": ("expression", "s", _line(script("s", "n = conjure(1)"), arrows="begin -> s -> done")),
    "bad parameter": ("expression", "s", _line(service("s", "known", amount="1 +"), arrows="begin -> s -> done")),
    "bad payload": ("expression", "w", _line(throw("w", message("m", "{'x': }")), arrows="begin -> w -> done")),
    "bad assignee": ("expression", "a", _line(user("a", assignee="a b"), arrows=_LINE)),
    "bad loop condition": ("expression", "a", _line(user("a", loop("n <")), arrows=_LINE)),
    "bad completion condition": (
        "expression", "a", _line(user("a", each("people", "who", "answers", "answer", until="lambda: 1")),
            arrows=_LINE),
    ),
    "bad timer": ("timer", "c", _line(catch("c", timer("Duration", "P1D2")), arrows="begin -> c -> done")),
    "empty timer": ("timer", "c", _line(catch("c", timer("Date", " ")), arrows="begin -> c -> done")),
    "date that is none": ("timer", "c", _line(catch("c", timer("Date", "2026-02-30")), arrows="begin -> c -> done")),
    "unknown form": ("unknown-form", "a", _line(user("a", form="nowhere"), arrows=_LINE)),
    "meaning": ("signature", "a", _line(user("a", signature="ok"), arrows=_LINE)),
    "several times, and nothing said": (
        "no-collection", "a", _line(user("a", "<bpmn:multiInstanceLoopCharacteristics/>"), arrows=_LINE),
    ),
    "bad meaning": ("signature", "a", _line(user("a", signature="= 1 +"), arrows=_LINE)),
    "signature of a script": ("signature", "s", _line(node("scriptTask", "s", "<bpmn:script>n = 1</bpmn:script>",
        signature="approved"), arrows="begin -> s -> done")),
    "not performer of nobody": ("not-performer-of", "a", _line(user("a", notPerformerOf="zz"), arrows=_LINE)),
    "not performer of itself": ("not-performer-of", "a", _line(user("a", notPerformerOf="a"), arrows=_LINE)),
    "bad due": ("due", "a", _line(user("a", due="5 days"), arrows=_LINE)),
    "bad due expression": ("due", "a", _line(user("a", due="= 5 days"), arrows=_LINE)),
    "several without result": ("no-result", "a", _line(user("a", each("people", "who")), arrows=_LINE)),
    "loop without end": ("loop", "a", _line(user("a", loop()), arrows=_LINE)),
    "no step": ("no-step", "s", _line(node("serviceTask", "s"), arrows="begin -> s -> done")),
    "unknown decision": ("unknown-decision", "r", _line(rules("r", "none"), arrows="begin -> r -> done")),
    "unknown process": ("unknown-process", "c", _line(call("c", "none"), arrows="begin -> c -> done")),
    "calls itself": ("calls-itself", "c", _line(call("c", "p"), arrows="begin -> c -> done")),
    "no message": ("no-message", "s", _line(node("sendTask", "s"), arrows="begin -> s -> done")),
    "undeclared message": (
        "no-message", "c", _line(catch("c", '<bpmn:messageEventDefinition messageRef="m9"/>'),
            arrows="begin -> c -> done"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_an_error_is_found_where_it_is(name: str) -> None:
    rule, element, content = WRONG[name]
    found = [item for item in check({"a.bpmn": content}, forms=(), steps=("known",)) if item.refuses]
    assert (rule, element) in [(item.rule, item.element or "") for item in found]
    assert all(item.file == "a.bpmn" and item.sentence.endswith(".") for item in found)


READ_INTO: dict[str, tuple[str, str, bytes]] = {
    "cycle in the way": (
        "first-of-cycle", "c", _line(catch("c", timer("Cycle", "R3/P1D")), arrows="begin -> c -> done"),
    ),
    "no start": ("implicit-start", "p", _p([user("a"), end()], "a -> done")),
    "no end": ("implicit-end", "a", _p([start(), user("a")], "begin -> a")),
    "dead end": (
        "implicit-end", "b", _line(both("g"), user("a"), user("b"), arrows="begin -> g; g -> a -> done; g -> b"),
    ),
    "transaction": (
        "plain-transaction", "g",
        _line(node("transaction", "g", start("in") + end("out") + _flow("f", "in", "out")),
            arrows="begin -> g -> done"),
    ),
    "condition after a task": ("implicit-split", "a", _line(user("a"), arrows="begin -> a -[x > 1]-> done")),
    "two ways out of a task": (
        "implicit-split", "a", _line(user("a"), user("b"), arrows="begin -> a -> done; a -> b -> done"),
    ),
    "loop of tasks": (
        "implicit-merge", "a", _line(user("a"), both("g"), arrows="begin -> a -> g -> a; g -> done"),
    ),
    "as often as": (
        "results-named", "a",
        _line(user("a", "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality>"
                        "</bpmn:multiInstanceLoopCharacteristics>"), arrows=_LINE),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", READ_INTO)
def test_what_bpmn_means_without_drawing_it_is_noted_and_refuses_nothing(name: str) -> None:
    rule, element, content = READ_INTO[name]
    found = check({"a.bpmn": content})
    assert (rule, element) in [(item.rule, item.element) for item in found if item.severity == "note"]
    assert not any(item.refuses for item in found)
    assert all("~" not in f"{item.element} {item.sentence}" for item in found)


WARNED: dict[str, tuple[str, str, bytes]] = {
    "no lane": ("no-role", "a", _line(user("a"), arrows=_LINE)),
    "no form": ("no-form", "a", _line(user("a"), arrows=_LINE)),
    "no default": ("no-default", "x", _line(xor("x"), end("e2"), arrows="begin -> x -[n]-> done; x -[m]-> e2")),
    "never ends": ("endless", "a", _line(user("a"), xor("x"), arrows="begin -> x -> a -> x")),
    "no key": ("no-key", "begin", _p([start("begin", message("m")), end()], "begin -> done")),
    "nobody sends": ("nobody-sends", "c", _line(catch("c", message("m")), arrows="begin -> c -> done")),
    "nobody waits": ("nobody-waits", "w", _line(throw("w", message("m")), arrows="begin -> w -> done")),
}


@pytest.mark.parametrize("name", WARNED)
def test_a_warning_is_given_where_it_belongs(name: str) -> None:
    rule, element, content = WARNED[name]
    found = check({"a.bpmn": content})
    assert (rule, element) in [(item.rule, item.element) for item in found if not item.refuses]
    assert not any(item.refuses for item in found)


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


def test_the_same_sub_process_id_in_two_files_is_found() -> None:
    def one(name: str) -> bytes:
        inner = part("same", [start("in"), end("out")], "in -> out")
        return diagram(process(name, [start(), inner, end()], "begin -> same -> done"))

    found = check({"a.bpmn": one("p"), "b.bpmn": one("q")})
    assert [(item.rule, item.file, item.element) for item in found] == [("duplicate-process", "b.bpmn", "same")]


def test_a_process_longer_than_can_be_read_is_found_and_the_longest_allowed_runs() -> None:
    def chain(length: int) -> bytes:
        names = [f"t{number}" for number in range(length)]
        return _line(*[node("task", name) for name in names], arrows="begin -> " + " -> ".join(names) + " -> done")

    assert [item.rule for item in check({"a.bpmn": chain(900)})] == ["too-long"]
    assert check({"a.bpmn": chain(398)}) == ()


def test_the_names_of_the_evaluators_own_functions_are_true() -> None:
    for name in EVERYWHERE:
        with pytest.raises(ExpressionFailed) as failed:
            compile_expression(f"{name}(1, 2, 3, 4, 5, nothing=6)").evaluate({}, {})
        assert "no function" not in str(failed.value)
    with pytest.raises(ExpressionFailed, match="function"):
        compile_expression("conjure(1)").evaluate({}, {})


def test_of_nodes_that_nothing_leads_to_the_first_is_named():
    """One missing flow is one finding, not one for each node behind it; a circle on its own is named once."""
    nodes = [start(), user("a"), end(), user("b"), user("c"), end("other"), xor("p"), user("q")]
    arrows = "begin -> a -> done; b -> c -> other; p -> q -> p"
    drawn = diagram(process("p1", nodes, arrows, {"Clerk": ["a", "b", "c", "q"]}))
    found = [one.element for one in check({"p.bpmn": drawn}) if one.rule == "unreachable"]
    assert found == ["b", "p"]
