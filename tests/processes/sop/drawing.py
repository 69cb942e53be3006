"""Reads the diagrams of the bundle as they are drawn: nodes, flows, lanes, shapes and edges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

BUNDLE = Path(__file__).resolve().parents[3] / "processes" / "sop"
PROCESSES = (
    "project-under-sop", "milestone-setup", "weekly-update", "review-cycle", "change-approval", "closure",
    "sop-revision", "action-item", "milestone-acceptance", "escalation",
)  # fmt: skip
NAMES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "spiff": "http://spiffworkflow.org/bpmn/schema/1.0/core",
    "dmn": "https://www.omg.org/spec/DMN/20191111/MODEL/",
}
NODES = (
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "userTask",
    "serviceTask", "businessRuleTask", "exclusiveGateway", "parallelGateway", "eventBasedGateway", "subProcess",
    "callActivity",
)  # fmt: skip


@dataclass(frozen=True)
class Box:
    """A rectangle of the picture."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box, margin: float = 0) -> bool:
        """Whether two rectangles overlap, or come nearer than the margin."""
        return (
            self.x < other.x + other.width + margin and other.x < self.x + self.width + margin
            and self.y < other.y + other.height + margin and other.y < self.y + self.height + margin
        )  # fmt: skip

    def holds(self, other: Box) -> bool:
        """Whether the other lies inside."""
        return (
            self.x <= other.x and other.x + other.width <= self.x + self.width
            and self.y <= other.y and other.y + other.height <= self.y + self.height
        )  # fmt: skip

    def touches(self, x: float, y: float) -> bool:
        """Whether a point lies on the edge, to a pixel."""
        inside = self.x - 1 <= x <= self.x + self.width + 1 and self.y - 1 <= y <= self.y + self.height + 1
        deep = self.x + 1 < x < self.x + self.width - 1 and self.y + 1 < y < self.y + self.height - 1
        return inside and not deep


class Drawing:
    """One diagram of the bundle."""

    def __init__(self, process: str) -> None:
        self.root = etree.fromstring((BUNDLE / f"{process}.bpmn").read_bytes())
        self.process = self.find("/bpmn:definitions/bpmn:process")[0]
        self.nodes = {
            node.get("id"): node for kind in NODES for node in self.process.iter(f"{{{NAMES['bpmn']}}}{kind}")
        }
        self.flows = {flow.get("id"): flow for flow in self.find("//bpmn:sequenceFlow")}
        self.shapes = {shape.get("bpmnElement"): _box(shape) for shape in self.find("//bpmndi:BPMNShape")}
        self.edges = {
            edge.get("bpmnElement"): [
                (float(p.get("x")), float(p.get("y"))) for p in edge.iterfind("di:waypoint", NAMES)
            ]
            for edge in self.find("//bpmndi:BPMNEdge")
        }

    def find(self, path: str, at: etree._Element | None = None) -> list[etree._Element]:
        """What an XPath gives, in the whole file or below a node."""
        return (self.root if at is None else at).xpath(path, namespaces=NAMES)

    def kind(self, node: str) -> str:
        """The BPMN kind of a node."""
        return etree.QName(self.nodes[node]).localname

    def of_kind(self, *kinds: str) -> Iterator[str]:
        """The ids of the nodes of some kinds."""
        return (node for node in self.nodes if self.kind(node) in kinds)

    def properties(self, node: str) -> dict[str, str]:
        """What the diagram says about a node in properties."""
        path = "bpmn:extensionElements/spiff:properties/spiff:property"
        return {item.get("name"): item.get("value") for item in self.nodes[node].iterfind(path, NAMES)}

    def text(self, path: str, node: str) -> str:
        """The text of a child of a node; empty where there is none."""
        return (self.nodes[node].findtext(path, "", NAMES) or "").strip()

    def labels(self) -> dict[str, Box]:
        """The places of the names that are written beside their shapes and edges."""
        return {
            label.getparent().get("bpmnElement"): _box(label) for label in self.find("//bpmndi:BPMNLabel[dc:Bounds]")
        }


def drawings() -> dict[str, Drawing]:
    """All diagrams of the bundle by their process."""
    return {process: Drawing(process) for process in PROCESSES}


def _box(holder: etree._Element) -> Box:
    bounds = holder.find("dc:Bounds", NAMES)
    return Box(*(float(bounds.get(name)) for name in ("x", "y", "width", "height")))
