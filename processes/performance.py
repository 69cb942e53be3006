"""How a project performs: the metrics over its own rows, and the snapshot of them that a review looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, func, select

from engine import Unit
from processes.calendar import instant
from processes.claims import told
from processes.metrics import (
    Earned,
    Fact,
    History,
    OnTime,
    Promise,
    Reforecast,
    Slips,
    Stale,
    added,
    dropped,
    earned,
    from_csv,
    on_time_completed,
    on_time_due,
    reforecasts,
    series,
    slips,
    stale,
    stood_stale,
)
from processes.plan import baselines, milestone_rows
from processes.projects import Project, project
from processes.tables import ForecastRow, MeetingRow, UpdateRow

HISTORIES = Path(__file__).parent / "history"
"""Where the histories lie that come with the program."""


_FACTS = (
    select(ForecastRow.milestone, ForecastRow.recorded_on, ForecastRow.date, ForecastRow.kind)
    .where(ForecastRow.project == bindparam("project"))
    .order_by(ForecastRow.id)
)
# A long history has thousands of them: columns are read many times faster than rows with an identity.


@dataclass(frozen=True)
class Metrics:
    """The figures of a history as of a day, against one baseline; each holds its own n. Days are calendar days."""

    as_of: date
    baseline: int
    slips: Slips
    on_time_due: OnTime
    on_time_completed: OnTime
    reforecasts: tuple[Reforecast, ...]
    dropped: tuple[str, ...]
    added: tuple[str, ...]
    stale: tuple[Stale, ...]
    """Forecasts of open milestones whose date has passed."""
    stood_stale: tuple[Stale, ...]
    """Forecasts that stood so until something was said, and those that still do."""
    earned: Earned
    updates: OnTime | None = None
    """Weekly updates that came on time, of all that were due; None for a history without updates."""
    longest_review_gap: int | None = None
    """Days between two held reviews at most, the start and the day itself counted as ends."""


def metrics(unit: Unit, project_id: str, as_of: date | None = None, *, baseline: int | None = 0) -> Metrics | None:
    """The metrics of a project as of a day in its zone, against a baseline (the first; None: the newest).

    The day is today, or that of the close: a closed project does not grow any later. None as long as the project has
    no such baseline. Raises NoSuchProject.
    """
    about = project(unit, project_id)
    day = as_of or about.day(about.closed_at or unit.clock())
    found = history(unit, project_id, baseline=baseline)
    if found is None:
        return None
    number = baseline if baseline is not None else max(one.number for one in baselines(unit, project_id))
    figures = of_history(found, day, baseline=number)
    return Metrics(
        **{
            **vars(figures),
            "updates": update_compliance(unit, about, day),
            "longest_review_gap": _gap(unit, about, day),
        }
    )


def of_history(found: History, as_of: date, *, baseline: int = 0, tolerance: int | None = None) -> Metrics:
    """The metrics of any history as of a day; `tolerance` in days, or each milestone's own."""
    return Metrics(
        as_of=as_of,
        baseline=baseline,
        slips=slips(found, as_of),
        on_time_due=on_time_due(found, as_of, tolerance),
        on_time_completed=on_time_completed(found, as_of, tolerance),
        reforecasts=reforecasts(found, as_of),
        dropped=dropped(found, as_of),
        added=added(found, as_of),
        stale=stale(found, as_of),
        stood_stale=stood_stale(found, as_of),
        earned=earned(found, as_of),
    )


def history(unit: Unit, project_id: str, *, baseline: int | None = 0) -> History | None:
    """The history that a project's rows hold, with the promises of one baseline (None: the newest); None without it."""
    frozen = {one.number: one for one in baselines(unit, project_id)}
    number = max(frozen, default=0) if baseline is None else baseline
    if number not in frozen:
        return None
    tolerances = {row.id: row.tolerance for row in milestone_rows(unit, project_id)}
    promises = tuple(
        Promise(name, day, frozen[number].weights[name], tolerances.get(name, 0))
        for name, day in frozen[number].dates.items()
    )
    facts = tuple(Fact(*row) for row in unit.session.execute(_FACTS, {"project": project_id}))
    about = project(unit, project_id)
    return History(about.began_on, promises, facts, told(unit, about))


def recorded_history(name: str = "python-3.13") -> History:
    """A history that comes with the program, by the name of its file."""
    return from_csv((HISTORIES / f"{name}.csv").read_text(encoding="utf-8"))


def update_compliance(unit: Unit, about: Project, as_of: date) -> OnTime:
    """Updates that came on time, of those due: one for each person and period. What is missed is counted."""
    before = instant(as_of + timedelta(days=1), time(0), about.zone)
    first = (
        select(func.min(UpdateRow.id))
        .where(UpdateRow.project == about.id, UpdateRow.at < before)
        .group_by(UpdateRow.period, UpdateRow.person)
    )
    rows = unit.session.execute(select(UpdateRow.late, UpdateRow.missed).where(UpdateRow.id.in_(first))).all()
    return OnTime(sum(not late and not missed for late, missed in rows), len(rows))


def held_reviews(unit: Unit, project_id: str, until: datetime | None = None) -> Sequence[MeetingRow]:
    """The reviews that were held, the first one first. Those without a quorum are not among them."""
    query = select(MeetingRow).where(MeetingRow.project == project_id, MeetingRow.state == "held")
    if until is not None:
        query = query.where(MeetingRow.scheduled_at <= until)
    return list(unit.session.scalars(query.order_by(MeetingRow.scheduled_at)))


def _gap(unit: Unit, about: Project, as_of: date) -> int | None:
    if about.started_at is None:
        return None
    ends = [about.day(about.started_at), *(about.day(row.scheduled_at) for row in held_reviews(unit, about.id)), as_of]
    ordered = sorted(day for day in ends if day <= as_of)
    return max((b - a).days for a, b in pairwise(ordered)) if len(ordered) > 1 else 0


def figures(found: Metrics) -> list[dict[str, str]]:
    """The metrics as lines for people: name, value, and how it is counted."""
    slip, value = found.slips, found.earned
    lines = [
        ("On time, of what was due", _ratio(found.on_time_due), "reached within the tolerance, of due milestones"),
        ("On time, of what is done", _ratio(found.on_time_completed), "leaves out what is still open"),
        ("Mean slip", _days(slip.mean), f"n = {slip.n}, open milestones slip day by day"),
        ("Median slip", _days(slip.median), f"n = {slip.n}"),
        ("Largest slip", _days(slip.largest), f"n = {slip.n}"),
        ("Planned value, earned value", f"{value.pv:g}, {value.ev:g}", f"weights of n = {value.n} milestones"),
        ("SPI", _index(value.spi), "earned value / planned value"),
        ("SPI(t)", _index(value.spi_t), f"earned schedule {value.es:g} of {value.at} days since the start"),
        ("SV(t)", _days(value.sv_t), f"planned duration {value.planned_duration} days"),
        ("Re-forecasts", str(len(found.reforecasts)), "changes of a forecast before the milestone was reached"),
        ("Dropped, added", f"{len(found.dropped)}, {len(found.added)}", "since the baseline"),
        ("Stale forecasts now", str(len(found.stale)), "their date has passed without news"),
    ]
    if found.updates is not None:
        lines.append(("Updates on time", _ratio(found.updates), "one for each owner and period; missed ones count"))
    if found.longest_review_gap is not None:
        lines.append(("Longest gap between reviews", _days(found.longest_review_gap), "held reviews only"))
    return [{"name": name, "value": value, "note": note} for name, value, note in lines]


def trend_lines(found: History, as_of: date, names: dict[str, str]) -> list[dict[str, str]]:
    """The milestone trend as lines for people: baseline, date expected before and now, days from the baseline."""
    promised = {one.milestone: one.date for one in found.promises}
    lines = []
    for one in series(found, as_of):
        if not one.points:
            continue
        dates = [point.forecast for point in one.points]
        changed = [day for at, day in enumerate(dates) if at == 0 or day != dates[at - 1]]
        start = promised.get(one.milestone, dates[0])
        line = {
            "milestone": one.milestone,
            "name": names.get(one.milestone, one.milestone),
            "baseline": start.isoformat(),
            "before": (changed[-2] if len(changed) > 1 else dates[0]).isoformat(),
            "now": dates[-1].isoformat(),
            "change": f"{(dates[-1] - start).days:+d}",
            "state": "removed" if one.removed else "reached" if one.done else "open",
        }
        lines.append(line)
    return lines


def caveats(found: Metrics) -> list[str]:
    """What a reader should bear in mind about the figures."""
    said = []
    if found.earned.n < 5:
        said.append(f"Only {found.earned.n} milestones are counted: each one moves every figure a lot.")
    said += [f"{one.milestone}: its forecast has been out of date for {one.days} days." for one in found.stale]
    if found.updates is not None and found.updates.on_time < found.updates.of:
        said.append(f"{found.updates.of - found.updates.on_time} of {found.updates.of} updates were late or missing.")
    return said


def plain_figures(found: Metrics) -> dict[str, Any]:
    """The metrics as data of a record: numbers to four places, so that the same facts give the same text."""
    one = found.earned
    return {
        "as_of": found.as_of.isoformat(),
        "baseline": found.baseline,
        "on_time_due": [found.on_time_due.on_time, found.on_time_due.of],
        "on_time_completed": [found.on_time_completed.on_time, found.on_time_completed.of],
        "slip_days": {row.milestone: row.days for row in found.slips.rows},
        "pv": one.pv,
        "ev": one.ev,
        "spi": _rounded(one.spi),
        "es": _rounded(one.es),
        "at": one.at,
        "spi_t": _rounded(one.spi_t),
        "sv_t": _rounded(one.sv_t),
        "n": one.n,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _ratio(value: OnTime) -> str:
    return f"{value.on_time} of {value.of}" + (f" ({value.ratio:.0%})" if value.ratio is not None else "")


def _days(value: float | None) -> str:
    return "not defined" if value is None else f"{value:g} days" if isinstance(value, int) else f"{value:.1f} days"


def _index(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.2f}"
