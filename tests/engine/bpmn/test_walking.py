"""Walks: each goes the way that BPMN means, and says where it stops and why."""

from __future__ import annotations

import pytest

from engine.bpmn import Walk, check, neighbours, walk
from tests.engine.bpmn.diagrams import (
    BPMN,
    both,
    boundary,
    call,
    catch,
    diagram,
    each,
    end,
    first,
    flows,
    message,
    node,
    part,
    process,
    script,
    service,
    some,
    start,
    table,
    throw,
    timer,
    user,
    xor,
)  # fmt: skip

_CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
_ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'


def _line(*nodes: str, arrows: str) -> bytes:
    return diagram(process("p", [start(), *nodes, end()], arrows))


def _one(content: bytes, **answers: dict) -> Walk:
    (found,) = walk({"a.bpmn": content}, answers)
    return found


def _more(content: bytes, namespace: str) -> bytes:
    return content.replace(b" id=", f" {namespace} id=".encode(), 1)


def _number(count: str) -> str:
    return (
        f"<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>{count}</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


_SIGNAL = '<bpmn:signalEventDefinition signalRef="sig.go"/>'
_DECLARED = '<bpmn:signal id="sig.go" name="go"/>'


def _signalling(*nodes: str, arrows: str) -> bytes:
    return diagram(process("p", [start(), *nodes, end()], arrows), extra=_DECLARED)


_LINK = '<bpmn:linkEventDefinition name="{}"/>'
_ENDED: dict[str, tuple[str, bytes]] = {
    "one task": ("begin a done", _line(user("a"), arrows="begin -> a -> done")),
    "no end": ("begin a", diagram(process("p", [start(), user("a")], "begin -> a"))),
    "no start": ("a done", diagram(process("p", [user("a"), end()], "a -> done"))),
    "two ways out of a task": (
        "begin a b c done", diagram(process("p", [start(), user("a"), user("b"), user("c"), end()],
            "begin -> a; a -> b; a -> c -> done")),
    ),
    "conditions on the ways out of a task": (
        "begin s b done", _line(script("s", "n = 2"), user("b"), user("c"),
            arrows="begin -> s; s -[n == 2]-> b -> done; s -[n == 3]-> c -> done"),
    ),
    "one way free, one asked": (
        "begin s b done c done", _line(script("s", "n = 2"), user("b"), user("c"),
            arrows="begin -> s; s -[n == 2]-> b -> done; s -> c -> done"),
    ),
    "two tokens through one split": (
        "begin a c g v done w done b c g v done w done",
        _line(user("a"), user("b"), user("c"), both("g"), user("v"), user("w"),
            arrows="begin -> a; begin -> b; a -> c; b -> c; c -> g; g -> v -> done; g -> w -> done"),
    ),
    "ids that the engine keeps": (
        "Start a End", diagram(process("p", [start("Start"), user("a"), end("End")], "Start -> a -> End")),
    ),
    "link": (
        "begin out in a done",
        _line(throw("out", _LINK.format("x")), catch("in", _LINK.format("x")), user("a"),
            arrows="begin -> out; in -> a -> done"),
    ),
    "back to a task": (
        "begin a s x a s x done", _line(user("a"), script("s", "n = 1 if n == None else n + 1"), xor("x", "x_a"),
            arrows="begin -> a -> s -> x; x -[n == 2]-> done; x -> a"),
    ),
    "undecided": ("begin x b done", _line(xor("x"), user("b"), user("c"),
        arrows="begin -> x -> b -> done; x -> c -> done")),
    "unknown variables": ("begin x c done", _line(xor("x", "x_c"), user("b"), user("c"),
        arrows="begin -> x; x -[deep.er > 3]-> b -> done; x -> c -> done")),
    "JUEL": ("begin s x b done", _line(script("s", "n = 5"), xor("x", "x_c"), user("b"), user("c"),
        arrows="begin -> s -> x; x -[${n > 3 && !empty n}]-> b -> done; x -> c -> done")),
    "FEEL": ("begin s x b done", _line(script("s", "n = 5"), xor("x", "x_c"), user("b"), user("c"),
        arrows="begin -> s -> x; x -[= n > 3 and n = 5]-> b -> done; x -> c -> done")),
    "timer": ("begin t done", _line(catch("t", timer("Duration", "P30D")), arrows="begin -> t -> done")),
    "start by timer": (
        "begin done", diagram(process("p", [start("begin", timer("Cycle", "R/P1D")), end()], "begin -> done"))),
    "start by message": (
        "begin done", diagram(process("p", [start("begin", message("m")), end()], "begin -> done"))),
    "first event": (
        "begin g c done", _line(first("g"), catch("c", timer("Duration", "P1D")), catch("e", message("m")),
            arrows="begin -> g; g -> c -> done; g -> e -> done"),
    ),
    "three times": ("begin a a a done", _line(user("a", _number("3")), arrows="begin -> a -> done")),
    "nobody to ask": ("begin a done", _line(user("a", each("people", "who", "all", "one")),
        arrows="begin -> a -> done")),
    "inclusive": (
        "begin s i b c j done", _line(script("s", "n = 2"), some("i"), user("b"), user("c"), user("e"), some("j"),
            arrows="begin -> s -> i; i -[n > 1]-> b -> j; i -[n > 0]-> c -> j; i -[n > 5]-> e -> j; j -> done"),
    ),
    "sub-process without start and end": (
        "begin a s done", _line(part("s", [user("a")], ""), arrows="begin -> s -> done")),
    "transaction": (
        "begin a s done", _line(node("transaction", "s", user("a")), arrows="begin -> s -> done")),
    "signal thrown and caught": (
        "begin g w c done done", _signalling(both("g"), throw("w", _SIGNAL), catch("c", _SIGNAL),
            arrows="begin -> g; g -> c -> done; g -> w -> done"),
    ),
    "signal at the end of one branch": (
        "begin g a e2 c done", _signalling(both("g"), user("a"), end("e2", _SIGNAL), catch("c", _SIGNAL),
            arrows="begin -> g; g -> c -> done; g -> a -> e2"),
    ),
    "signal on the border of a sub-process": (
        "begin in a w b after out2",
        _signalling(part("s", [start("in"), user("a"), throw("w", _SIGNAL), user("z"), end("out")],
            "in -> a -> w -> z -> out"), boundary("b", "s", _SIGNAL), user("after"), end("out2"),
            arrows="begin -> s -> done; b -> after -> out2"),
    ),
    "marked as done several times": (
        "begin a done", _line(user("a", "<bpmn:multiInstanceLoopCharacteristics/>"), arrows="begin -> a -> done"),
    ),
    "a compensation that nothing throws": (
        "begin a done", _line(user("a"), boundary("b", "a", "<bpmn:compensateEventDefinition/>"),
            node("task", "undo", attributes='isForCompensation="true"'), arrows="begin -> a -> done"),
    ),
    "an event sub-process by a timer while nothing else goes on": (
        "begin in mend t s c done",
        _line(catch("c", message("m")), node("subProcess", "s", node("startEvent", "in", timer("Duration", "P1D"),
            attributes='isInterrupting="false"') + user("mend") + throw("t", message("m")) + flows("in -> mend -> t"),
            attributes='triggeredByEvent="true"'), arrows="begin -> c -> done"),
    ),
    "an event sub-process for errors that nothing throws": (
        "begin a done", _line(user("a"), node("subProcess", "s", start("in", "<bpmn:errorEventDefinition/>")
            + user("mend"), attributes='triggeredByEvent="true"'), arrows="begin -> a -> done"),
    ),
    "cycles beside a task that say how often": (
        "begin b x out2 b x out2 b x out2 b x out2 b x out2 l out3",
        _line(node("receiveTask", "a", attributes='messageRef="m"'),
              boundary("b", "a", timer("Cycle", "R5/P1D"), interrupting=False),
              boundary("l", "a", timer("Duration", "P7D")), user("x"), end("out2"), end("out3"),
              arrows="begin -> a -> done; b -> x -> out2; l -> out3"),
    ),
    "cycle where it happens once": (
        "begin t done", _line(catch("t", timer("Cycle", "R3/PT10M")), arrows="begin -> t -> done")),
    "step": ("begin s done", _line(node("serviceTask", "s"), arrows="begin -> s -> done")),
    "script of another language": (
        "begin s done", _line(node("scriptTask", "s", "<bpmn:script>next();</bpmn:script>",
            attributes='scriptFormat="JavaScript"'), arrows="begin -> s -> done")),
    "sent to itself": (
        "begin g w done c done", _line(both("g"), throw("w", message("m")), catch("c", message("m")),
            arrows="begin -> g; g -> w -> done; g -> c -> done"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", _ENDED)
def test_a_walk_goes_the_way_that_is_meant(name: str) -> None:
    path, content = _ENDED[name]
    found = _one(content)
    assert (found.outcome, " ".join(found.path), found.causes) == ("completed", path, ())


def test_answers_decide_where_they_are_given() -> None:
    content = _line(user("a"), xor("x", "x_c"), user("b"), user("c"),
                    arrows="begin -> a -> x; x -[ok]-> b -> done; x -> c -> done")  # fmt: skip
    assert "c" in _one(content).path
    assert "b" in _one(content, a={"ok": True}).path
    assert "b" in _one(content, p={"a": {"ok": True}}).path


def test_what_nobody_sends_is_waited_for() -> None:
    found = _one(_line(catch("c", message("m")), arrows="begin -> c -> done"))
    assert (found.outcome, found.waiting_for, found.path) == ("waiting", ("c",), ("begin",))


@pytest.mark.parametrize("waits", ["a", "c"])
def test_an_event_sub_process_that_nobody_begins_keeps_nothing_from_its_end(waits: str) -> None:
    beside = node("subProcess", "s", start("in", message("m")) + user("x"), attributes='triggeredByEvent="true"')
    drawn = _line(user("a"), catch("c", message("n")), beside, arrows=f"begin -> {waits} -> done")
    found = _one(drawn)
    assert (found.outcome, found.waiting_for) == (
        ("completed", ()) if waits == "a" else ("waiting", found.waiting_for)
    )
    assert "x" not in found.path


def test_what_comes_again_and_again_beside_keeps_no_walk_from_its_end() -> None:
    begin = node("startEvent", "in", timer("Cycle", "R/PT1H"), attributes='isInterrupting="false"')
    often = node("subProcess", "s", begin + user("x") + flows("in -> x"), attributes='triggeredByEvent="true"')
    found = _one(_line(catch("c", message("n")), often, arrows="begin -> c -> done"))
    assert (found.outcome, found.path) == ("waiting", ("begin", *["in", "x", "s"] * 3))


def test_a_condition_that_nothing_fulfils_is_waited_for() -> None:
    condition = (
        "<bpmn:conditionalEventDefinition><bpmn:condition>n > 2</bpmn:condition></bpmn:conditionalEventDefinition>"
    )
    found = _one(_line(catch("c", condition), user("a"), arrows="begin -> c -> a -> done"))
    assert (found.outcome, found.waiting_for) == ("waiting", ("c",))
    drawn = _line(both("g"), catch("c", condition), user("a"), script("s", "n = 3"), end("e2"),
                  arrows="begin -> g; g -> c -> done; g -> a -> s -> e2")  # fmt: skip
    assert _one(drawn).path == ("begin", "g", "a", "s", "c", "e2", "done")


def test_an_error_that_nothing_in_the_process_catches_is_for_whoever_calls_it() -> None:
    found = _one(_line(user("a"), end("bad", "<bpmn:errorEventDefinition/>"), arrows="begin -> a -> bad"))
    assert (found.outcome, found.path) == ("completed", ("begin", "a", "bad"))


def test_a_loop_without_end_is_an_incident() -> None:
    found = _one(_line(user("a"), xor("x"), arrows="begin -> a -> x -> a"))
    assert found.outcome == "incident"
    assert "loop" in found.causes[0]


def test_a_join_that_waits_for_ever_is_an_incident_and_not_silence() -> None:
    content = _line(xor("x"), user("a"), user("b"), both("j"),
                    arrows="begin -> x; x -[True]-> a -> j; x -[False]-> b -> j; j -> done")  # fmt: skip
    found = _one(content)
    assert found.outcome == "incident"
    assert found.path == ("begin", "x", "a")


def test_calls_across_files_and_a_bad_neighbour() -> None:
    gateway = node("complexGateway", "g", "<bpmn:activationCondition>n > 1</bpmn:activationCondition>")
    files = {
        "a.bpmn": _line(call("c", "q"), arrows="begin -> c -> done"),
        "b.bpmn": diagram(process("q", [start("b2"), user("u"), end("e2")], "b2 -> u -> e2"),
                          process("r", [start("b3"), both("f"), user("h"), gateway, end("e3")],
                                  "b3 -> f; f -> g; f -> h -> g; g -> e3")),
        "c.bpmn": b"<x",
    }  # fmt: skip
    found = {(one.file, one.process): one for one in walk(files)}
    assert found["a.bpmn", "p"].path == ("begin", "b2", "u", "e2", "c", "done")
    assert found["b.bpmn", "q"].outcome == "completed"
    assert found["b.bpmn", "r"].outcome == "refused"
    assert "complex gateway" in found["b.bpmn", "r"].causes[0]
    assert found["c.bpmn", ""].outcome == "refused"


def test_a_task_beside_its_timer_is_completed_first() -> None:
    content = _line(user("a"), boundary("t", "a", timer("Duration", "P1D")), user("late"),
                    arrows="begin -> a -> done; t -> late -> done")  # fmt: skip
    assert _one(content).path == ("begin", "a", "done")


def test_what_other_engines_say_is_understood_or_named() -> None:
    task = node("userTask", "a", attributes='camunda:assignee="${owner}" camunda:candidateGroups="Quality"'
                ' camunda:formKey="embedded:app:forms/plan.html" camunda:dueDate="P5D" camunda:jobs="5"')  # fmt: skip
    many = node("userTask", "b", '<bpmn:multiInstanceLoopCharacteristics camunda:collection="${people}"'
                ' camunda:elementVariable="who"/>')  # fmt: skip
    task = task.replace("</bpmn:userTask>", "<bpmn:extensionElements><camunda:inputOutput/></bpmn:extensionElements>"
                        "</bpmn:userTask>")  # fmt: skip
    content = _more(_line(task, many, arrows="begin -> a -> b -> done"), _CAMUNDA)
    found = check({"a.bpmn": content}, forms=("plan",))
    assert not any(one.refuses for one in found)
    assert "no-role" not in [one.rule for one in found if one.element == "a"]
    said = " ".join(one.sentence for one in found)
    assert "jobs" in said
    assert "inputOutput" in said
    assert "results_of_b" in said


def test_camunda_8_says_it_in_elements() -> None:
    inner = (
        '<bpmn:extensionElements><zeebe:assignmentDefinition assignee="=owner" candidateGroups="Quality"/>'
        '<zeebe:formDefinition formId="plan"/></bpmn:extensionElements>'
    )
    called = node("callActivity", "c", '<bpmn:extensionElements><zeebe:calledElement processId="q"/>'
                  "</bpmn:extensionElements>")  # fmt: skip
    other = process("q", [start("b2"), end("e2")], "b2 -> e2")
    content = _more(diagram(process("p", [start(), node("userTask", "a", inner), called, end()],
                                    "begin -> a -> c -> done"), other), _ZEEBE)  # fmt: skip
    assert not any(one.refuses for one in check({"a.bpmn": content}, forms=("plan",)))
    assert walk({"a.bpmn": content})[0].path == ("begin", "a", "b2", "e2", "c", "done")


def test_the_only_process_is_run_and_one_of_two_must_say_so() -> None:
    def marked(*names: str) -> bytes:
        made = [process(name, [start(f"b{name}"), end(f"e{name}")], f"b{name} -> e{name}") for name in names]
        return diagram(*made).replace(b'isExecutable="true"', b'isExecutable="false"')

    assert [one.severity for one in check({"a.bpmn": marked("p")})] == ["note"]
    assert [one.rule for one in check({"a.bpmn": marked("p", "q")}) if one.refuses] == ["no-process"]
    assert [one.outcome for one in walk({"a.bpmn": marked("p", "q")})] == ["completed", "completed"]


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_other_encodings_and_prefixes(encoding: str) -> None:
    text = _line(user("prüfen"), arrows="begin -> prüfen -> done").decode().replace("UTF-8", encoding)
    text = text.replace("bpmn:", "").replace("xmlns:bpmn", "xmlns").replace(f'bpmn="{BPMN}"', f'="{BPMN}"')
    assert _one(text.encode(encoding)).path == ("begin", "prüfen", "done")


def test_tables_that_decide_nothing_give_nothing() -> None:
    rule = node("businessRuleTask", "r", attributes='camunda:decisionRef="t"')
    content = _more(_line(rule, arrows="begin -> r -> done"), _CAMUNDA)
    tables = table("t", ["size"], ["who"], [["> 3", "'ann'"]])
    found = walk({"a.bpmn": content, "t.dmn": tables})
    assert [(one.outcome, one.path) for one in found] == [("completed", ("begin", "r", "done"))]


def test_a_walk_of_a_step_that_is_named_needs_no_step() -> None:
    assert _one(_line(service("s", "any.step"), arrows="begin -> s -> done")).outcome == "completed"


def test_a_folder_may_hold_strangers_and_a_diagram_finds_what_it_needs() -> None:
    content = _line(call("c", "q"), arrows="begin -> c -> done")
    other = diagram(process("q", [start("b2"), end("e2")], "b2 -> e2"))
    files = {"a.bpmn": content, "b.bpmn": other, "c.bpmn": other, "d.bpmn": content, "e.bpmn": b"nothing"}
    found = neighbours(files)
    assert {name: sorted(group) for name, group in found.items()} == {
        "a.bpmn": ["a.bpmn", "b.bpmn"], "b.bpmn": ["b.bpmn"], "c.bpmn": ["c.bpmn"], "d.bpmn": ["b.bpmn", "d.bpmn"],
        "e.bpmn": ["e.bpmn"],
    }  # fmt: skip


def test_a_timer_that_nobody_has_set_is_due_at_once() -> None:
    for kind in ("Date", "Duration"):
        found = _one(_line(catch("t", timer(kind, "deadline")), arrows="begin -> t -> done"))
        assert (found.outcome, found.path) == ("completed", ("begin", "t", "done"))


def test_an_end_that_nothing_leads_to_stays_when_it_is_the_only_one() -> None:
    nodes = [start("in"), xor("again"), catch("ring", message("m")), end("never")]
    inner, stop = part("s", nodes, "in -> again -> ring -> again"), boundary("stop", "s", message("halt"))
    found = _one(_line(inner, stop, end("halted"), arrows="begin -> s -> done; stop -> halted"))
    assert found.outcome == "waiting"
    assert set(found.waiting_for) == {"ring", "stop"}


def test_functions_that_only_the_procedure_knows_give_nothing() -> None:
    late = boundary("late", "a", timer("Date", "working_days(3)"), interrupting=False)
    arrows = "begin -> g -[open_on('MON')]-> a -> done; g -[1 == 2]-> b -> done; late -> told"
    found = _one(_line(xor("g"), user("a", due="=working_days(2)"), late, end("told"), user("b"), arrows=arrows))
    assert found.outcome == "completed"
    assert "a" in found.path
