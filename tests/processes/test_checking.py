"""What changes the plan stands behind a signature on every way; and every finding of the procedure has a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import processes
import processes.checking
from processes.checking import check
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    call,
    diagram,
    each,
    end,
    node,
    part,
    process,
    service,
    start,
    timer,
    user,
    xor,
)
from tests.stories.diagrams import unsigned

SIGN = user("sign", signature="= decision")
APPLY = service("apply", "change.apply")
LATE = timer("Duration", "P5D")


def _ways(*nodes: str, arrows: str, more: tuple[str, ...] = ()) -> list[str]:
    drawn = diagram(process("p", [start(), *nodes, end()], arrows), *more)
    found = [one for one in check({"p.bpmn": drawn}) if one.rule == "unsigned"]
    assert all(one.element == "apply" and one.refuses for one in found)
    return [re.search(r"signature: (.*)\. Draw", one.sentence)[1] for one in found]


ROUND = "begin -> sign -> apply -> done"


def test_a_signature_on_the_only_way_is_enough() -> None:
    assert _ways(SIGN, APPLY, arrows=ROUND) == []
    assert _ways(xor("g"), SIGN, xor("h"), APPLY, arrows="begin -> g -> sign -> h -> apply -> done; h -> g") == []


def test_the_way_around_the_signature_is_named() -> None:
    assert _ways(APPLY, arrows="begin -> apply -> done") == ["begin > apply"]
    way = _ways(xor("g"), SIGN, user("note"), xor("h"), APPLY,
                arrows="begin -> g -> sign -> h -> apply -> done; g -> note -> h")  # fmt: skip
    assert way == ["begin > note > apply"]


def test_the_signature_of_the_author_alone_is_not_enough() -> None:
    assert _ways(user("sign", signature="authored"), APPLY, arrows=ROUND) == ["begin > sign > apply"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_who_leaves_by_an_event_on_the_border_has_not_signed(interrupting: bool) -> None:
    late = boundary("late", "sign", LATE, interrupting=interrupting)
    assert _ways(SIGN, late, xor("g"), APPLY, arrows="begin -> sign -> g -> apply -> done; late -> g") == [
        "begin > sign > late > apply"
    ]


def test_a_parallel_gateway_waits_for_the_signature_an_exclusive_one_does_not() -> None:
    arrows = "begin -> g -> sign -> h -> apply -> done; g -> note -> h"
    assert _ways(both("g"), SIGN, user("note"), both("h"), APPLY, arrows=arrows) == []
    assert _ways(both("g"), SIGN, user("note"), xor("h"), APPLY, arrows=arrows) == ["begin > note > apply"]


def test_a_part_is_left_only_when_all_in_it_is_done() -> None:
    inner = [start("in"), both("g"), SIGN, user("note"), end("signed"), end("noted")]
    split = part("s", inner, "in -> g -> sign -> signed; g -> note -> noted")
    assert _ways(split, APPLY, arrows="begin -> s -> apply -> done") == []
    choice = part("s", [*inner[:1], xor("g"), *inner[2:]], "in -> g -> sign -> signed; g -> note -> noted")
    assert _ways(choice, APPLY, arrows="begin -> s -> apply -> done") == ["begin > s > in > note > noted > apply"]


def test_an_error_inside_leads_to_the_event_that_catches_it() -> None:
    error = "<bpmn:errorEventDefinition/>"
    inner = part("s", [start("in"), xor("g"), SIGN, end("out"), end("broken", error)],
                 "in -> g -> sign -> out; g -> broken")  # fmt: skip
    arrows = "begin -> s -> done; caught -> apply -> done"
    assert _ways(inner, boundary("caught", "s", error), APPLY, arrows=arrows) == [
        "begin > s > in > broken > caught > apply"
    ]
    apart = part("s", [start("in"), SIGN, end("broken", error)], "in -> sign -> broken")
    assert _ways(apart, boundary("caught", "s", error), APPLY, arrows=arrows) == []


def test_called_processes_are_gone_through() -> None:
    signing = process("q", [start("in"), SIGN, end("out")], "in -> sign -> out")
    talking = process("q", [start("in"), user("talk"), end("out")], "in -> talk -> out")
    arrows = "begin -> c -> apply -> done"
    assert _ways(call("c", "q"), APPLY, arrows=arrows, more=(signing,)) == []
    assert _ways(call("c", "q"), APPLY, arrows=arrows, more=(talking,)) == ["begin > c > in > talk > out > apply"]


def test_a_step_that_is_called_after_the_signature_of_its_caller_is_fine() -> None:
    applying = process("q", [start("in"), APPLY, end("out")], "in -> apply -> out")
    assert _ways(SIGN, call("c", "q"), arrows="begin -> sign -> c -> done", more=(applying,)) == []


def test_an_event_sub_process_comes_at_any_time() -> None:
    inner = node("subProcess", "e", start("heard", LATE) + APPLY + end("out") + part("x", [], "heard -> apply -> out")[
        len('<bpmn:subProcess id="x" >') : -len("</bpmn:subProcess>")
    ], attributes='triggeredByEvent="true"')  # fmt: skip
    assert _ways(SIGN, inner, arrows="begin -> sign -> done") == ["e > heard > apply"]


def test_many_people_who_sign_are_one_signature() -> None:
    many = user("sign", each("people", "person", "decisions", "decision"), signature="= decision['v']")
    assert _ways(many, APPLY, arrows=ROUND) == []


def test_a_task_may_call_the_step_when_it_is_signed_itself() -> None:
    drawn = diagram(process("p", [start(), user("sign", signature="approved", step="plan.freeze"), end()],
                            "begin -> sign -> done"))  # fmt: skip
    assert check({"p.bpmn": drawn}) == []
    unsigned = drawn.replace(b'name="signature" value="approved"', b'name="due" value="P5D"')
    assert [one.rule for one in check({"p.bpmn": unsigned})] == ["unsigned"]


def test_the_bundle_of_the_sop_keeps_its_obligations() -> None:
    assert check(processes.bundle().files) == []


@pytest.mark.parametrize(
    ("task", "reached"),
    [("decide-emergency", {"apply-at-once"}), ("decide-change", {"apply-change", "lapse-change"})],
)
def test_each_way_in_which_a_change_comes_into_force_is_behind_a_signature_of_its_own(task, reached) -> None:
    """The emergency behind the sponsor's, every other change behind those of its approvers."""
    files = processes.bundle().files
    drawn = unsigned(files["change-approval.bpmn"], task)
    found = [one for one in check({**files, "change-approval.bpmn": drawn}) if one.rule == "unsigned"]
    assert {one.element for one in found} == reached


def test_every_finding_of_the_procedure_has_its_page() -> None:
    text = Path(processes.checking.__file__).read_text(encoding="utf-8")
    names = set(re.findall(r'"([a-z-]+)", "(?:error|warning)"', text))
    assert names
    assert names <= set(processes.rulebook())
    pages = processes.rulebook()["unsigned"].diagrams
    assert [one.rule for one in check({"a.bpmn": pages["wrong"]})] == ["unsigned"]
    assert check({"a.bpmn": pages["right"]}) == []
