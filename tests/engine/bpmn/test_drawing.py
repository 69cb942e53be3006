"""What a definition says about its drawing, and which way a run has gone."""

from __future__ import annotations

from tests.engine.bpmn.diagrams import (
    both,
    call,
    diagram,
    each,
    end,
    node,
    part,
    process,
    service,
    start,
    user,
    xor,
)  # fmt: skip
from tests.engine.bpmn.driven import Driven, one

_NODES = [
    start(), user("a", name="Write the plan", form="plan", clause="5.1a 5.1b"),
    part("sub", [start("in"), user("ia"), end("out")], "in -> ia -> out"), xor("x", "x_done"), end(),
]  # fmt: skip
_ARROWS = "begin -> a -> sub -> x; x -> done; x -[again]-> a"


def test_elements_say_who_and_what() -> None:
    lanes = {"Project Manager": ["begin", "a"], "Stakeholder": ["sub", "x", "done"]}
    prepared = one(diagram(process("p", _NODES, _ARROWS, lanes)))
    plan = prepared.elements["a"]
    assert (plan.name, plan.kind, plan.role, plan.parent) == ("Write the plan", "userTask", "Project Manager", "p")
    assert dict(plan.properties) == {"form": "plan", "clause": "5.1a 5.1b"}
    assert (set(plan.incoming), plan.outgoing) == ({"begin_a", "x_a"}, ("a_sub",))
    inner = prepared.elements["ia"]
    assert (inner.role, inner.parent) == ("Stakeholder", "sub")
    assert prepared.flows["x_a"].condition == "again"
    assert (prepared.process, prepared.file, prepared.starts) == ("p", "a.bpmn", ())


def test_finished_elements_name_the_flows_they_left_by() -> None:
    run = Driven(one(diagram(process("p", _NODES, _ARROWS))), {"again": True})
    run.complete("a")
    run.complete("ia")
    assert [(item.element, item.flows) for item in run.moved.finished] == [
        ("ia", ("ia_out",)), ("out", ()), ("sub", ("sub_x",)), ("x", ("x_a",)),
    ]  # fmt: skip
    run.complete("a")
    run.complete("ia", {"again": False})
    travelled = {flow for moved in run.history for item in moved.finished for flow in item.flows}
    assert travelled == set(run.prepared.flows)
    assert len({item.task for moved in run.history for item in moved.finished}) == sum(
        len(moved.finished) for moved in run.history
    )


def test_what_is_drawn_for_readers_demands_nothing() -> None:
    output = (
        '<bpmn:ioSpecification id="io"><bpmn:dataOutput id="out1"/><bpmn:outputSet id="os"><bpmn:dataOutputRefs>out1'
        "</bpmn:dataOutputRefs></bpmn:outputSet></bpmn:ioSpecification>"
        '<bpmn:dataOutputAssociation id="da"><bpmn:targetRef>plan_ref</bpmn:targetRef></bpmn:dataOutputAssociation>'
    )
    drawn = [
        start(), user("a", output), end(), '<bpmn:dataObject id="plan"/>',
        '<bpmn:dataObjectReference id="plan_ref" dataObjectRef="plan" name="Milestone Plan"/>',
        '<bpmn:dataStoreReference id="store_ref" dataStoreRef="store"/>',
    ]  # fmt: skip
    content = diagram(process("p", drawn, "begin -> a -> done"), extra='<bpmn:dataStore id="store" name="Files"/>')
    run = Driven(one(content), {"x": 1})
    run.complete("a")
    assert run.moved.data == {"x": 1}


def test_prefixes_and_encodings_are_free() -> None:
    content = diagram(process("p", [start(), user("a", name="Zpráva"), end()], "begin -> a -> done")).decode()
    renamed = content.replace("bpmn:", "b2:").replace("xmlns:bpmn", "xmlns:b2")
    for text, encoding in ((renamed, "UTF-8"), (content, "UTF-16"), (content, "ISO-8859-2")):
        given = text.replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding)
        assert one(given).elements["a"].name == "Zpráva"


def test_flows_without_id_get_one_that_stays() -> None:
    content = diagram(process("p", [start(), user("a"), end()], "begin -> a -> done")).replace(b'id="begin_a" ', b"")
    first, second = one(content), one(content)
    assert first.elements["a"].incoming == second.elements["a"].incoming == ("flow.begin.a",)
    assert Driven(first, {}).moved.finished[0].flows == ("flow.begin.a",)


def test_a_called_process_lies_in_another_file() -> None:
    caller = diagram(process("p", [start(), call("c", "q"), user("b"), end()], "begin -> c -> b -> done"))
    called = diagram(process("q", [start("in"), user("qa"), end("out")], "in -> qa -> out", {"Stakeholder": ["qa"]}))
    prepared = one(caller, called, process="p")
    assert prepared.calls == ("q",)
    run = Driven(prepared, {"x": 1})
    assert [(task.element, task.role) for task in run.moved.tasks] == [("qa", "Stakeholder")]
    run.complete("qa", {"x": 2})
    assert run.moved.tasks[0].data == {"x": 2}


def test_an_inner_lane_has_the_last_word() -> None:
    def lane(name: str, inner: str = "") -> str:
        return f'<bpmn:lane id="{name}" name="{name}"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>{inner}</bpmn:lane>'

    inner = f"<bpmn:childLaneSet>{lane('Sponsor')}</bpmn:childLaneSet>"
    lanes = f"<bpmn:laneSet>{lane('Outer', inner)}</bpmn:laneSet>"
    assert (
        one(diagram(process("p", [lanes, start(), user("a"), end()], "begin -> a -> done"))).elements["a"].role
        == "Sponsor"
    )


def test_several_instances_carry_their_key_through_every_step() -> None:
    run = Driven(
        one(diagram(process("p", [start(), both("sp"), user("m", each("people", "who", "answers", "answer")), user("b"),
                                  both("jo"), end()], "begin -> sp; sp -> m -> jo; sp -> b -> jo; jo -> done"))),
        {"people": ["x", "y"]},
    )  # fmt: skip
    run.complete("b")
    assert [(task.key, task.item, task.assignee) for task in run.moved.tasks] == [("0", "x", None), ("1", "y", None)]
    run.complete(("m", "1"), {"answer": 1})
    run.complete(("m", "0"), {"answer": 0})
    assert run.moved.data["answers"] == [1, 0]


def test_work_without_the_program_is_passed_through() -> None:
    nodes = [start(), node("manualTask", "m"), node("task", "t"), node("intermediateThrowEvent", "i"), end()]
    assert Driven(one(diagram(process("p", nodes, "begin -> m -> t -> i -> done"))), {}).moved.completed


def test_where_boxes_are_drawn_changes_nothing() -> None:
    nodes = [start(), xor("x", "x_c"), user("a"), user("b"), user("c"), xor("m"), end()]
    content = diagram(
        process("p", nodes, "begin -> x; x -[n > 0]-> a -> m; x -[n > 1]-> b -> m; x -> c -> m; m -> done")
    )
    space = "http://www.omg.org/spec/BPMN/20100524/DI"
    for high, low in (("a", "b"), ("b", "a")):
        shapes = "".join(
            f'<di:BPMNShape bpmnElement="{name}"><c:Bounds x="0" y="{y}"/></di:BPMNShape>'
            for name, y in ((high, 10), (low, 500), ("c", "no number"))
        )
        picture = (
            f'<di:BPMNDiagram xmlns:di="{space}" xmlns:c="http://www.omg.org/spec/DD/20100524/DC"><di:BPMNPlane>{shapes}'
            "</di:BPMNPlane></di:BPMNDiagram></bpmn:definitions>"
        )
        drawn = content.replace(b"</bpmn:definitions>", picture.encode())
        assert Driven(one(drawn), {"n": 5}).elements() == ["a"]


def test_attributes_that_editors_leave_out_are_filled_in() -> None:
    content = diagram(process("p", [start(), service("s", "x", amount="1"), user("a", form=""), end()],
                              "begin -> s -> a -> done"))  # fmt: skip
    content = content.replace(b' type="any"', b"").replace(b'name="form" value=""', b'name="form"')
    run = Driven(one(content), {}, call=lambda at: {"paid": at.parameters["amount"]})
    assert run.moved.tasks[0].data == {"paid": 1}
    assert dict(run.moved.tasks[0].properties) == {"form": ""}


def test_the_longest_process_that_is_allowed_runs() -> None:
    names = [f"t{number}" for number in range(397)]
    nodes = [start(), *[node("task", name) for name in names], user("a"), end()]
    run = Driven(one(diagram(process("p", nodes, "begin -> " + " -> ".join(names) + " -> a -> done"))), {})
    assert run.elements() == ["a"]
    assert len(run.moved.state) < 500
