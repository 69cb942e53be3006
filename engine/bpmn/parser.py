"""SpiffWorkflow's parser with our classes in place of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from SpiffWorkflow.bpmn.parser.BpmnParser import full_tag
from SpiffWorkflow.bpmn.parser.event_parsers import EventDefinitionParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser, SpiffProcessParser
from SpiffWorkflow.spiff.parser.task_spec import BusinessRuleTaskParser, SpiffTaskParser, UserTaskParser

from engine.bpmn import attached, choosing, codes, events, joins, loops, several, tasks, undoing
from engine.bpmn.adhoc import AD_HOC
from engine.bpmn.conditions import Condition
from engine.bpmn.decisions import Table
from engine.bpmn.elements import message_names, raised_code, signal_names
from engine.bpmn.handlers import asks, handlers_for
from engine.bpmn.normalising import repeats
from engine.bpmn.source import local, name_on_one_line
from engine.bpmn.timers import Due, DueAfter, DueAt, DueEvery, DueFirst

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

_TIMERS = {"timeDate": DueAt, "timeDuration": DueAfter, "timeCycle": DueEvery}


class ProcessSpec(BpmnProcessSpec):
    """A process with our start and our end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (self.start.name, self.end.name, "End"):
            del self.task_specs[name]
        self.start = attached.Start(self, "Start")
        self.end = joins.EndJoin(self, f"{self.name}.EndJoin")
        self.end.connect(joins.EndTask(self, "End"))


class _ProcessParser(SpiffProcessParser):
    def create_spec(self) -> ProcessSpec:
        return ProcessSpec(name=self.bpmn_id, description=self.get_name(), filename=self.filename)

    def add_tasks(self) -> None:
        super().add_tasks()
        for node in handlers_for(self.node):
            handler = self.parse_node(node)
            handler._inputs.append(self.spec.start.name)
            handler.completed_event.connect(undoing.undone)


class _OurTasks:
    """Put before SpiffWorkflow's task parsers."""

    STANDARD_LOOP_CLASS = loops.StandardLoop
    PARALLEL_MI_CLASS = several.ParallelMultiInstance
    SEQUENTIAL_MI_CLASS = several.SequentialMultiInstance
    EVENT_SUBPROCESS_CLASS = attached.EventSubProcess

    def __init__(self, process_parser: Any, spec_class: type, node: _Element, *args: Any, **kwargs: Any) -> None:
        spec_class = choosing.AdHoc if node.get(AD_HOC) else spec_class
        super().__init__(process_parser, spec_class, node, *args, **kwargs)

    def raise_validation_exception(self, message: str, node: _Element | None = None) -> None:
        raise ValidationException(message, self.node if node is None else node, self.filename)


class _OurEvents(_OurTasks):
    """Put before SpiffWorkflow's event parsers: timers on our clock, messages through our outbox."""

    def parse_timer_event(self, event: _Element) -> Due:
        for tag, timer in _TIMERS.items():
            for node in event.iterchildren(full_tag(tag)):
                kind = DueFirst if timer is DueEvery and not repeats(self.node) else timer
                return kind(self.bpmn_id, node.text or "", description=self.get_event_description(event))
        self.raise_validation_exception("A timer needs a date, a duration or a cycle.", event)
        raise AssertionError("not reached")

    def parse_message_event(self, message_event: _Element) -> events.Message:
        root = message_event.getroottree().getroot()
        name = message_names(root).get(message_event.get("messageRef", ""))
        if not name:
            self.raise_validation_exception("The event names no message.", message_event)
        payload, variable = self.parse_message_extensions(message_event)
        return events.Message(name, (payload or "").strip() or None, (variable or "").strip() or None)

    def parse_signal_event(self, signal_event: _Element) -> events.Signal:
        name = signal_names(signal_event.getroottree().getroot()).get(signal_event.get("signalRef", ""))
        if not name:
            self.raise_validation_exception("The event names no signal.", signal_event)
        return events.Signal(name)

    def parse_error_event(self, error_event: _Element) -> codes.Error:
        return codes.Error(self.bpmn_id, raised_code(error_event, "error"))

    def parse_escalation_event(self, escalation_event: _Element) -> codes.Escalation:
        return codes.Escalation(self.bpmn_id, raised_code(escalation_event, "escalation"))

    def parse_conditional_event(self, event: _Element) -> Condition:
        for node in event.iterchildren(full_tag("condition")):
            return Condition(self.bpmn_id, "".join(node.itertext()).strip())
        self.raise_validation_exception("The event names no condition.", event)
        raise AssertionError("not reached")

    def get_event_definition(self, xpaths: list[str]) -> Any:
        # SpiffWorkflow asks each kind of event only for some definitions, and takes the others for plain ones.
        for name, parse in self._PARSED.items():
            for event in self.node.iterchildren(full_tag(name)) if name not in self._THEIRS else ():
                return getattr(self, parse)(event)
        return super().get_event_definition(xpaths)

    _PARSED: ClassVar[Mapping[str, str]] = {
        f"{kind}EventDefinition": f"parse_{kind}_event"
        for kind in ("signal", "error", "escalation", "conditional", "cancel", "message", "timer")
    }
    _THEIRS = ("messageEventDefinition", "timerEventDefinition")

    def parse_cancel_event(self, event: _Element) -> undoing.Cancelled:
        return undoing.Cancelled(self.bpmn_id)

    def _create_undoing(self) -> undoing.Undoing:
        cancels = any(True for _ in self.node.iterchildren(full_tag("cancelEventDefinition")))
        task = (undoing.CancelEnd if cancels else undoing.Undoing)(self.spec, self.bpmn_id, **self.bpmn_attributes)
        task.bpmn_id, task.bpmn_name = self.bpmn_id, name_on_one_line(self.node)
        for event in self.node.iterchildren(full_tag("compensateEventDefinition")):
            task.activity = event.get("activityRef")
        if self.node.tag == full_tag("endEvent"):
            task.connect(self.spec.end)
        return task

    def create_task(self) -> Any:
        task = self._create_undoing() if asks(self.node) else super().create_task()
        if isinstance(task, events.StartEvent):
            task.interrupting = self.node.get("isInterrupting", "true") == "true"
            found = [child for child in self.node if local(child).endswith("EventDefinition")]
            if len(found) > 1:
                task.event_definition, *task.others = [getattr(self, self._PARSED[local(one)])(one) for one in found]
        # SpiffWorkflow leaves the attribute out where its parser knows no scripts.
        task.extensions = self.parse_extensions()
        return task


class _DecisionParser(_OurTasks, BusinessRuleTaskParser):
    def create_task(self) -> tasks.BusinessRuleTask:
        decision = (self.get_decision_ref(self.node) or "").strip()
        table = self.process_parser.parser.tables.get(decision)
        if table is None:
            self.raise_validation_exception(f"There is no decision called {decision!r}.")
        return tasks.BusinessRuleTask(self.spec, self.bpmn_id, dmnEngine=table, **self.bpmn_attributes)


class _UserTaskParser(_OurTasks, UserTaskParser):
    def create_task(self) -> tasks.UserTask:
        return tasks.UserTask(self.spec, self.bpmn_id, **self.bpmn_attributes)


_SPECS = {
    "task": tasks.NoneTask,
    "manualTask": tasks.ManualTask,
    "scriptTask": tasks.ScriptTask,
    "serviceTask": tasks.ServiceTask,
    "subProcess": tasks.SubProcess,
    "callActivity": tasks.CallActivity,
    "startEvent": events.StartEvent,
    "endEvent": tasks.EndEvent,
    "intermediateCatchEvent": events.CatchEvent,
    "intermediateThrowEvent": events.ThrowEvent,
    "boundaryEvent": attached.BoundaryEvent,
    "sendTask": events.SendTask,
    "receiveTask": events.ReceiveTask,
    "exclusiveGateway": joins.ExclusiveGateway,
    "parallelGateway": joins.ParallelGateway,
    "inclusiveGateway": joins.InclusiveGateway,
    "eventBasedGateway": events.FirstEventGateway,
}


def _ours() -> dict[str, tuple[type, type]]:
    theirs = {**SpiffBpmnParser.PARSER_CLASSES, **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES}
    found: dict[str, tuple[type, type]] = {}
    for name, spec in _SPECS.items():
        parser, _ = theirs[full_tag(name)]
        if issubclass(parser, EventDefinitionParser):
            parser = type(f"Our{parser.__name__}", (_OurEvents, parser), {})
        elif issubclass(parser, SpiffTaskParser):
            parser = type(f"Our{parser.__name__}", (_OurTasks, parser), {})
        found[full_tag(name)] = (parser, spec)
    found[full_tag("businessRuleTask")] = (_DecisionParser, tasks.BusinessRuleTask)
    found[full_tag("userTask")] = (_UserTaskParser, tasks.UserTask)
    return found


class Parser(SpiffBpmnParser):
    """Reads normalised documents; `tables` are the decisions that they may call."""

    OVERRIDE_PARSER_CLASSES = _ours()
    PROCESS_PARSER_CLASS = _ProcessParser

    def __init__(self, tables: dict[str, Table]) -> None:
        super().__init__()
        self.tables = tables

    def create_parser(self, node: _Element, filename: str | None = None, lane: str | None = None) -> None:
        # What undoes is read for every scope that may ask for it: the same sub-process more than once.
        known = self.process_parsers.get(node.get("id"))
        if known is None or known.node is not node:
            super().create_parser(node, filename=filename, lane=lane)
