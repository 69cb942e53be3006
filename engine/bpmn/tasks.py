"""User tasks with assignee and due time, steps, scripts and decisions, run in our environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults as plain_bpmn
from SpiffWorkflow.spiff.specs import defaults

from engine.bpmn.calendar import instant, iso, shifted
from engine.bpmn.decisions import Table
from engine.bpmn.entering import Careful
from engine.bpmn.evaluation import plain
from engine.errors import StepFailed
from engine.values import StepCall

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task


class UserTask(Careful, defaults.UserTask):
    """A task for a person: who and until when are found out once, when it is created."""

    def enter(self, my_task: Task) -> bool:
        """Find assignee and due time. Raises as Evaluator.evaluate, and StepFailed."""
        super().enter(my_task)
        said = {"assignee": self._assignee(my_task), "until": self._due(my_task)}
        my_task.internal_data.update({name: value for name, value in said.items() if value is not None})
        return True

    def _assignee(self, my_task: Task) -> str | None:
        if self.property_of("assignee") is None:
            key = my_task.internal_data.get("key_or_index")
            return key if isinstance(key, str) else None
        value = self.evaluated(my_task, "assignee")
        if value is not None and not isinstance(value, str):
            raise StepFailed(f"The assignee of “{self.bpmn_name}” must be one person's id, not {value!r}.")
        return value or None

    def _due(self, my_task: Task) -> str | None:
        text = self.property_of("due")
        if text is None:
            return None
        engine = my_task.workflow.script_engine
        if text.startswith("="):
            value = engine.evaluate(my_task, text[1:].strip())
            return None if value is None else iso(instant(value))
        return iso(shifted(engine.clock(), text) if text.upper().startswith("P") else instant(text))


class ManualTask(Careful, defaults.ManualTask):
    """Work outside the program: passed through, as nobody can complete it here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.manual = False


class NoneTask(Careful, defaults.NoneTask):
    """A task of no kind: passed through."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.manual = False


class ScriptTask(Careful, defaults.ScriptTask):
    """Assignments to variables."""

    def _execute(self, task: Task) -> bool:
        return task.workflow.script_engine.execute(task, self.script or "")


class ServiceTask(Careful, defaults.ServiceTask):
    """A call of a registered step."""

    def _execute(self, task: Task) -> bool:
        engine = task.workflow.script_engine
        parameters = {
            name: engine.evaluate(task, parameter["value"]) for name, parameter in self.operation_params.items()
        }
        with engine.world.guard():
            result = engine.world.call(StepCall(self.bpmn_id, self.operation_name, parameters, dict(task.data)))
            result = plain(result, f"The step “{self.operation_name}”")
        if self.variable:
            task.data[self.variable] = result
        elif isinstance(result, dict):
            task.data.update(result)
        return True

    @property
    def variable(self) -> str | None:
        """The variable that takes the result; None when its items become variables themselves."""
        return (self.extensions.get("serviceTaskOperator") or {}).get("resultVariable") or None


class BusinessRuleTask(Careful, defaults.BusinessRuleTask):
    """A decision table at work."""

    dmnEngine: Table  # noqa: N815 - SpiffWorkflow's name

    def _run_hook(self, my_task: Task) -> bool:
        engine = my_task.workflow.script_engine
        try:
            result = self.dmnEngine.decide(engine.value, my_task.data)
        except StepFailed:
            if not engine.world.forgiving:
                raise
            result = dict.fromkeys(self.dmnEngine.outputs)
        my_task.data.update(plain(result, f"The decision “{self.dmnEngine.name}”"))
        return True


class SubProcess(Careful, defaults.SubWorkflowTask):
    """A sub-process."""


class CallActivity(Careful, defaults.CallActivity):
    """A process called by another one."""


class EndEvent(Careful, plain_bpmn.EndEvent):
    """The end of a branch, of the process, or of an error's way."""
