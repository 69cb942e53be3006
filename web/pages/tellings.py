"""The figures of a performance page in words: tiles on top, then sections of lines, each with n and its address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from web.pages.numbers import Number

Way = Callable[..., str]


@dataclass(frozen=True)
class Figure:
    """One line: what it is, its value, how it is counted, and where its facts stand."""

    name: str
    value: str
    counted: str
    address: str


@dataclass(frozen=True)
class Section:
    """Figures that belong together, with what a reader should bear in mind about them."""

    title: str
    figures: list[Figure]
    warnings: tuple[str, ...] = ()


def tiles(found: Any, way: Way) -> Iterator[Number]:
    """What one wants to know first."""
    metrics = found.metrics
    due, slip, value = metrics.on_time_due, metrics.slips, metrics.earned
    yield Number("On time", _ratio(due), f"of what was due so far; tolerance {metrics.grace}", way("milestones"))
    yield Number(
        "Mean slip", _days(slip.mean, sign=True), f"n = {slip.n}, median {_days(slip.median)}", way("milestones")
    )
    yield Number(
        "Schedule index SPI(t)", _index(value.spi_t), f"n = {value.n} milestones; 1 is on plan", way("milestones")
    )
    yield Number("Stale forecasts", str(len(metrics.stale)), f"of n = {found.open} open ones", way("stale"))
    yield Number("Warning time", _days(found.warning), f"median of n = {len(found.metrics.told)} slips", way("warning"))
    if metrics.updates is not None and metrics.updates.of:
        yield Number("Updates on time", _ratio(metrics.updates), "one for each owner and week", way("updates"))
    if found.conduct.reviews.of:
        yield Number("Reviews in time", _ratio(found.conduct.reviews), "gaps of a month at most", way("reviews"))


def sections(found: Any, way: Way) -> Iterator[Section]:
    """Everything else, in the order in which one asks for it."""
    yield _dates(found, way)
    yield _schedule(found, way)
    yield _honesty(found, way)
    yield _kept(found, way)


def _section(title: str, way: Way, lines: list[tuple[str, str, str, str]], warnings: tuple[str, ...] = ()) -> Section:
    """Lines of name, value, how it is counted, and which figure's facts are behind it."""
    return Section(
        title, [Figure(name, value, counted, way(behind)) for name, value, counted, behind in lines], warnings
    )


def _dates(found: Any, way: Way) -> Section:
    metrics = found.metrics
    within = f"tolerance {metrics.grace}"
    due, done, slip = metrics.on_time_due, metrics.on_time_completed, metrics.slips
    lines = [
        ("On time, of what was due", _ratio(due), f"{within}; open ones are late once it is over", "milestones"),
        ("On time, of what is done", _ratio(done), f"{within}; says nothing of what is open", "milestones"),
        ("Slip, mean", _days(slip.mean, sign=True), f"n = {slip.n}; open ones slip day by day", "milestones"),
        ("Slip, median", _days(slip.median, sign=True), f"n = {slip.n}", "milestones"),
        ("Slip, largest", _days(slip.largest, sign=True), f"n = {slip.n}", "milestones"),
        (
            "Taken out",
            str(len(metrics.dropped)),
            f"by approved changes, of n = {found.planned} ever planned",
            "scope",
        ),
        ("Added", str(len(metrics.added)), f"since the baseline, of n = {found.planned} ever planned", "scope"),
    ]
    return _section("Dates", way, lines)


def _schedule(found: Any, way: Way) -> Section:
    value = found.metrics.earned
    sums = f"weights of n = {value.n} milestones, {value.whole:g} in all"
    at = f"the planned day by which as much was due; {value.at} days are over"
    lines = [
        ("Planned value, earned value", f"{value.pv:g}, {value.ev:g}", sums),
        ("SV", f"{value.sv:+g}", "earned less planned value"),
        ("SPI", _index(value.spi), "earned / planned value"),
        ("Done of what was to be done", _index(value.bei), f"{value.done} / {value.due} milestones"),
        ("Earned schedule", _days(value.es), at),
        ("SV(t)", _days(value.sv_t, sign=True), f"planned duration {value.planned_duration} days"),
        ("SPI(t)", _index(value.spi_t), "earned schedule / days since the start"),
        ("To-complete index", _index(value.tspi), "planned time left to earn / planned time left"),
        ("Duration at this rate", _days(value.ieac), "planned duration / SPI(t): an extrapolation, no forecast"),
    ]
    told = [(name, said, counted if "milestones" in counted else f"{counted}; n = {value.n}", "milestones")
            for name, said, counted in lines]  # fmt: skip
    return _section("Earned schedule", way, told, value.warnings())


def _honesty(found: Any, way: Way) -> Section:
    warned, churn, metrics = [one.warning for one in found.metrics.told], found.churn, found.metrics
    after = f"{sum(one <= 0 for one in warned)} of {len(warned)}"
    rate = "not defined" if churn.rate is None else f"{churn.rate:.2f}"
    stood = len(metrics.stood_stale) - len(metrics.stale)
    lines = [
        ("Warning time, median", _days(found.warning, sign=True), f"n = {len(warned)} slips; 0 is too late", "warning"),
        ("Told after the date had passed", after, "slips with a warning of 0 days or less", "warning"),
        ("Stale forecasts", str(len(metrics.stale)), f"of n = {found.open} open milestones; no news since", "stale"),
        ("Stood stale before", str(stood), _longest(found), "stale"),
        ("Re-forecasts", str(churn.changes), f"{rate} a milestone and month, n = {churn.months:.0f}", "reforecasts"),
    ]
    for one in found.accuracy:
        counted = f"n = {one.n}; {_days(one.absolute)} without sign"
        off = _days(one.bias, sign=True)
        lines.append((f"Off by, {one.horizon} days ahead", off, counted, f"accuracy-{one.horizon}"))
    return _section("How honest forecasts are", way, lines)


def _kept(found: Any, way: Way) -> Section:
    kept, updates = found.conduct, found.metrics.updates
    longest = _days(max((one.days for one in kept.gaps), default=None))
    lead = _days(min((one.lead for one in kept.prereads if one.lead is not None), default=None), "working day")
    open_actions = sum(one.closed_on is None for one in kept.closings)
    decided, done = _days(kept.decided_after), _days(kept.carried_out_after)
    lines = [
        ("Gaps between reviews kept", _ratio(kept.reviews), f"a month at most; the longest {longest}", "reviews"),
        ("Reports sent in time", _ratio(kept.reports), f"the shortest lead {lead}", "reports"),
        ("Actions closed in time", _ratio(kept.actions), "of those closed or overdue", "actions"),
        ("Age of open actions, median", _days(kept.open_age), f"n = {open_actions}", "actions"),
        ("Carried over", str(kept.carried_over), f"of n = {open_actions} open actions, from reviews before", "actions"),
        ("Changes approved at once", _ratio(kept.at_once), "of those decided", "changes"),
        ("Loops of changes", str(kept.loops), f"decided again; n = {kept.at_once.of} decided changes", "changes"),
        ("Raising to deciding, median", decided, _n(one.decided for one in kept.courses), "changes"),
        ("Deciding to carrying out, median", done, _n(one.carried_out for one in kept.courses), "changes"),
        ("Emergency changes", _ratio(kept.emergencies), "of those described", "changes"),
        ("Conditional changes that lapsed", _ratio(kept.lapsed), "of those approved on conditions", "changes"),
    ]
    if updates is not None:
        lines.insert(0, ("Updates on time", _ratio(updates), "one for each owner and week; missed count", "updates"))
    return _section("How the procedure is kept", way, lines)


def _longest(found: Any) -> str:
    rows = found.metrics.stood_stale
    return (
        f"the longest {rows[0].days} days: {found.names.get(rows[0].milestone, rows[0].milestone)}" if rows else "none"
    )


def _n(values: Any) -> str:
    return f"n = {sum(one is not None for one in values)}"


def _ratio(value: Any) -> str:
    return f"{value.on_time} of {value.of}" + (f" ({value.ratio:.0%})" if value.ratio is not None else "")


def _days(value: float | None, unit: str = "day", *, sign: bool = False) -> str:
    if value is None:
        return "not defined"
    whole = float(value).is_integer()
    text = f"{value:{'+' if sign and value else ''}{'.0f' if whole else '.1f'}}"
    return f"{text} {unit}{'' if abs(value) == 1 else 's'}"


def _index(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.2f}"
