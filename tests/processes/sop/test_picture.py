"""The diagrams as pictures: everything is drawn, lines meet their shapes, nothing lies on anything else."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from tests.processes.sop.drawing import PROCESSES, Box, Drawing

pytestmark = pytest.mark.parametrize("process", PROCESSES)
POOL_AND_LANES = ("participant", "lane")


@pytest.fixture
def drawing(process: str) -> Drawing:
    """One diagram."""
    return Drawing(process)


def objects(drawing: Drawing) -> dict[str, Box]:
    """The shapes that must not lie on each other: nodes and data objects, without sub-processes."""
    data = {item.get("id") for item in drawing.find("//bpmn:dataObjectReference")}
    nodes = {node for node in drawing.nodes if drawing.kind(node) != "subProcess"}
    return {name: drawing.shapes[name] for name in nodes | data}


def attached(drawing: Drawing, one: str, other: str) -> bool:
    """Whether one is a boundary event on the other."""
    return any(
        a in drawing.nodes and drawing.nodes[a].get("attachedToRef") == b for a, b in ((one, other), (other, one))
    )


def test_everything_is_drawn(drawing):
    lanes = {lane.get("id") for kind in POOL_AND_LANES for lane in drawing.find(f"//bpmn:{kind}")}
    assert set(drawing.nodes) | lanes <= set(drawing.shapes)
    assert set(drawing.flows) <= set(drawing.edges)


def test_lines_run_square_and_begin_and_end_at_their_shapes(drawing):
    for name, flow in drawing.flows.items():
        way = drawing.edges[name]
        assert len(way) >= 2
        assert drawing.shapes[flow.get("sourceRef")].touches(*way[0]), name
        assert drawing.shapes[flow.get("targetRef")].touches(*way[-1]), name
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(way)), name


def test_no_two_shapes_overlap(drawing):
    shapes = objects(drawing)
    met = [(a, b) for a, b in combinations(shapes, 2) if shapes[a].meets(shapes[b], 4) and not attached(drawing, a, b)]
    assert met == []


def test_everything_lies_inside_what_is_around_it(drawing):
    pool = drawing.shapes[drawing.find("//bpmn:participant")[0].get("id")]
    assert all(pool.holds(box) for box in drawing.shapes.values())
    for outer in drawing.of_kind("subProcess"):
        inside = [node for node in drawing.nodes if drawing.nodes[node].getparent() is drawing.nodes[outer]]
        assert inside
        assert all(drawing.shapes[outer].holds(drawing.shapes[node]) for node in inside)


def test_lines_pass_by_shapes(drawing):
    through = []
    for name, flow in drawing.flows.items():
        ends = {flow.get("sourceRef"), flow.get("targetRef")}
        ends |= {drawing.nodes[end].get("attachedToRef") for end in ends}
        for other, box in objects(drawing).items():
            on_an_end = other in drawing.nodes and drawing.nodes[other].get("attachedToRef") in ends
            if (
                other not in ends
                and not on_an_end
                and any(_between(a, b).meets(box) for a, b in pairwise(drawing.edges[name]))
            ):
                through.append((name, other))
    assert through == []


def test_names_can_be_read(drawing):
    labels = drawing.labels()
    assert [(a, b) for a, b in combinations(labels, 2) if labels[a].meets(labels[b])] == []
    covered = []
    for name, label in labels.items():
        for other, box in objects(drawing).items():
            # The corner of a diamond's frame is empty.
            margin = -8 if other in drawing.nodes and drawing.kind(other).endswith("Gateway") else 0
            if other != name and label.meets(box, margin):
                covered.append((name, other))
        covered += [
            (name, edge)
            for edge, way in drawing.edges.items()
            if any(_between(a, b).meets(label) for a, b in pairwise(way))
        ]
    assert covered == []


def test_what_happens_has_a_name(drawing):
    for node in drawing.of_kind(
        "startEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "userTask"
    ):
        inner_start = drawing.kind(node) == "startEvent" and drawing.nodes[node].getparent() is not drawing.process
        assert inner_start or drawing.nodes[node].get("name"), node


def _between(a: tuple[float, float], b: tuple[float, float]) -> Box:
    return Box(min(a[0], b[0]), min(a[1], b[1]), abs(a[0] - b[0]), abs(a[1] - b[1]))
