"""From the files of a bundle to processes that are ready to run and safe to share between threads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from engine.bpmn.attached import BoundaryEvent, Listener, Occurrence
from engine.bpmn.choosing import watch
from engine.bpmn.decisions import Table, read_tables
from engine.bpmn.elements import Chart, as_drawn, chart, processes
from engine.bpmn.handlers import undone_by
from engine.bpmn.joins import InclusiveGateway, ParallelGateway
from engine.bpmn.mapping import GIVES, RESULT, TAKES, ways_of
from engine.bpmn.model import Prepared
from engine.bpmn.normalising import normalised
from engine.bpmn.parser import Parser
from engine.bpmn.source import Document
from engine.bpmn.tasks import BusinessRuleTask, CallActivity
from engine.errors import DiagramRefused
from engine.values import Finding

if TYPE_CHECKING:
    from lxml.etree import _Element
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
    from SpiffWorkflow.specs.base import TaskSpec


def prepared(documents: Iterable[Document]) -> Mapping[str, Prepared]:
    """The processes of a bundle by their ids. Raises DiagramRefused with what SpiffWorkflow has against them."""
    documents = tuple(documents)
    tables = {table.id: table for one in documents if one.is_decision for table in read_tables(one.root)}
    return prepared_from([(one.file, normalised(one.root).root) for one in documents if not one.is_decision], tables)


def prepared_from(roots: Iterable[tuple[str, _Element]], tables: Mapping[str, Table]) -> Mapping[str, Prepared]:
    """The processes of normalised diagrams (file, root) by their ids. Raises DiagramRefused."""
    parser, charts = Parser(dict(tables)), {}
    for file, root in roots:
        _add(parser, root, file)
        charts.update({process.get("id"): (file, chart(process)) for process in processes(root)})
    found = {}
    for name, (file, drawn) in charts.items():
        try:
            spec, parts = parser.get_spec(name), parser.get_subprocess_specs(name)
        except (ValidationException, RecursionError) as error:
            raise DiagramRefused([_finding(error, file)]) from error
        calls = tuple(part for part in parts if part in charts)
        elements, flows = as_drawn(drawn)
        found[name] = Prepared(
            name, drawn.name, file, drawn.documentation, elements, flows, drawn.starts, calls, spec,
            MappingProxyType(dict(parts)), drawn.clocks,
        )  # fmt: skip
    _finish(found, {name: drawn for name, (_, drawn) in charts.items()})
    return MappingProxyType(found)


def _add(parser: Parser, root: _Element, file: str) -> None:
    try:
        parser.add_bpmn_xml(root, file)
    except ValidationException as error:
        raise DiagramRefused([_finding(error, file)]) from error


def _finding(error: ValidationException | RecursionError, file: str) -> Finding:
    if isinstance(error, RecursionError):
        return Finding(
            None, "too-long", "error", "The process has too many elements in a row. Use sub-processes.", file
        )
    return Finding(
        getattr(error, "tag_id", None) or getattr(error, "id", None), "not-runnable", "error",
        f"This cannot be run: {str(error).strip(' .')}. Draw it anew.", file,
    )  # fmt: skip


def _finish(found: Mapping[str, Prepared], charts: Mapping[str, Chart]) -> None:
    specs = {id(spec): spec for ready in found.values() for spec in (ready.spec, *ready.parts.values())}
    owners = {
        id(spec): charts[ready.process]
        for ready in found.values()
        for spec in (ready.spec, *ready.parts.values())
        if spec.name == ready.process or spec.name in charts[ready.process].elements
    }
    for key, spec in specs.items():
        if key not in owners:
            sentence = f"The part {spec.name!r} belongs to no process that can be run. Mark its process as executable."
            raise DiagramRefused([Finding(None, "not-runnable", "error", sentence)])
        _finish_process(spec, owners[key])


def _finish_process(spec: BpmnProcessSpec, drawn: Chart) -> None:
    """Do now what SpiffWorkflow would do to a definition at run time, and hang what we know on each of its parts."""
    flows: dict[str, dict[str, str]] = {}
    for flow in drawn.flows.values():
        for target in (flow.target, f"{flow.target}.BoundaryEventSplit"):
            flows.setdefault(flow.source, {}).setdefault(target, flow.id)
    for part in list(spec.task_specs.values()):
        if isinstance(part, BoundaryEvent | Listener) and not part.interrupts:
            Occurrence.of(part, f"~each.{part.name}")
    spec.watched = frozenset().union(*(
        event.names for part in spec.task_specs.values() for event in getattr(part, "conditions", list)()
    ))  # fmt: skip
    around = drawn.nodes.get(spec.name)
    spec.beside = around is not None and around.get("triggeredByEvent") == "true"
    for part in spec.task_specs.values():
        _finish_part(part, spec, drawn, flows)
    watch(spec, drawn)
    for part in spec.task_specs.values():
        if isinstance(part, InclusiveGateway | ParallelGateway) and len(part._inputs) > 1:
            part.reach = _reach(spec, part)


def _finish_part(part: TaskSpec, spec: BpmnProcessSpec, drawn: Chart, flows: Mapping[str, Mapping[str, str]]) -> None:
    part.element = drawn.elements.get(getattr(part, "bpmn_id", None) or "")
    part.flows = flows.get(getattr(part, "stands_for", part.name), {}) if part.element is not None else {}
    part.whole = getattr(part, "whole", None)
    if part.element is not None and part.whole is None:
        part.undone_by = undone_by(drawn.nodes[part.element.id])
    if isinstance(part, CallActivity):
        part.gives, part.takes = (ways_of(drawn.nodes[part.element.id], name) for name in (GIVES, TAKES))
    if isinstance(part, BusinessRuleTask):
        part.result = drawn.nodes[part.element.id].get(RESULT, "")
    if hasattr(part, "merge_child"):
        instance = spec.task_specs[part.task_spec]
        if not instance.completed_event.is_connected(part.merge_child):
            instance.completed_event.connect(part.merge_child)


def _reach(spec: BpmnProcessSpec, gateway: TaskSpec) -> dict[str, frozenset[str]]:
    """For each part of a process the inputs of the gateway that a token there can come to, not through the gateway."""
    inputs = list(gateway._inputs)
    found: dict[str, int] = {}
    for number, entry in enumerate(inputs):
        found[entry] = found.get(entry, 0) | 1 << number
    level = set(found)
    while level:
        further = set()
        for name in level:
            for before in spec.task_specs[name]._inputs:
                known = found.get(before, 0)
                if before != gateway.name and before in spec.task_specs and known | found[name] != known:
                    found[before] = known | found[name]
                    further.add(before)
        level = further
    # Most parts reach the same inputs: one set stands for all of them.
    sets = {bits: frozenset(entry for number, entry in enumerate(inputs) if bits >> number & 1)
            for bits in set(found.values())}  # fmt: skip
    return {name: sets[bits] for name, bits in found.items()}
