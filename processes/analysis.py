"""A project's performance in one reading: every figure of its page, with the facts that each is counted from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from engine import Unit
from processes import performance
from processes.bottlenecks import busiest
from processes.conduct import Conduct, conduct
from processes.gantt import Gantt, as_stood, chart
from processes.metrics import (
    HORIZONS,
    Accuracy,
    BurnUp,
    Churn,
    Earned,
    History,
    OnTime,
    Outlook,
    Slips,
    XmR,
    accuracy_at,
    burn_up,
    churn,
    earned,
    median,
    on_time_due,
    slips,
    xmr,
)
from processes.performance import Metrics
from processes.plan import milestones
from processes.projects import project
from processes.setbacks import Cause, causes, setbacks
from processes.tables import BaselineRow
from processes.trends import Line, lines


@dataclass(frozen=True)
class Against:
    """The figures that depend on the baseline, against one of them."""

    number: int
    slips: Slips
    on_time: OnTime
    earned: Earned


@dataclass(frozen=True)
class Analysis:
    """The performance of a project as of a day, against one baseline; `names` are those of milestones."""

    as_of: date
    metrics: Metrics
    names: Mapping[str, str]
    against: tuple[Against, ...]
    burn_up: BurnUp
    outlook: Outlook
    churn: Churn
    accuracy: tuple[Accuracy, ...]
    slips_in_order: tuple[tuple[str, int], ...]
    """Milestone and slip in days, in the order in which they were reached."""
    limits: XmR | None
    causes: tuple[Cause, ...]
    conduct: Conduct
    open: int
    """Milestones that are still to be reached, those added later among them."""
    planned: int
    """Milestones that had ever been planned by the day, those taken out and those that were past already among them."""
    trend: tuple[Line, ...]
    gantt: Gantt
    processes: Sequence[tuple[str, int, float]]

    @property
    def warning(self) -> float | None:
        """The median days of warning; None where nothing slipped."""
        return median([one.warning for one in self.metrics.told]) if self.metrics.told else None


def analysis(unit: Unit, project_id: str, as_of: date | None = None, baseline: int = 0) -> Analysis | None:
    """The performance of a project as of a day in its zone (today, or that of its close), against a baseline.

    None if it had no such baseline by then. Raises NoSuchProject.
    """
    about = project(unit, project_id)
    day = performance.day_for(unit, about, as_of)
    frozen = _frozen_by(unit, project_id, day)
    found = {number: one for number, one in performance.histories(unit, project_id).items() if number in frozen}
    if baseline not in found:
        return None
    past = found[baseline]
    figures = performance.of_project(unit, about, past, day, baseline)
    reached, plan = _in_order(past, day), milestones(unit, project_id)
    named = {one.id: one.name for one in plan}
    return Analysis(
        as_of=day,
        metrics=figures,
        names=named,
        against=tuple(
            Against(number, slips(one, day), on_time_due(one, day), earned(one, day)) for number, one in found.items()
        ),
        burn_up=burn_up(past, day),
        outlook=performance.outlook_of(unit, project_id, past, day),
        churn=churn(past, day, len(figures.reforecasts)),
        accuracy=tuple(accuracy_at(past, day, horizon) for horizon in HORIZONS),
        slips_in_order=reached,
        limits=xmr([late for _, late in reached]),
        causes=causes(setbacks(unit, project_id, day)),
        conduct=conduct(unit, about, day),
        open=sum(state.open for state in past.states(day).values()),
        planned=len(past.states(day)),
        trend=lines(past, day, named),
        gantt=chart(as_stood(plan, past.states(day)), about.began_on, day, _later(found)),
        processes=busiest(unit, [project_id]),
    )


def _frozen_by(unit: Unit, project_id: str, day: date) -> set[int]:
    query = select(BaselineRow.number).where(BaselineRow.project == project_id, BaselineRow.frozen_on <= day)
    return set(unit.session.scalars(query.distinct()))


def _later(found: Mapping[int, History]) -> dict[int, dict[str, date]]:
    """The dates of every baseline but the first."""
    return {number: {one.milestone: one.date for one in past.promises} for number, past in found.items() if number}


def _in_order(past: History, as_of: date) -> tuple[tuple[str, int], ...]:
    """Slips in the order in which milestones were reached; on one day in that of the baseline."""
    states = past.states(as_of)
    reached = [(day, one) for one in past.promised(as_of) if (day := states[one.milestone].actual) is not None]
    return tuple((one.milestone, (day - one.date).days) for day, one in sorted(reached, key=lambda pair: pair[0]))
