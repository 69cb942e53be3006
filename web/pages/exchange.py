"""A plan out of the program and into it: downloads, and a file that is previewed before it becomes a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Response, flash, redirect, render_template, request, url_for

import engine
import processes
from engine import Actor, NotAllowed, NotFound, Refused, Task, Unit
from processes import exchange
from processes.exchange import MOST_ROWS, Comparison, Line, Preview
from web.pages.projects import frame, projects, seen
from web.people import current_actor, signed_in
from web.work import milepost, only_looking, reading, work

MOST_TAKEN = {"draft": MOST_ROWS, "change": 400}
"""Lines that become a draft of the plan, which holds many as a whole, or a change, which says each of them."""
MOST_SHOWN = 200
_PLAN_FORM = "milestone-plan"
_MEDIA = {"csv": "text/csv", "json": "application/json", "xml": "application/xml", "ics": "text/calendar"}


@dataclass(frozen=True)
class Into:
    """What a file becomes in this project now: the draft of a task, a change, or nothing, with the reason."""

    kind: str
    task: Task | None = None
    why_not: str = ""


@projects.get("/projects/<project>/plan.<any(csv, json, xml, ics):kind>")
@signed_in
def download_plan(project: str, kind: str) -> Response:
    """The plan as it stands, as CSV, JSON, Microsoft Project XML or iCalendar; before there is one, CSV to fill in."""
    unit = reading()
    found, plan, now = seen(project, current_actor()), processes.plan(reading(), project), milepost().clock()
    if not plan.milestones and kind != "csv":
        raise NotFound("There is no approved plan yet that could be downloaded.")
    content = {
        "csv": lambda: exchange.as_csv(plan.milestones),
        "json": lambda: exchange.as_json(plan, found.title),
        "xml": lambda: exchange.as_project_xml(found.title, plan.milestones, now),
        "ics": lambda: exchange.as_calendar(project, found.title, plan.milestones, now),
    }[kind]()
    unit.session.rollback()
    response = Response(content, mimetype=_MEDIA[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{project}-plan.{kind}"'
    return response


@projects.get("/projects/<project>/plan/import")
@signed_in
def import_plan(project: str) -> str:
    """The page on which a plan is handed in as a file."""
    return _page(project)


@projects.post("/projects/<project>/plan/import")
@signed_in
def preview_plan(project: str) -> Any:
    """Say line by line what the file holds; nothing is changed yet."""
    unit, actor, sent = only_looking(), current_actor(), request.files.get("file")
    found = seen(project, actor)
    if sent is None or not sent.filename:
        return _page(project, trouble="Choose a file."), 422
    team = [one for one in processes.members(unit, project) if one.role == "Project Team"]
    try:
        preview = exchange.preview(sent.filename, sent.read(), team, found.day(milepost().clock()))
    except processes.PlanFileRefused as refused:
        return _page(project, trouble=f"{sent.filename}: {refused}"), 422
    comparison = exchange.compare(processes.plan(unit, project), preview.taken, columns=preview.columns)
    return _page(project, file=sent.filename, preview=preview, comparison=comparison)


@projects.post("/projects/<project>/plan/import/take")
@signed_in
def take_plan(project: str) -> Any:
    """Put what was previewed into the draft of the plan's task, or into a new change; it is checked there again."""
    actor = current_actor()
    seen(project, actor)
    rows = _rows(request.form.get("rows", ""))
    with work() as unit:
        into = _into(unit, project, actor)
        most = MOST_TAKEN.get(into.kind, MOST_ROWS)
        if len(rows) > most:
            raise Refused(f"Here up to {most:,} lines can be taken; these are {len(rows):,}.")
        if into.kind == "draft" and into.task is not None:
            task = _into_draft(unit, into.task, rows, actor)
        elif into.kind == "change":
            task = _into_change(unit, project, rows, actor)
        else:
            raise Refused(into.why_not)
    flash(f"{len(rows)} lines of the file stand in your draft. Look them through, and hand them in.", "success")
    return redirect(url_for("tasks.show", task_id=task.id))


def _page(project: str, **more: Any) -> str:
    unit, actor = reading(), current_actor()
    found = seen(project, actor)
    into = _into(unit, project, actor)
    preview: Preview | None = more.get("preview")
    comparison: Comparison | None = more.get("comparison")
    rows: list[Mapping[str, Any]] = []
    if preview and comparison:
        rows = list(comparison.items) if into.kind == "change" else [_typed(one) for one in preview.taken]
    return render_template(
        "projects/import.html", **frame(found, actor), into=into, rows=rows, most=MOST_TAKEN.get(into.kind, 0),
        shown=MOST_SHOWN, plan=processes.plan(unit, project), columns=exchange.COLUMNS, **more,
    )  # fmt: skip


def _into(unit: Unit, project: str, actor: Actor) -> Into:
    """What a file would become now, for this person."""
    status = processes.project(unit, project).status
    if status == "running":
        if actor.roles.get(project):
            return Into("change")
        return Into("", why_not="Only members of the project can raise a change.")
    waiting = [
        one
        for one in engine.tasks(unit, subject=project, status="open")
        if one.form == _PLAN_FORM and engine.may_perform(actor, one) and one.claimed_by in (None, actor.person)
    ]
    if waiting:
        return Into("draft", waiting[0])
    return Into(
        "", why_not="A file becomes a draft for whoever drafts the plan, while that task is open; now it is not."
    )


def _rows(text: str) -> list[dict[str, Any]]:
    """What the preview sent along. Raises Refused when it is not that."""
    try:
        rows = orjson.loads(text)
    except ValueError:
        rows = None
    if not isinstance(rows, list) or not rows or not all(isinstance(one, dict) for one in rows):
        raise Refused("The preview is gone. Choose the file again.")
    return [{str(name): str(value) for name, value in one.items() if isinstance(value, str)} for one in rows]


def _into_draft(unit: Unit, task: Task, rows: list[dict[str, Any]], actor: Actor) -> Task:
    kept = engine.draft(unit, task.id, actor) or dict(engine.task_form(unit, task, actor).values)
    engine.save_draft(unit, task.id, {**kept, "milestones": rows}, actor)
    return task


def _into_change(unit: Unit, project: str, rows: list[dict[str, Any]], actor: Actor) -> Task:
    change = processes.request_change(unit, project, actor)
    about = processes.change(unit, project, change)
    found = engine.tasks(unit, instance=about.instance, status="open") if about.instance else []
    task = next((one for one in found if engine.may_perform(actor, one)), None)
    if task is None:
        raise NotAllowed("The change was raised, and somebody else describes it.")
    engine.save_draft(unit, task.id, {"items": rows}, actor)
    return task


def _typed(line: Line) -> dict[str, str]:
    """A line as its form would have been filled in."""
    return {name: "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
            for name, value in line.values.items()}  # fmt: skip
