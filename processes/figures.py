"""The metrics of a project in words: lines and caveats for people, and the data of a record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from processes.bottlenecks import Wait
from processes.metrics import History, OnTime, Outlook, median, series
from processes.performance import Metrics


def figures(found: Metrics, look: Outlook | None = None, waits: Sequence[Wait] = ()) -> list[dict[str, str]]:
    """The metrics as lines for people: name, value, and how it is counted; with the outlook and the longest waits."""
    slip, value, grace = found.slips, found.earned, f"tolerance {found.grace}"
    lines = [
        ("On time, of what was due", _ratio(found.on_time_due), f"of due milestones, {grace}"),
        ("On time, of what is done", _ratio(found.on_time_completed), f"{grace}; leaves out what is still open"),
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
    if found.told:
        warned = [one.warning for one in found.told]
        late = sum(one <= 0 for one in warned)
        said = f"n = {len(warned)} slips, {late} of them told only after the date had passed"
        lines.append(("Warning time, median", _days(median(warned)), said))
    if look is not None:
        lines.append(("Outlook", _ahead(look), _drawn(look)))
    if found.updates is not None:
        lines.append(("Updates on time", _ratio(found.updates), "one for each owner and period; missed ones count"))
    if found.longest_review_gap is not None:
        lines.append(("Longest gap between reviews", _days(found.longest_review_gap), "held reviews only"))
    lines += [
        (
            f"Waited for: {one.name}",
            f"{one.median:.1f} hours",
            f"median of n = {one.n} tasks, {one.share:.0%} of waiting",
        )
        for one in waits
    ]
    return [{"name": name, "value": value, "note": note} for name, value, note in lines]


def _ahead(look: Outlook) -> str:
    if not look.open:
        return "nothing is open"
    if look.finish is None:
        return "no range: " + (
            ", ".join(f"{one:+d}" for one in look.slips) + " days so far" if look.slips else "no slip yet"
        )
    return " / ".join(day.isoformat() for day in look.finish.days)


def _drawn(look: Outlook) -> str:
    n = f"n = {len(look.slips)} slips, {look.own} of this project"
    if look.finish is None:
        return f"{n}; a range needs five"
    return f"all reached in 50 / 80 / 95 % of all combinations (bootstrap) of {n} and the others of closed ones"


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
