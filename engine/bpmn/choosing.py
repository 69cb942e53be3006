"""Ad-hoc sub-processes: people choose what to do and in which order, until a condition holds or all is done.

What nothing leads to is offered at once (BPMN 2.0, 10.2.5 and 13.2.5). The condition is asked after each activity. When
everything was done and it does not hold, all is offered again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.adhoc import AD_HOC, LEAVES, UNTIL
from engine.bpmn.entering import fail
from engine.bpmn.joins import EndJoin
from engine.bpmn.merging import blend
from engine.bpmn.tasks import SubProcess
from engine.bpmn.tree import FAILED, NOT_FINISHED

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
    from SpiffWorkflow.task import Task

    from engine.bpmn.elements import Chart
    from engine.bpmn.tree import SubWorkflow
    from engine.bpmn.writing import Said

class AdHoc(SubProcess):
    """An ad-hoc sub-process."""

    def _on_subworkflow_completed(self, subworkflow: SubWorkflow, my_task: Task) -> None:
        engine = my_task.workflow.script_engine
        if subworkflow.spec.until is None or engine.world.forgiving or subworkflow.last_task.data.get(_HELD):
            subworkflow.last_task.data.pop(_HELD, None)
            super()._on_subworkflow_completed(subworkflow, my_task)
            return
        self.update_data(my_task, subworkflow)
        self.start_workflow(my_task)


_HELD = "~held"
"""Among the variables of a part that is about to end: its condition has held."""


def watch(spec: BpmnProcessSpec, drawn: Chart) -> None:
    """Ask the condition of an ad-hoc sub-process whenever an activity in it was completed."""
    node = drawn.nodes.get(spec.name)
    spec.ad_hoc = node is not None and node.get(AD_HOC) is not None
    spec.until = None if node is None else node.get(UNTIL)
    if spec.until is None:
        return
    spec.leaves = node.get(LEAVES) == "true"
    for part in spec.task_specs.values():
        whole = part.name == part.bpmn_id
        if whole and part.element is not None and part.element.kind.endswith(("ask", "Process", "Activity")):
            part.completed_event.connect(_completed)


def _completed(workflow: SubWorkflow, task: Task) -> None:
    """An activity was completed: SpiffWorkflow tells us so."""
    data, said = _together(workflow, task)
    owner = workflow.top_workflow.get_task_from_id(workflow.parent_task_id)
    owner.internal_data.pop(FAILED, None)
    try:
        if not workflow.script_engine.value(workflow.spec.until, data):
            return
    except workflow.script_engine.failures as error:
        fail(owner, error)
        return
    tasks = workflow.tasks
    if workflow.spec.leaves:
        for one in [one for one in tasks.values() if one._state & NOT_FINISHED and _is_offered(one)]:
            one.cancel()
        task.data[_HELD] = True
        return
    for one in [one for one in tasks.values() if one._state & NOT_FINISHED]:
        if one.id in tasks and one._state & NOT_FINISHED:
            one.cancel()
    task.data, task.said = {**data, _HELD: True}, said
    workflow._mark_complete(task)


def _together(workflow: SubWorkflow, task: Task) -> tuple[dict[str, Any], Said]:
    """The variables of what has ended so far, and of the task."""
    ended = [one for one in workflow.tasks.values()
             if one._state == TaskState.WAITING and isinstance(one.task_spec, EndJoin)]  # fmt: skip
    root = workflow.task_tree
    return blend((root.data, root.said), [(one.data, one.said) for one in (*ended, task)])


def _is_offered(task: Task) -> bool:
    """Whether nobody has begun with it: it is the first of its branch, and open."""
    above = task.parent
    if above is not None and above.task_spec.name == f"{task.task_spec.name}.BoundaryEventSplit":
        above = above.parent
    first = above is not None and (above.task_spec.bpmn_id or "").startswith("~")
    return first and task._state in (TaskState.READY, TaskState.WAITING)
