"""Burn-up and the chart of individual slips, as plain numbers for a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from web.pages.charts import NAME_HEIGHT, NAME_WIDTH
from web.pages.scales import Span, Tick, across, axis_of, months, steps


@dataclass(frozen=True)
class Curve:
    """One line, and where its name stands at its end."""

    name: str
    style: str
    path: str
    end: tuple[float, float]
    label: float


@dataclass(frozen=True)
class Curves:
    """Lines and points over days or numbers; `levels` are lines across with a name, `today` stands upright."""

    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    lines: Sequence[Curve]
    points: Sequence[tuple[float, float, str, bool]] = ()
    levels: Sequence[tuple[float, str]] = ()
    today: float | None = None


def burn_up_chart(found: Any, start: date, today: date) -> Curves | None:
    """What was planned and what was achieved, as steps from the start. None without a milestone."""
    if not found.planned:
        return None
    x = axis_of([start, today, *(day for day, _ in (*found.planned, *found.achieved))])
    y = Span(0, found.whole)
    last = max(today, found.planned[-1][0])

    def curve(name: str, style: str, told: Sequence[tuple[date, float]], until: date) -> Curve:
        path = f"M{across(x.place(start))} {y.place(0)}"
        path += "".join(f"H{across(x.place(day))}V{y.place(value)}" for day, value in told)
        end = (across(x.place(until)), y.place(told[-1][1] if told else 0))
        return Curve(name, style, f"{path}H{end[0]}", end, end[1])

    planned = curve("planned", "s2", found.planned, last)
    achieved = curve("achieved", "s1", found.achieved, today)
    if abs(planned.end[0] - achieved.end[0]) < NAME_WIDTH and abs(planned.label - achieved.label) < NAME_HEIGHT:
        achieved = replace(achieved, label=planned.label + NAME_HEIGHT)
    return Curves(
        [Tick(across(one.at), one.text, one.minor) for one in months(x)],
        steps(y),
        [planned, achieved],
        today=across(x.place(today)),
    )


def slip_chart(told: Sequence[tuple[str, int]], limits: Any, names: Mapping[str, str]) -> Curves | None:
    """Slips in the order in which milestones were reached, with their mean and limits. None below two of them."""
    if limits is None:
        return None
    days = [late for _, late in told]
    bounds = [limits.lower, limits.upper] if limits.enough else []
    y = Span(min(0, *days, *bounds), max(1, *days, *bounds))
    width = max(1, len(days) - 1)
    places = [(across(100 * at / width), y.place(late)) for at, late in enumerate(days)]
    points = [
        (left, top, f"{names.get(one, one)}: {late:+d} days", at in limits.signals and limits.enough)
        for at, ((left, top), (one, late)) in enumerate(zip(places, told, strict=True))
    ]
    levels = [(y.place(limits.mean), f"mean {limits.mean:.1f}")]
    if limits.enough:
        levels += [
            (y.place(limits.upper), f"upper {limits.upper:.1f}"),
            (y.place(limits.lower), f"lower {limits.lower:.1f}"),
        ]
    path = "M" + "L".join(f"{left} {top}" for left, top in places)
    ticks = [
        Tick(left, str(at + 1), bool(at % 3)) for at, (left, _) in enumerate(places) if len(places) < 40 or at % 10 == 9
    ]
    return Curves(ticks, steps(y), [Curve("slip", "s1", path, places[-1], places[-1][1])], points, levels)
