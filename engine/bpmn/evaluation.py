"""Every expression and script of a diagram, evaluated in our evaluator: the place where SpiffWorkflow would eval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import orjson
from SpiffWorkflow.exceptions import SpiffWorkflowException

from engine.bpmn import calendar
from engine.bpmn.model import Environment
from engine.bpmn.writing import is_instance, write
from engine.errors import EngineError, StepFailed
from forms import Expression, ExpressionFailed, ExpressionRefused, compile_expression, compile_script, feel

if TYPE_CHECKING:
    from SpiffWorkflow.specs.base import TaskSpec
    from SpiffWorkflow.task import Task

BUILT_IN = ("last_due", "next_due", "now", "today")
"""Functions that every expression of a diagram may call, beside those of the environment."""
EVERYWHERE = frozenset({
    "abs", "all", "any", "bool", "float", "int", "len", "max", "min", "round", "sorted", "str", "sum",
})  # fmt: skip
"""Functions that the evaluator itself brings."""


MOST_TURNS = 2
"""How often a walk takes the same way out of a gateway that cannot decide, before it takes another one."""


def plain(value: Any, what: str) -> Any:
    """A copy of the value in JSON's own types, so that a state can always be stored. Raises StepFailed."""
    try:
        return orjson.loads(orjson.dumps(value))
    except (TypeError, orjson.JSONDecodeError) as error:
        raise StepFailed(f"{what} gives something that cannot be kept: {error}.") from error


def compiled(text: str) -> Expression:
    """An expression in our form, or in FEEL after an equals sign. Raises ExpressionRefused."""
    return feel(text) if text.lstrip().startswith("=") else compile_expression(text)


def readable(text: str) -> bool:
    """Whether it is an expression that the evaluator accepts."""
    try:
        compiled(text)
    except ExpressionRefused:
        return False
    return True


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
        return compiled(expression).evaluate(names, self.functions)

    def execute(self, task: Task, script: str, external_context: Mapping[str, Any] | None = None) -> bool:
        """Run a script of assignments: all of them take effect, or none. Raises as `evaluate`, and StepFailed."""
        write(task, plain(compile_script(script).run(task.data, self.functions), "The script"))
        return True

    def validate(self, expression: str) -> None:
        """Refuse an expression that the evaluator does not accept. Raises ExpressionRefused."""
        compiled(expression)

    def way_out(self, my_task: Task, flows: Sequence[str], default: str | None) -> str | None:
        """The way out of a gateway none of whose conditions holds: its default flow, None where it has none."""
        return default

    def way_on(self, my_task: Task, flows: Sequence[str], found: str, expression: str) -> str:
        """The way out of a gateway when the condition of one flow, which is an expression, holds: that flow."""
        return found

    def lets_go(self, my_task: Task) -> bool:
        """Whether the process may end by an error that an event throws and nothing around it catches."""
        return False

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


class Forgiving(Evaluator):
    """For a walk: names that nobody has set are null, and so is whatever cannot be worked out from them.

    `turned` are the gateways that led to the same place again and again until another way out was taken, `uncaught` the
    events whose errors are for whoever calls the process, and `over` is whether one of them has ended it from within.
    """

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.turned: dict[str, None] = {}
        self.uncaught: dict[str, None] = {}
        self.over = False
        self._taken: dict[tuple[TaskSpec | str, ...], Counter[str]] = {}
        self._known: dict[tuple[TaskSpec | str, ...], dict[str, Any] | None] = {}

    def value(self, expression: str, names: Mapping[str, Any]) -> Any:
        """The value of an expression; null where it asks for what is not there. Raises ExpressionRefused."""
        code = compiled(expression)
        try:
            return code.evaluate({**dict.fromkeys(code.names), **names}, self.functions)
        except ExpressionFailed:
            return None

    def execute(self, task: Task, script: str, external_context: Mapping[str, Any] | None = None) -> bool:
        """Run a script; what a line of it sets that fails is null. Raises ExpressionRefused."""
        code = compile_script(script)
        names = {**dict.fromkeys(code.names), **task.data}
        write(task, plain(code.run(names, self.functions, forgiving=True), "The script"))
        return True

    def way_out(self, my_task: Task, flows: Sequence[str], default: str | None) -> str | None:
        """The default flow, else the first in the order of the document; in a circle another one after some turns."""
        ways = [*([] if default is None else [default]), *(flow for flow in flows if flow != default)]
        return self._turn(my_task, ways, MOST_TURNS) if ways else None

    def way_on(self, my_task: Task, flows: Sequence[str], found: str, expression: str) -> str:
        """The flow whose condition holds; in a circle after some turns another one, if nobody has set what it asks."""
        if all(name in my_task.data for name in compiled(expression).names):
            return found
        # A gateway in the same circle at which nothing holds at all is to give way first.
        return self._turn(my_task, [found, *(flow for flow in flows if flow != found)], MOST_TURNS + 1)

    def lets_go(self, my_task: Task) -> bool:
        """An error goes to whoever calls the process; one out of a part of it leaves nothing of it to go on."""
        self.uncaught[my_task.task_spec.bpmn_id] = None
        self.over = self.over or my_task.workflow is not my_task.workflow.top_workflow
        return True

    def _turn(self, my_task: Task, ways: Sequence[str], most: int) -> str:
        around = list(_around(my_task))
        here = tuple(around)
        found, taken, known = ways[0], self._taken.setdefault(here, Counter()), _known(my_task)
        if known is not None and known != self._known.get(here):
            taken.clear()  # it does decide: what it asks for is there, and not what it was the last time
        self._known[here] = known
        circle = any(_leads_back(spec) for spec in around if not isinstance(spec, str))
        if len(ways) > 1 and taken[found] >= most and circle:
            found = min(ways, key=lambda flow: taken[flow])
        if found != ways[0]:
            self.turned[my_task.task_spec.bpmn_id or my_task.task_spec.name] = None
        taken[found] += 1
        return found


def _known(my_task: Task) -> dict[str, Any] | None:
    """The variables that the conditions of a gateway ask for; None when one of them is missing."""
    asked = {name for condition, _ in my_task.task_spec.cond_task_specs if condition is not None
             for name in compiled(condition.args[0]).names}  # fmt: skip
    return {name: my_task.data[name] for name in asked} if asked and asked <= my_task.data.keys() else None


def _around(my_task: Task) -> Iterator[TaskSpec | str]:
    """Where a gateway stands, the same in every round: the parts around it, and which of several instances of one."""
    yield my_task.task_spec
    top, workflow = my_task.workflow.top_workflow, my_task.workflow
    while workflow is not top:
        task = top.get_task_from_id(workflow.parent_task_id)
        if is_instance(task):
            yield task.id
            return
        yield task.task_spec
        workflow = task.workflow


def _leads_back(spec: TaskSpec) -> bool:
    """Whether a token can come to a place again after it, by its border too."""
    specs, seen = spec._wf_spec.task_specs, set()
    border = specs.get(f"{spec.name}.BoundaryEventSplit")
    waiting = [*spec._outputs, *(name for name in (border._outputs if border else ()) if name != spec.name)]
    while waiting:
        name = waiting.pop()
        if name not in seen and name in specs:
            seen.add(name)
            waiting += specs[name]._outputs
    return spec.name in seen


def evaluator(environment: Environment) -> Evaluator:
    """The evaluator that an environment asks for."""
    return Forgiving(environment) if environment.forgiving else Evaluator(environment)
