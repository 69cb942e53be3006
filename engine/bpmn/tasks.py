"""User tasks with assignee and due time, steps, scripts and decisions, run in our environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults as plain_bpmn
from SpiffWorkflow.spiff.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.calendar import instant, iso, shifted
from engine.bpmn.decisions import Table
from engine.bpmn.entering import Careful, fail
from engine.bpmn.evaluation import plain
from engine.bpmn.mapping import Ways, mapped
from engine.bpmn.writing import later, mark, write
from engine.errors import StepFailed
from engine.values import StepCall

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

    from engine.bpmn.tree import SubWorkflow


_RETURNED = "returned"
"""Where a call keeps what came back, until it could be taken over."""


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
            write(task, {self.variable: result})
        elif isinstance(result, dict):
            write(task, result)
        return True

    @property
    def variable(self) -> str | None:
        """The variable that takes the result; None when its items become variables themselves."""
        return (self.extensions.get("serviceTaskOperator") or {}).get("resultVariable") or None


class BusinessRuleTask(Careful, defaults.BusinessRuleTask):
    """A decision table at work."""

    dmnEngine: Table  # noqa: N815 - SpiffWorkflow's name
    result: str
    """The variable that takes the result and the shape that it then has; empty when outputs become variables."""

    def _run_hook(self, my_task: Task) -> bool:
        engine = my_task.workflow.script_engine
        try:
            result = self.dmnEngine.decide(engine.value, my_task.data)
        except StepFailed:
            if not engine.world.forgiving:
                raise
            result = dict.fromkeys(self.dmnEngine.outputs)
        result = plain(result, f"The decision “{self.dmnEngine.name}”")
        name, _, how = self.result.partition(" ")
        write(my_task, {name: _shaped(result, how, self.dmnEngine.policy == "COLLECT")} if name else result)
        return True


def _shaped(result: dict[str, Any], how: str, several: bool) -> Any:
    """A result as Camunda 7 shapes it; as `value`, what Camunda 8 gives: of one output, that alone."""
    rows = [dict(zip(result, row, strict=True)) for row in zip(*result.values(), strict=True)] if several else [result]
    if how == "value":
        return next(iter(result.values())) if len(result) == 1 else result
    if how == "collectEntries":
        return [next(iter(row.values()), None) for row in rows]
    if how == "resultList":
        return rows
    first = rows[0] if rows else {}
    return next(iter(first.values()), None) if how == "singleEntry" else first


class Part(Careful):
    """A part of a process with a flow of its own: its variables are those of the scope around it."""

    def update_data(self, my_task: Task, subworkflow: SubWorkflow) -> None:
        """Go on with what stands at its end."""
        super().update_data(my_task, subworkflow)
        my_task.said = later(my_task.said, subworkflow.last_task.said)


class SubProcess(Part, defaults.SubWorkflowTask):
    """A sub-process."""


class CallActivity(Careful, defaults.CallActivity):
    """A process called by another one: it sees what it is given, and what it made goes back."""

    gives: Ways | None
    takes: Ways | None

    def withdraw(self, my_task: Task) -> None:
        """Take back the part of an entering that failed."""
        top = my_task.workflow.top_workflow
        if my_task.id in top.subprocesses:
            top.drop_part(my_task.id)

    def copy_data(self, my_task: Task, subworkflow: SubWorkflow) -> None:
        """Give variables. Raises as Evaluator.evaluate."""
        if self.gives is None:
            super().copy_data(my_task, subworkflow)
        else:
            given = mapped(my_task.workflow.script_engine, self.gives, my_task.data)
            subworkflow.task_tree.set_data(**plain(given, "The call"))

    def update_data(self, my_task: Task, subworkflow: SubWorkflow) -> None:
        """Take over what has been written in it."""
        super().update_data(my_task, subworkflow)
        mark(my_task, subworkflow.last_task.said)

    def _on_subworkflow_completed(self, subworkflow: SubWorkflow, my_task: Task) -> None:
        if self.takes is None:
            super()._on_subworkflow_completed(subworkflow, my_task)
        else:
            my_task.internal_data[_RETURNED] = plain(subworkflow.last_task.data, "The called process")
            self._take(my_task)

    def _take(self, my_task: Task) -> None:
        engine = my_task.workflow.script_engine
        try:
            taken = plain(mapped(engine, self.takes or [], my_task.internal_data[_RETURNED]), "The call")
        except engine.failures as error:
            fail(my_task, error)
            return
        del my_task.internal_data[_RETURNED]
        write(my_task, taken)
        my_task._set_state(TaskState.READY)

    def again(self, my_task: Task) -> None:
        """Take back what could not be taken, else call again."""
        if _RETURNED in my_task.internal_data:
            self._take(my_task)
        else:
            super().again(my_task)


class EndEvent(Careful, plain_bpmn.EndEvent):
    """The end of a branch, of the process, or of an error's way."""
