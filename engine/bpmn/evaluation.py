"""Every expression and script of a diagram, evaluated in our evaluator: the place where SpiffWorkflow would eval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import orjson
from SpiffWorkflow.exceptions import SpiffWorkflowException

from engine.bpmn import calendar
from engine.bpmn.model import Environment
from engine.errors import EngineError, StepFailed
from forms import ExpressionFailed, ExpressionRefused, compile_expression, compile_script

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

BUILT_IN = ("last_due", "next_due", "now", "today")
"""Functions that every expression of a diagram may call, beside those of the environment."""
EVERYWHERE = frozenset({
    "abs", "all", "any", "bool", "float", "int", "len", "max", "min", "round", "sorted", "str", "sum",
})  # fmt: skip
"""Functions that the evaluator itself brings."""


def plain(value: Any, what: str) -> Any:
    """A copy of the value in JSON's own types, so that a state can always be stored. Raises StepFailed."""
    try:
        return orjson.loads(orjson.dumps(value))
    except (TypeError, orjson.JSONDecodeError) as error:
        raise StepFailed(f"{what} gives something that cannot be kept: {error}.") from error


class Evaluator:
    """SpiffWorkflow's script engine, replaced: data comes from the task, functions from the environment."""

    def __init__(self, environment: Environment) -> None:
        self.world = environment
        self.clock = environment.clock
        self.functions: Mapping[str, Callable[..., Any]] = {**self._built_in(), **environment.functions}
        self.failures = (
            EngineError, ExpressionFailed, ExpressionRefused, SpiffWorkflowException, *environment.errors,
        )  # fmt: skip

    def evaluate(self, task: Task, expression: str, external_context: Mapping[str, Any] | None = None) -> Any:
        """The value of an expression over the task's variables. Raises ExpressionRefused, ExpressionFailed."""
        return self.value(expression, task.data)

    def value(self, expression: str, names: Mapping[str, Any]) -> Any:
        """The value of an expression over given variables. Raises ExpressionRefused, ExpressionFailed."""
        return compile_expression(expression).evaluate(names, self.functions)

    def execute(self, task: Task, script: str, external_context: Mapping[str, Any] | None = None) -> bool:
        """Run a script of assignments: all of them take effect, or none. Raises as `evaluate`, and StepFailed."""
        task.data.update(plain(compile_script(script).run(task.data, self.functions), "The script"))
        return True

    def validate(self, expression: str) -> None:
        """Refuse an expression that the evaluator does not accept. Raises ExpressionRefused."""
        compile_expression(expression)

    def _built_in(self) -> Mapping[str, Callable[..., Any]]:
        def next_due(anchor: Any, step: str, zone: str = "UTC") -> str:
            return calendar.next_due(calendar.instant(anchor), step, self.clock(), zone).isoformat()

        def last_due(anchor: Any, step: str, zone: str = "UTC") -> str | None:
            found = calendar.last_due(calendar.instant(anchor), step, self.clock(), zone)
            return found and found.isoformat()

        return {
            "next_due": next_due,
            "last_due": last_due,
            "now": lambda: calendar.instant(self.clock()).isoformat(),
            "today": lambda: calendar.instant(self.clock()).date().isoformat(),
        }


def text_of(value: Any) -> str:
    """A value as the text that names it: dates in ISO 8601."""
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
