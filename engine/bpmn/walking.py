"""A walk: a process run from start to end with nobody there, to see which way it goes and where it stops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from engine.bpmn.calendar import instant
from engine.bpmn.checking import findings_of_page, findings_of_process, read_all, survey_of
from engine.bpmn.decisions import Table, read_tables
from engine.bpmn.elements import origin
from engine.bpmn.model import Environment, Finished, Moved, Prepared
from engine.bpmn.onward import Allowance, Onward
from engine.bpmn.preparing import prepared_from
from engine.bpmn.references import carried
from engine.bpmn.rules import Drawn, Known, Page, Survey
from engine.bpmn.rules.exchange import thrown
from engine.bpmn.running import begin
from engine.bpmn.source import local
from engine.bpmn.standing_in import PASSED_OVER
from engine.errors import DiagramRefused, EngineError
from engine.values import Finding

if TYPE_CHECKING:
    from engine.bpmn.elements import Chart

MAXIMUM_STEPS = 1000
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""When a walk begins: it is the same on every day."""
_MOST_ELEMENTS = 8000
"""How many elements of all processes of a walk may run by themselves; those that come late have a share of the rest."""
_REST = 2000
_MOST_TIMES = 3
"""How often an event beside the flow is taken to come, where it may come without end."""
_MOST_REPEATS = 24
"""How often, where it says itself how often."""
_WHOLES = ("multiInstance", "standardLoop")
# What only the world around a diagram gives: a walk does without it.
_FORGIVEN = frozenset({
    "no-step", "unknown-step", "unknown-form", "unreachable", "signature", "not-performer-of", "due", "several-starts",
    "no-result", "one-event", "condition-ignored", "default-elsewhere", "no-end", "waits-for-itself",
    "never-joins",
    "endless",
    "ad-hoc-order",
    "compensates-nothing",
})  # fmt: skip
Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Walk:
    """How far a process came: `completed`, `waiting`, `incident` or `refused`, and by which elements.

    `passed_over` says what was left out or stood in for on the way, as the world around the diagram was not there.
    """

    file: str
    process: str
    outcome: str
    path: tuple[str, ...] = ()
    waiting_for: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()


def walk(
    files: Mapping[str, bytes], answers: Answers | None = None, *, only: str | None = None
) -> tuple[Walk, ...]:
    """Walk through each process of some files (path: content), or of the `only` one; calls are resolved among them.

    People answer what `answers` says: {element: variables}, or {process: {element: variables}}; else nothing.
    """
    documents, unreadable = read_all(files)
    survey = survey_of(documents, Known(None, None, None), walking=True)
    tables = {table.id: table for one in documents if one.is_decision for table in read_tables(one.root)}
    found = [Walk(one.file, "", "refused", causes=(one.sentence,)) for one in unreadable]
    against = {chart.process: tuple(_against(survey, page, chart)) for page in survey.pages for chart in page.charts}
    ready = _ready(survey, against, tables)
    pages = [page for page in survey.pages if only in (None, page.file)]
    walked = _in_turn(survey, pages, against, ready, answers or {})
    for page in pages:
        if not page.charts:
            causes = tuple(one.sentence for one in findings_of_page(page)) or ("There is no process in this file.",)
            found.append(Walk(page.file, "", "refused", causes=causes))
        found += [walked[id(chart)] for chart in page.charts]
    return tuple(found)


def _in_turn(
    survey: Survey,
    pages: list[Page],
    against: Mapping[str, tuple[Finding, ...]],
    ready: Callable[[str, list[str]], Prepared],
    answers: Answers,
) -> dict[int, Walk]:
    """The walks, those first that reach the least, so that one that goes on and on leaves the others their turn."""
    found: dict[int, Walk] = {}
    charts = [(_called(chart, survey), page, chart) for page in pages for chart in page.charts]
    left, least = _MOST_ELEMENTS, _REST // max(1, len(charts))
    for reached, page, chart in sorted(charts, key=lambda one: len(one[0])):
        causes = tuple(dict.fromkeys(one.sentence for name in reached for one in against.get(name, ())))
        allowance = Allowance(max(left, least))
        found[id(chart)] = (
            Walk(page.file, chart.process, "refused", causes=causes) if causes
            else _walked(survey, page, chart, reached, ready, answers, allowance)
        )  # fmt: skip
        left = min(left, allowance.left)
    return found


def _ready(
    survey: Survey, against: Mapping[str, tuple[Finding, ...]], tables: Mapping[str, Table]
) -> Callable[[str, list[str]], Prepared]:
    """What prepares a process, given all that it reaches. Raises DiagramRefused.

    Those that nothing is against are prepared together, as long as that can be done.
    """

    def prepare(wanted: Collection[str]) -> Mapping[str, Prepared]:
        pages = [page for page in survey.pages if any(chart.process in wanted for chart in page.charts)]
        return prepared_from([(page.file, _only(page, wanted)) for page in pages], tables)

    clean = [name for name, chart in survey.processes.items()
             if not any(against.get(one) for one in _called(chart, survey))]  # fmt: skip
    try:
        together = prepare(clean)
    except DiagramRefused:
        return lambda process, reached: prepare(reached)[process]
    return lambda process, _: together[process]


def _against(survey: Survey, page: Page, chart: Chart) -> Iterator[Finding]:
    drawn = Drawn(page.file, chart, page.root, survey)
    for finding in (*findings_of_page(page), *findings_of_process(drawn)):
        if finding.refuses and finding.rule not in _FORGIVEN:
            yield finding


def _walked(
    survey: Survey,
    page: Page,
    chart: Chart,
    reached: list[str],
    ready: Callable[[str, list[str]], Prepared],
    answers: Answers,
    allowance: Allowance,
) -> Walk:
    try:
        prepared = ready(chart.process, reached)
    except DiagramRefused as refused:
        return Walk(page.file, chart.process, "refused", causes=tuple(one.sentence for one in refused.findings))
    said = answers.get(chart.process)
    scoped = said if isinstance(said, Mapping) and chart.process not in chart.elements else answers
    walked = Walker(prepared, scoped, thrown(page.root) | carried(page.root), allowance).walk()
    return replace(walked, passed_over=(*_passed_over(survey, reached), *walked.passed_over))


def _passed_over(survey: Survey, reached: list[str]) -> Iterator[str]:
    for page in survey.pages:
        if any(chart.process in reached for chart in page.charts):
            # What was left out is no longer in the charts.
            others = {node.get("id") for process in page.written.iterchildren("{*}process")
                      if process.get("id") not in reached for node in process.iter()}  # fmt: skip
            others |= {name for chart in page.charts if chart.process not in reached
                       for name in (*chart.elements, *chart.flows)}  # fmt: skip
            for note in page.notes:
                if note.rule == PASSED_OVER and note.element not in others:
                    yield f"{note.element}: {note.sentence}"


def _called(chart: Chart, survey: Survey) -> list[str]:
    """A process and all that it calls."""
    found, waiting = [], [chart.process]
    while waiting:
        name = waiting.pop()
        if name not in found and name in survey.processes:
            found.append(name)
            nodes = survey.processes[name].nodes.values()
            waiting += [node.get("calledElement", "") for node in nodes if local(node) == "callActivity"]
    return found


def _only(page: Page, wanted: Collection[str]) -> Any:
    """The page with no other process to be run than those wanted."""
    for process in page.root.iterchildren("{*}process"):
        if process.get("isExecutable", "true") == "true" or process.get("id") in wanted:
            process.set("isExecutable", str(process.get("id") in wanted).lower())
    return page.root


class Walker:
    """One process on its way, in one run from its start to its end."""

    def __init__(
        self, prepared: Prepared, answers: Answers, thrown_here: frozenset[str], allowance: Allowance
    ) -> None:
        self._allowance = allowance
        self._prepared = prepared
        self._answers = answers
        self._thrown = thrown_here
        self._now = START
        self._path: list[str] = []
        self._came: Counter[str] = Counter()
        self._sent: dict[str, list[dict[str, Any]]] = {}
        self._heard = 0
        self._run: Onward | None = None
        self._world = Environment(
            clock=lambda: self._now, call=lambda _: {}, forgiving=True, witness=self._see
        )  # fmt: skip

    def walk(self) -> Walk:
        """Go on until the process has ended, waits for what nobody sends, or cannot go on."""
        try:
            starts = self._prepared.starts
            first = (starts[0].message, {}) if starts else None
            run = self._run = begin(self._prepared, self._world, {}, first,
                                    kind=partial(Onward, allowance=self._allowance))  # fmt: skip
            for _ in range(MAXIMUM_STEPS):
                run.rest()
                if self._work(run):
                    continue
                moved = run.look()
                self._note(moved)
                if moved.completed or moved.cancelled:
                    return self._end("completed")
                if any(not one.stuck for one in moved.failures):
                    return self._failed(moved)
                if not self._act(run, moved):
                    return self._stopped(moved)
        except EngineError as error:
            return self._end("incident", causes=(str(error),))
        return self._end("incident", causes=(f"It is still running after {MAXIMUM_STEPS} steps: a loop without end.",))

    def _work(self, run: Onward) -> bool:
        """Complete the next task that is open, if one is."""
        task = run.next_task()
        if task is not None:
            given = self._answers.get(origin(task.element))
            run.complete(task.id, dict(given) if isinstance(given, Mapping) else {})
        return task is not None

    def _act(self, run: Onward, moved: Moved) -> bool:
        """Do what can be done when no task is open: deliver a message that was sent, then let the next timer fire."""
        for wait in moved.waits:
            if self._sent.get(wait.message):
                return run.deliver(wait.message, self._sent[wait.message].pop(0), wait.task)
        awaited = {wait.task for wait in moved.waits}
        timers = [one for one in moved.timers
                  if self._may_come(one.element, run.times_left(one), beside=one.task in awaited)]  # fmt: skip
        dues = [instant(timer.due) for timer in timers]
        if dues:
            self._now = max(self._now, min(dues))
            self._came.update(run.fire(self._now))
            return True
        for wait in sorted(moved.waits, key=lambda wait: self._beside(wait.element)):
            if wait.message in self._thrown and self._may_come(wait.element):
                self._came[wait.element] += 1
                return run.deliver(wait.message, {}, wait.element)
        return False

    def _beside(self, element: str) -> bool:
        """Whether an event stands beside the flow: it may come again and again, and nothing waits for it."""
        found = self._prepared.elements.get(element)
        return found is not None and found.kind in ("boundaryEvent", "startEvent")

    def _may_come(self, element: str, left: int = 0, *, beside: bool = False) -> bool:
        came = self._came[element]
        return not (beside or self._beside(element)) or came < _MOST_TIMES or 0 < left <= _MOST_REPEATS - came

    def _see(self, one: Finished) -> None:
        if one.state == "completed" and not (one.kind in _WHOLES and one.element in self._path):
            self._path.append(one.element)

    def _note(self, moved: Moved) -> None:
        for message in moved.sent[self._heard :]:
            if message.everyone:
                continue  # a signal has reached already whoever waited for it
            self._sent.setdefault(message.message, []).append(dict(message.payload))
        self._heard = len(moved.sent)

    def _stopped(self, moved: Moved) -> Walk:
        if all(one.condition for one in moved.failures):
            found = [*moved.waits, *moved.timers, *moved.failures]
            return self._end("waiting", tuple(dict.fromkeys(origin(one.element) for one in found)))
        return self._failed(moved)

    def _failed(self, moved: Moved) -> Walk:
        return self._end("incident", causes=tuple(f"{one.element}: {one.cause}" for one in moved.failures))

    def _end(self, outcome: str, waiting_for: tuple[str, ...] = (), causes: tuple[str, ...] = ()) -> Walk:
        one, said = self._prepared, () if self._run is None else self._run.said
        return Walk(one.file, one.process, outcome, tuple(self._path), waiting_for, causes, said)
