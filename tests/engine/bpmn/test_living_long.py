"""A parent of five loops for years: the state stays small, and what it does stays right."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from engine.bpmn.calendar import iso
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    catch,
    diagram,
    each,
    end,
    first,
    message,
    part,
    process,
    script,
    start,
    throw,
    timer,
    user,
    xor,
)  # fmt: skip
from tests.engine.bpmn.driven import NOW, Driven, one

STEPS = {"weekly": "P7D", "monthly": "P1M", "quarterly": "P3M", "yearly": "P1Y"}


def _parent() -> bytes:
    nodes, arrows = [start("in"), both("sp"), end("never")], "in -> sp"
    for name, step in STEPS.items():
        payload = f"{{'period': last_due(anchor, '{step}')}}"
        nodes += [
            xor(f"x_{name}"), catch(f"t_{name}", timer("Date", f"next_due(anchor, '{step}')")),
            throw(f"w_{name}", message(f"{name}.due", payload)),
        ]  # fmt: skip
        arrows += f"; sp -> x_{name} -> t_{name} -> w_{name} -> x_{name}"
    nodes += [xor("x_c"), catch("c", message("change.requested", variable="change")),
              throw("w_c", message("change.start", "{'change': change}"))]  # fmt: skip
    arrows += "; sp -> x_c -> c -> w_c -> x_c"
    around = [
        start(), xor("again"), part("run", nodes, arrows), boundary("hold", "run", message("project.hold")),
            first("held"),
        catch("resumed", message("project.resumed")), catch("closing", message("project.close")),
        boundary("close", "run", message("project.close")), xor("m"), user("report"), end(),
    ]  # fmt: skip
    way = (
        "begin -> again -> run; hold -> held; held -> resumed -> again; held -> closing -> m;"
        " close -> m -> report -> done"
    )
    return diagram(process("p", around, way))


def _run() -> Driven:
    return Driven(one(_parent()), {"anchor": iso(NOW), "project": "p1"})


def _size(run: Driven) -> int:
    """The size of the state, had all its numbers one digit: counters grow by a digit now and then."""
    return len(re.sub(rb"\d+", b"0", re.sub(rb'"id":"\w+"', b"", run.moved.state)))


def test_five_loops_and_five_hundred_cycles_leave_the_state_as_it_was() -> None:
    run, sent, sizes = _run(), {}, []
    for _ in range(500):
        due = min(one.due for one in run.moved.timers)
        run.at(run.clock.now.fromisoformat(due))
        for message_ in run.moved.sent:
            sent[message_.message] = sent.get(message_.message, 0) + 1
        sizes.append(_size(run))
    assert len(set(sizes)) == 1
    assert len(run.moved.state) < 2000
    weeks = (run.clock.now - NOW) / timedelta(days=7)
    assert sent["weekly.due"] == int(weeks)
    assert abs(sent["monthly.due"] - weeks * 7 / 30.44) < 2


def test_sixty_holds_fire_nothing_and_leave_the_state_as_it_was() -> None:
    run = _run()
    size = _size(run)
    for _ in range(60):
        run.send("project.hold")
        assert (run.moved.timers, run.waits()) == ((), {"project.resumed", "project.close"})
        run.at(run.clock.now + timedelta(days=40))
        assert run.moved.sent == ()
        run.send("project.resumed")
        assert (run.moved.sent, len(run.moved.timers)) == ((), 4)
    assert _size(run) == size
    run.send("change.requested", {"id": 7})
    assert [sent.payload for sent in run.moved.sent] == [{"change": {"id": 7}}]
    run.send("project.close")
    assert (run.elements(), run.moved.timers) == (["report"], ())


def test_a_thousand_rounds_by_people_cost_no_more_than_ten() -> None:
    nodes = [start(), xor("y"), user("a"), script("s", "n = n + 1"), xor("x", "x_y"), end()]
    run = Driven(
        one(diagram(process("p", nodes, "begin -> y -> a -> s -> x; x -> y; x -[n >= 1000]-> done"))), {"n": 0}
    )
    sizes = []
    while not run.moved.completed:
        sizes.append(_size(run))
        run.complete("a")
    assert len(sizes) == 1000
    assert len(set(sizes[10:])) == 1
    assert run.moved.data == {"n": 1000}


def test_a_long_run_without_people_is_pruned_on_the_way() -> None:
    nodes = [start(), xor("y"), script("s", "n = n + 1"), xor("x", "x_y"), user("a"), end()]
    drawn = diagram(process("p", nodes, "begin -> y -> s -> x; x -> y; x -[n >= 1500]-> a -> done"))
    assert Driven(one(drawn), {"n": 0}).moved.tasks[0].data == {"n": 1500}


def _story(prepared) -> dict:
    run = Driven(prepared, {"people": {"ann": "1", "bob": "2"}, "n": 0})
    for number in range(6):
        run.complete("a", {"n": number})
        run.complete(("m", "bob"), {"answer": number})
        run.complete(("m", "ann"), {"answer": -number})
        run.complete("ib")
        run.complete("ia")
    assert run.moved.completed
    return dict(run.moved.data)


def test_threads_share_definitions() -> None:
    nodes = [
        start(), xor("y"), user("a"), user("m", each("people", "who", "answers", "answer")),
        part("sub", [start("in"), both("sp"), user("ia"), user("ib"), both("jo"), end("out")],
             "in -> sp; sp -> ia -> jo; sp -> ib -> jo; jo -> out"),
        xor("x", "x_y"), end(),
    ]  # fmt: skip
    prepared = one(diagram(process("p", nodes, "begin -> y -> a -> m -> sub -> x; x -> y; x -[n > 4]-> done")))
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(6) as threads:
            results = list(threads.map(lambda _: _story(prepared), range(24)))
    finally:
        sys.setswitchinterval(before)
    assert all(result == results[0] for result in results)
    assert results[0]["answers"] == {"ann": -5, "bob": 5}


def test_the_same_steps_give_the_same_state() -> None:
    def states() -> list[bytes]:
        run = _run()
        run.at(NOW + timedelta(days=31))
        run.send("project.hold")
        return [re.sub(rb'"id":"\w+"', b"", moved.state) for moved in run.history]

    assert states() == states()
