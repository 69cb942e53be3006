"""Ad-hoc sub-processes: everything is offered, people choose, and a condition ends it or all being done."""

from __future__ import annotations

from engine.bpmn import check, walk
from tests.engine.bpmn.diagrams import (
    boundary,
    call,
    diagram,
    each,
    end,
    flows,
    message,
    node,
    part,
    process,
    script,
    start,
    user,
)  # fmt: skip
from tests.engine.bpmn.driven import Driven, one


def _ad_hoc(*nodes: str, arrows: str = "", until: str = "", leaves: bool = False, order: str = "Parallel") -> str:
    condition = f"<bpmn:completionCondition>{until}</bpmn:completionCondition>" if until else ""
    said = f'ordering="{order}"' + (' cancelRemainingInstances="false"' if leaves else "")
    return node("adHocSubProcess", "s", "".join(nodes) + flows(arrows) + condition, attributes=said)


def _content(ad_hoc: str, *more: str, arrows: str = "") -> bytes:
    return diagram(process("p", [start(), ad_hoc, user("z"), end(), *more], f"begin -> s -> z -> done; {arrows}"))


def _run(ad_hoc: str, *more: str, arrows: str = "", **data: object) -> Driven:
    content = _content(ad_hoc, *more, arrows=arrows)
    assert not [one for one in check({"a.bpmn": content}) if one.refuses or one.severity == "note"]
    return Driven(one(content), data)


_SOME = (user("a"), user("b"), user("c"))


def test_everything_is_offered_and_done_in_any_order() -> None:
    for order in ("Parallel", "Sequential"):
        run = _run(_ad_hoc(*_SOME, arrows="a -> c", order=order))
        assert run.elements() == ["a", "b"]
        run.complete("b", {"by": "b"})
        run.complete("a")
        assert run.elements() == ["c"]
        run.complete("c")
        assert run.elements() == ["z"]
        assert run.moved.tasks[0].data == {"by": "b"}


def test_a_condition_ends_it_and_what_is_open_is_cancelled() -> None:
    run = _run(_ad_hoc(*_SOME, until="yes == 2"), yes=0, seen=0)
    run.complete("a", {"seen": 7})
    assert run.elements() == ["b", "c"]
    run.complete("b", {"yes": 2})
    assert run.elements() == ["z"]
    assert ("c", "cancelled") in [(one.element, one.state) for one in run.moved.finished]
    assert run.moved.tasks[0].data == {"yes": 2, "seen": 7}


def test_a_condition_sees_what_all_have_done() -> None:
    run = _run(_ad_hoc(*_SOME, until="a_ok and b_ok"), a_ok=False, b_ok=False)
    run.complete("a", {"a_ok": True})
    run.complete("b", {"b_ok": True})
    assert run.elements() == ["z"]
    assert run.moved.tasks[0].data == {"a_ok": True, "b_ok": True}


def test_what_was_begun_may_be_left_to_end() -> None:
    run = _run(_ad_hoc(*_SOME, user("d"), arrows="a -> d", until="yes", leaves=True), yes=False)
    run.complete("a")
    run.complete("b", {"yes": True})
    assert run.elements() == ["d"]
    run.complete("d")
    assert run.elements() == ["z"]
    assert run.moved.tasks[0].data == {"yes": True}


def test_when_all_is_done_and_the_condition_does_not_hold_all_is_offered_again() -> None:
    run = _run(_ad_hoc(*_SOME, until="n == 5"), n=0)
    sizes = []
    for number in range(6):
        for name in ("a", "b", "c"):
            assert name in run.elements()
            run.complete(name, {"n": number})
            sizes.append(len(run.moved.state))
            if run.elements() == ["z"]:
                break
    assert run.elements() == ["z"]
    assert max(sizes[:3]) + 48 > max(sizes)


def test_a_condition_that_cannot_be_worked_out_is_an_incident_and_the_answer_is_kept() -> None:
    run = _run(_ad_hoc(*_SOME, until="n == 5"))
    run.complete("a")
    assert [one.element for one in run.moved.failures] == ["s"]
    assert run.elements() == ["b", "c"]
    run.complete("b", {"n": 5})
    assert (run.elements(), run.moved.failures) == (["z"], ())


def test_parts_of_every_kind_may_be_in_it() -> None:
    inner = part("deep", [start("in"), user("ia"), end("out")], "in -> ia -> out")
    several = user("m", each("people", "who", "answers", "answer"))
    run = _run(_ad_hoc(inner, several, script("t", "n = 1")), people={"ann": "x", "bob": "y"})
    assert run.elements() == ["ia", "m", "m"]
    run.complete(("m", "bob"), {"answer": 1})
    run.complete("ia")
    run.complete(("m", "ann"), {"answer": 2})
    assert run.elements() == ["z"]
    assert (run.moved.tasks[0].data["answers"], run.moved.tasks[0].data["n"]) == ({"ann": 2, "bob": 1}, 1)


def test_events_on_its_border_end_it() -> None:
    run = _run(_ad_hoc(*_SOME), boundary("stop", "s", message("halt")), end("e2"), arrows="stop -> e2")
    run.complete("a")
    run.send("halt")
    assert run.moved.completed


def test_what_lasts_is_not_put_one_after_the_other() -> None:
    lasting = _ad_hoc(user("a"), call("c", "q"), order="Sequential")
    files = {"a.bpmn": _content(lasting), "b.bpmn": diagram(process("q", [start("b2"), end("e2")], "b2 -> e2"))}
    assert [(one.rule, one.element) for one in check(files) if one.refuses] == [("ad-hoc-order", "c")]


def test_a_walk_does_all_of_it() -> None:
    (found,) = walk({"a.bpmn": _content(_ad_hoc(*_SOME, arrows="a -> c", until="unknown > 3"))})
    assert (found.outcome, found.path) == ("completed", ("begin", "a", "c", "b", "s", "z", "done"))
