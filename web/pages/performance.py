"""A project's performance: the charts and figures of one day, the facts behind each, and where processes wait."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for

import engine
import processes
from engine import Actor, NotFound
from web.pages import charts, curves, heat, paging, tellings
from web.pages.projects import frame, seen
from web.pages.sight import must_see, visible
from web.people import current_actor, signed_in
from web.templating import day as day_words
from web.templating import instant
from web.work import reading

performance = Blueprint("performance", __name__)

YEARS = (1970, 2200)
"""Years of which a day can be asked for."""

DRAWN = 12
"""Milestones that the trend chart and the timeline show here; the pages of both show all."""


@performance.get("/projects/<project>/performance")
@signed_in
def show(project: str) -> str:
    """Every figure of the project, each with its n and the way to what it counts."""
    unit, actor = reading(), current_actor()
    found = seen(project, actor)
    as_of, baseline = _asked()
    analysis = processes.analysis(unit, project, as_of, baseline)
    day = analysis.as_of if analysis else None
    return render_template(
        "performance/show.html",
        **frame(found, actor),
        analysis=analysis,
        tiles=list(tellings.tiles(analysis, _way(project))) if analysis else [],
        sections=list(tellings.sections(analysis, _way(project))) if analysis else [],
        trend=charts.trend_chart(_most_moved(analysis.trend), day) if analysis and day else None,
        gantt=analysis.gantt if analysis else None,
        drawn=DRAWN,
        burn_up=curves.burn_up_chart(analysis.burn_up, found.began_on, day) if analysis and day else None,
        slips=curves.slip_chart(analysis.slips_in_order, analysis.limits, analysis.names) if analysis else None,
        baselines=processes.baselines(unit, project),
        chosen=baseline,
        asked=request.args.get("as_of", ""),
        behind_milestones=_way(project)("milestones"),
        behind_setbacks=_way(project)("setbacks"),
        setbacks_of=lambda cause: _way(project)("setbacks", cause=cause),
        words=heat.words,
        process_names={one.process: one.name for one in reversed(engine.definitions(unit))},
    )


@performance.get("/projects/<project>/performance/<figure>")
@signed_in
def behind(project: str, figure: str) -> str:
    """The facts that a figure counts, each with the instance in which it was recorded."""
    unit, actor = reading(), current_actor()
    found = seen(project, actor)
    as_of, baseline = _asked()
    cause = request.args.get("cause", "")
    facts = processes.behind(unit, project, figure, as_of=as_of, baseline=baseline, cause=cause)
    if facts is None:
        raise NotFound("There is no such figure here.")
    begin = paging.offset()
    sheet = paging.sheet(facts.lines[begin : begin + paging.SIZE + 1], begin)
    return render_template(
        "performance/behind.html", **frame(found, actor), facts=facts, sheet=sheet, n=len(facts.lines),
        way=_way(project)(), cause=cause,
    )  # fmt: skip


@performance.get("/processes/<process>/waiting")
@signed_in
def waiting(process: str) -> str:
    """How long the user tasks of a process wait, on its diagram and as a table; of one project, if one is asked for."""
    unit, actor = reading(), current_actor()
    definition = engine.newest(unit, process)
    if definition is None:
        raise NotFound("There is no such process.")
    project, subjects = _subjects(actor)
    found = processes.bottlenecks(unit, process, subjects)
    return render_template(
        "performance/waiting.html", definition=definition, found=found, heat=heat.of(found), project=project,
        words=heat.words,
    )  # fmt: skip


@performance.get("/processes/<process>/waiting/<element>")
@signed_in
def tasks(process: str, element: str) -> str:
    """The tasks that the times of one element are counted from, the longest wait first."""
    unit, actor = reading(), current_actor()
    project, subjects = _subjects(actor)
    found = engine.spans(unit, process=process, element=element, subjects=subjects)
    if not found:
        raise NotFound("No task of this element was completed.")
    lines = sorted(((processes.hours_waited(one), one) for one in found), key=lambda pair: -pair[0])
    begin = paging.offset()
    return render_template(
        "performance/tasks.html", name=found[-1].name, process=process, project=project, n=len(found),
        sheet=paging.sheet(lines[begin : begin + paging.SIZE + 1], begin), words=heat.words,
        definition=engine.newest(unit, process),
    )  # fmt: skip


@performance.app_template_filter("fact_cell")
def fact_cell(value: Any) -> str:
    """A cell of a list of facts: days and instants as people write them, a dash for nothing."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return day_words(value)
    if value is None or value == "":
        return "–"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _subjects(actor: Actor) -> tuple[str | None, Any]:
    """The project that is asked for, and the subjects whose tasks count: that one, or all that the actor sees."""
    project = request.args.get("project") or None
    if project is None:
        return None, visible(actor)
    must_see(actor, project)
    return project, [project]


def _asked() -> tuple[date | None, int]:
    """The day and the baseline that the address asks for."""
    try:
        day = date.fromisoformat(request.args["as_of"]) if request.args.get("as_of") else None
    except ValueError:
        raise NotFound("There is no such day. Write one like 2026-05-15.") from None
    if day and not YEARS[0] <= day.year <= YEARS[1]:
        raise NotFound(f"Ask for a day between {YEARS[0]} and {YEARS[1]}.")
    text = request.args.get("baseline", "0")
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise NotFound("There is no such baseline.")
    return day, int(text)


def _way(project: str) -> Any:
    """Addresses of figures that keep the day and the baseline that are asked for."""
    kept = {name: request.args[name] for name in ("as_of", "baseline") if request.args.get(name)}

    def way(figure: str = "", **more: str) -> str:
        if figure:
            return url_for("performance.behind", project=project, figure=figure, **kept, **more)
        return url_for("performance.show", project=project, **kept)

    return way


def _most_moved(told: Any) -> Any:
    """The lines that moved furthest, in their order, where there are more than a chart can tell apart."""
    if len(told) <= DRAWN:
        return told

    def moved(one: Any) -> int:
        points = one.series.points
        return abs((points[-1].forecast - points[0].forecast).days) if points else -1

    kept = {one.id for one in sorted(told, key=lambda one: -moved(one))[:DRAWN]}
    return tuple(one for one in told if one.id in kept)
