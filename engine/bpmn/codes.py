"""Errors and escalations: thrown at one place, caught by the nearest scope around it that listens for their code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

from engine.bpmn.events import RECEIVED
from engine.bpmn.scopes import brought, listeners, on_border, outwards
from engine.bpmn.writing import write
from engine.errors import StepFailed

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task


class _Coded(EventDefinition):
    """Something with a code. Caught without a code, it is caught whatever the code."""

    def __init__(self, name: str, code: str | None) -> None:
        super().__init__(name)
        self.code = code

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.code == other.code

    def __hash__(self) -> int:
        return hash((type(self), self.code))

    def throw(self, my_task: Task) -> None:
        """Hand it to the nearest event that catches it, with what only this place knows. Raises StepFailed."""
        found = _catcher(my_task, self)
        if found is None:
            self.uncaught(my_task)
        else:
            found.task_spec.come(found, brought(my_task, found))

    def uncaught(self, my_task: Task) -> None:
        """What happens when nobody catches it."""

    def update_task_data(self, my_task: Task) -> None:
        """Take over the variables from where it was thrown."""
        write(my_task, my_task.internal_data.pop(RECEIVED, None) or {})


class Error(_Coded):
    """An error: what it is thrown in cannot go on."""

    repeats = False

    def uncaught(self, my_task: Task) -> None:
        """An error is never passed over; in a walk, whoever calls the process may catch it. Raises StepFailed."""
        if my_task.workflow.script_engine.lets_go(my_task):
            return
        said = f"the error “{self.code}”" if self.code else "an error"
        raise StepFailed(
            f"“{my_task.task_spec.bpmn_name or my_task.task_spec.bpmn_id}” throws {said}, and nothing around it catches"
            " that. Draw an error event on the border of a sub-process around it, or an event sub-process."
        )


class Escalation(_Coded):
    """An escalation: caught or not, what throws it may go on."""


def _catcher(my_task: Task, event: _Coded) -> Task | None:
    """The waiting event that catches it: of those at one place, one that names the code before one that names none."""
    for workflow, within in outwards(my_task):
        again = None if within is None else within.task_spec.name
        beside = [one for one in listeners(workflow) if again not in _begun_by(one)]
        for place in ([] if within is None else on_border(within), beside):
            fitting = [one for one in place if _fits(one.task_spec.event_definition, event)]
            if fitting:
                return min(fitting, key=lambda one: one.task_spec.event_definition.code is None)
    return None


def _fits(caught: EventDefinition, thrown: _Coded) -> bool:
    return type(caught) is type(thrown) and caught.code in (None, thrown.code)


def _begun_by(listener: Task) -> list[str]:
    """The event sub-process behind a listener: what it throws itself is for those around."""
    spec, specs = listener.task_spec, listener.workflow.spec.task_specs
    return spec._outputs or specs[spec.occurrence]._outputs
