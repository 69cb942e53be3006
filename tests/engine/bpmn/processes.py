"""Small processes, one for each thing that the engine must do as drawn."""

from __future__ import annotations

from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    call,
    catch,
    diagram,
    each,
    end,
    first,
    loop,
    message,
    node,
    part,
    process,
    script,
    some,
    start,
    table,
    timer,
    user,
    xor,
)  # fmt: skip


def _files(nodes: list[str], arrows: str, extra: str = "", *more: bytes) -> dict[str, bytes]:
    content = diagram(process("p", [start(), *nodes, end()], arrows), extra=extra)
    return {"a.bpmn": content, **{f"{number}.dmn": item for number, item in enumerate(more)}}


_INNER = [start("in"), user("ia"), end("out")]
_PICK = "'x' if n % 2 else 'y'"

COMPARED: dict[str, dict[str, bytes]] = {
    "sequence": _files([user("a"), script("s", "n = n + 1"), user("b")], "begin -> a -> s -> b -> done"),
    "choice and rework": _files(
        [user("a"), xor("x", "x_a"), user("b")], "begin -> a -> x; x -> a; x -[flag]-> b -> done"
    ),
    "parallel": _files(
        [both("sp"), user("a"), user("b"), user("c"), both("jo"), user("d")],
        "begin -> sp; sp -> a -> jo; sp -> b -> c -> jo; jo -> d -> done",
    ),
    "parallel in parallel": _files(
        [both("sp"), both("sq"), user("a"), user("b"), user("c"), both("jp"), both("jq")],
        "begin -> sp; sp -> a -> jp; sp -> sq; sq -> b -> jq; sq -> c -> jq; jq -> jp; jp -> done",
    ),
    "implicit end of branches": _files(
        [both("sp"), user("a"), user("b"), end("e2")], "begin -> sp; sp -> a -> done; sp -> b -> e2"
    ),
    "inclusive": _files(
        [user("z"), some("sp", "sp_c"), user("a"), user("b"), user("c"), some("jo"), user("d")],
        "begin -> z -> sp; sp -[flag]-> a -> jo; sp -[n > 1]-> b -> jo; sp -> c -> jo; jo -> d -> done",
    ),
    "sub-process": _files(
        [part("sub", _INNER, "in -> ia -> out"), user("b")], "begin -> sub -> b -> done"
    ),
    "sub-process in sub-process": _files(
        [part("sub", [start("in"), part("deep", [start("i2"), user("ib"), end("o2")], "i2 -> ib -> o2"), end("out")],
              "in -> deep -> out"), user("b")],
        "begin -> sub -> b -> done",
    ),
    "everybody": _files(
        [user("m", each("people", "who", "answers", "answer")), user("b")], "begin -> m -> b -> done"
    ),
    "one after the other": _files(
        [user("m", each("people", "who", "answers", "answer", one_by_one=True))], "begin -> m -> done"
    ),
    "until one says no": _files(
        [user("m", each("people", "who", "answers", "answer", until="answer == 'no'")), user("b")],
        "begin -> m -> b -> done",
    ),
    "one after the other until no": _files(
        [user("m", each("people", "who", "answers", "answer", until="answer == 'no'", one_by_one=True))],
        "begin -> m -> done",
    ),
    "everybody in a sub-process": _files(
        [part("sub", [start("in"), user("ia"), user("ib"), end("out")], "in -> ia -> ib -> out",
              each("people", "who", "answers", "answer"))],
        "begin -> sub -> done",
    ),
    "standard loop": _files([user("l", loop("not flag", maximum=4)), user("b")], "begin -> l -> b -> done"),
    "loop tested before": _files([user("l", loop("n < 2", before=True, maximum=5))], "begin -> l -> done"),
    "message": _files(
        [user("a"), catch("c", message("go", variable="got")), user("b")], "begin -> a -> c -> b -> done"
    ),
    "interrupting message": _files(
        [user("a"), boundary("stop", "a", message("halt", variable="got")), user("b"), xor("m")],
        "begin -> a -> m; stop -> b -> m; m -> done",
    ),
    "timer that has passed, beside": _files(
        [user("a"), boundary("t", "a", timer("Date", '"2000-01-01T00:00:00+00:00"'), interrupting=False), user("b"),
         end("e2")],
        "begin -> a -> done; t -> b -> e2",
    ),
    "terminate": _files(
        [both("sp"), user("a"), user("b"), end("kill", "<bpmn:terminateEventDefinition/>")],
        "begin -> sp; sp -> a -> kill; sp -> b -> done",
    ),
    "first event": _files(
        [first("g"), catch("c1", message("go", variable="got")), catch("c2", message("halt", variable="got")),
            user("a"), user("b"),
         xor("m")],
        "begin -> g; g -> c1 -> a -> m; g -> c2 -> b -> m; m -> done",
    ),
    "decision": _files(
        [user("a"), node("businessRuleTask", "r", "<bpmn:extensionElements><spiffworkflow:calledDecisionId>how"
                         "</spiffworkflow:calledDecisionId></bpmn:extensionElements>"), user("b")],
        "begin -> a -> r -> b -> done", "",
        table("how", ["n", "flag"], ["size", "word"],
              [["> 2", "-", "'big'", "n * 2"], ["? in [0, 1, 2]", "True", "'yes'", "1"], ["<= 2", "False", "'no'",
                  ""]]),
    ),
    "called process": {
        "a.bpmn": diagram(
            process("p", [start(), call("sub", "q"), user("b"), end()], "begin -> sub -> b -> done"),
            process("q", [start("in"), user("ia"), script("is_", "n = n + 1"), end("out")], "in -> ia -> is_ -> out"),
        )
    },
}  # fmt: skip
"""Processes that the stock engine runs as drawn."""

LOOPS: dict[str, dict[str, bytes]] = {
    "parallel in a rework loop": _files(
        [xor("y"), both("sp"), user("a"), user("b"), user("c"), both("jo"), user("check"), xor("x", "x_y")],
        "begin -> y -> sp; sp -> a -> jo; sp -> b -> jo; sp -> c -> jo; jo -> check -> x; x -> y; x -[flag]-> done",
    ),
    "nested parallel in a rework loop": _files(
        [xor("y"), both("sp"), both("sq"), user("a"), user("b"), user("c"), both("jq"), both("jp"), user("check"),
         xor("x", "x_y")],
        "begin -> y -> sp; sp -> a -> jp; sp -> sq; sq -> b -> jq; sq -> c -> jq; jq -> jp; jp -> check -> x; x -> y;"
        " x -[flag]-> done",
    ),
    "rework inside a parallel branch": _files(
        [both("sp"), user("a"), user("check"), xor("x", "x_b"), user("b"), user("c"), both("jo")],
        "begin -> sp; sp -> a -> jo; sp -> b -> check -> x; x -> b; x -[flag]-> jo; sp -> c -> jo; jo -> done",
    ),
    "inclusive in a rework loop": _files(
        [user("z"), some("sp", "sp_c"), user("a"), user("b"), user("b2"), user("c"), some("jo"), user("check"),
         xor("x", "x_z")],
        "begin -> z -> sp; sp -[flag]-> a -> jo; sp -[n > 1]-> b -> b2 -> jo; sp -> c -> jo; jo -> check -> x; x -> z;"
        " x -[flag]-> done",
    ),
}  # fmt: skip
"""Processes that the stock engine runs otherwise than drawn: compared with a token game instead."""
