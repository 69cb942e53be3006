"""The stock engine, driven as its documentation shows: what ours is compared with."""

from __future__ import annotations

import io
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

from tests.engine.bpmn.driven import DATA


class Stock:
    """One instance in the stock engine, never saved or loaded."""

    def __init__(
        self,
        files: dict[str, bytes],
        process: str,
        script_engine: PythonScriptEngine | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        parser = SpiffBpmnParser()
        for name, content in files.items():
            root = etree.parse(io.BytesIO(content)).getroot()
            if name.endswith(".dmn"):
                parser.add_dmn_xml(root, name)
            else:
                parser.add_bpmn_xml(root, name)
        self.workflow = BpmnWorkflow(
            parser.get_spec(process), parser.get_subprocess_specs(process), script_engine=script_engine
        )
        self.workflow.task_tree.data.update(DATA if data is None else data)
        self.workflow.do_engine_steps()

    def open(self) -> dict[tuple[str, str], Any]:
        """The tasks that are ready, by element and key."""
        return {
            (task.task_spec.bpmn_id, str(task.internal_data.get("key_or_index"))): task
            for task in self.workflow.get_tasks(state=TaskState.READY, manual=True)
        }

    def waits(self) -> set[str]:
        """The names of the messages that are waited for."""
        found = [task.task_spec.event_definition for task in self.workflow.event_manager.tasks.values()]
        found += [one for event in found for one in getattr(event, "event_definitions", ())]
        return {event.name for event in found if isinstance(event, MessageEventDefinition)}

    def complete(self, place: tuple[str, str], data: dict[str, Any]) -> None:
        """Complete a ready task."""
        task = self.open()[place]
        task.data.update(data)
        task.run()
        self.workflow.do_engine_steps()

    def send(self, message: str, payload: dict[str, Any]) -> None:
        """Deliver a message."""
        self.workflow.send_event(BpmnEvent(MessageEventDefinition(message), payload))
        self.workflow.do_engine_steps()

    @property
    def completed(self) -> bool:
        """Whether it is over."""
        return self.workflow.is_completed()

    @property
    def data(self) -> dict[str, Any]:
        """The result."""
        return {name: value for name, value in self.workflow.data.items() if name != "data_objects"}
