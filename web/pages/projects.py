"""Projects: the list, what is next in one, its plan and trend, log, meetings and changes, and how it is closed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

import engine
import processes
from engine import Actor, NotAllowed, NotFound, Refused, Unit
from web.pages import charts, next_steps, numbers, paging
from web.pages.sight import must_see, sees
from web.people import current_actor, resumes, signed_in
from web.work import milepost, reading, work

projects = Blueprint("projects", __name__)

MANAGER = "Project Manager"
SOON = 8
"""Tasks that an overview names."""


@projects.get("/projects")
@signed_in
def index() -> str:
    """The projects that the actor sees, with what is due next in each."""
    unit, actor = reading(), current_actor()
    found = [one for one in processes.projects(unit) if sees(actor, one.id)]
    first, teams = engine.foremost(unit, {one.id for one in found}), processes.teams(unit)
    told = processes.headlines(unit, found)
    lines = [(one, first.get(one.id), teams.get(one.id, ()), told.get(one.id)) for one in found]
    return render_template("projects/list.html", lines=lines, may_register=actor.holds("Administrator", ""))


@projects.get("/projects/<project>")
@signed_in
def show(project: str) -> str:
    """What is next in the project, why, by when and by whom; its numbers; what runs; what was sealed last."""
    unit, actor = reading(), current_actor()
    found, tasks = seen(project, actor), _next_tasks(unit, project)
    coming, milestones = processes.ahead(unit, [project]), processes.plan(unit, project).milestones
    around, way = frame(found, actor), processes.way(unit, found, tasks, coming)
    steps = next_steps.steps(tasks, around["members"], actor)
    return render_template(
        "projects/overview.html",
        stranded=processes.stranded(unit, project),
        **around,
        steps=steps[:SOON],
        more=len(steps) - SOON,
        coming=coming,
        settings_awaited=processes.settings_awaited(unit, [project]),
        setting_options=processes.OPTIONS,
        way=way,
        pages=next_steps.PAGES,
        to_be_closed=next_steps.to_be_closed(way, milestones, found.status),
        led=[one for one in tasks if processes.may_report_for(unit, actor, one)] if found.settings.team_leads else [],
        numbers=numbers.of(unit, project),
        milestones=milestones,
        today=found.day(milepost().clock()),
        running=engine.instances(unit, subjects=[project], status="running", limit=20),
        incidents=engine.incidents(unit, subjects=[project]),
        records=engine.records(unit, subjects=[project], newest=True, limit=6),
    )


@projects.before_request
def lead_to_the_sop() -> Any:
    """What concerns the SOP itself has a page of its own; it is no project."""
    if (request.view_args or {}).get("project") == processes.SOP:
        return redirect(url_for("sop.index"))
    return None


def seen(project: str, actor: Actor) -> Any:
    """A project that the actor sees; its time zone becomes the page's. Raises NotFound for any other."""
    must_see(actor, project)
    try:
        found = processes.project(reading(), project)
    except processes.NoSuchProject as error:
        raise NotFound(str(error)) from error
    g.zone = found.zone
    return found


def frame(found: Any, actor: Actor) -> dict[str, Any]:
    """What the head of every page of a project shows."""
    closing = processes.closing(reading(), found.id)
    return {
        "project": found,
        "members": processes.members(reading(), found.id),
        "manager": actor.holds(MANAGER, found.id),
        "held": processes.holds(reading(), found.id)[-1] if found.status == "on-hold" else None,
        "may_raise": found.status == "running" and bool(actor.roles.get(found.id)) and not closing,
        "closing": closing,
    }


def _next_tasks(unit: Unit, project: str) -> list[engine.Task]:
    """The open tasks of a project, what is due first in front."""
    found = engine.tasks(unit, subject=project, status="open")
    return sorted(found, key=lambda one: (one.due is None, one.due or one.created_at, one.id))


@projects.get("/projects/<project>/plan")
@signed_in
def plan(project: str) -> str:
    """The milestones as a table, and as a Gantt with the baseline behind."""
    unit, actor = reading(), current_actor()
    found = seen(project, actor)
    approved = processes.plan(unit, project)
    today = found.day(milepost().clock())
    return render_template(
        "projects/plan.html",
        **frame(found, actor),
        plan=approved,
        gantt=processes.gantt(unit, project),
        today=today,
        document=engine.record(unit, approved.record) if approved.record else approved.draft,
        baselines=processes.baselines(unit, project),
        claims={one.milestone: one for one in processes.claims(unit, project, open_only=True)},
        claimable=processes.claimable(unit, project, actor.person),
        provisos=processes.provisos(unit, project),
        proposed=processes.proposed(unit, project),
    )


@projects.get("/projects/<project>/trend")
@signed_in
def trend(project: str) -> str:
    """The milestone trend chart and the same as a table."""
    unit, actor = reading(), current_actor()
    found = seen(project, actor)
    chart = charts.trend_chart(processes.trend(unit, project), found.day(milepost().clock()))
    return render_template("projects/trend.html", **frame(found, actor), chart=chart)


def named(unit: Unit, project: str) -> dict[str, str]:
    """Milestone id -> name."""
    return {one.id: one.name for one in processes.plan(unit, project).milestones}


@projects.get("/projects/<project>/log")
@signed_in
def log(project: str) -> str:
    """The central log, newest first, by kind if one is chosen."""
    unit, actor = reading(), current_actor()
    found = seen(project, actor)
    shows = "all" if found.settings.log_shows == "everything" else "current"
    everything = request.args.get("entries", shows) == "all"
    entries = [one for one in reversed(processes.log(unit, project)) if everything or not one.superseded]
    kind, begin = request.args.get("kind") or None, paging.offset()
    wanted = [one for one in entries if kind is None or one.kind == kind]
    return render_template(
        "projects/log.html", **frame(found, actor), kind=kind, everything=everything,
        kinds=sorted({one.kind for one in entries}),
        sheet=paging.sheet(wanted[begin : begin + paging.SIZE + 1], begin), milestones=named(unit, project),
    )  # fmt: skip


@projects.get("/projects/<project>/meetings")
@signed_in
def meetings(project: str) -> str:
    """Review meetings with their decisions and actions, newest first."""
    unit, actor = reading(), current_actor()
    found = seen(project, actor)
    return render_template(
        "projects/meetings.html", **frame(found, actor), meetings=list(reversed(processes.meetings(unit, project))),
        decisions=processes.decisions(unit, project), actions=processes.actions(unit, project),
        today=found.day(milepost().clock()), milestones=named(unit, project),
    )  # fmt: skip


@projects.get("/projects/<project>/changes")
@signed_in
def changes(project: str) -> str:
    """Changes of the plan: their status, who decides, and what they became."""
    return changes_page(project)


def changes_page(project: str, trouble: str = "") -> str:
    """The page of changes, with what kept one from being raised."""
    unit, actor = reading(), current_actor()
    found = seen(project, actor)
    waiting, lines = _next_tasks(unit, project), []
    for one in reversed(processes.changes(unit, project)):
        signatures = engine.signatures(unit, one.record.id) if one.record else []
        asked = [task for task in waiting if task.instance == one.instance]
        lines.append((one, signatures, processes.conditions(unit, project, one.id), asked))
    return render_template(
        "projects/changes.html", **frame(found, actor), lines=lines, trouble=trouble, milestones=named(unit, project),
        sources={one.id: one for one in processes.decisions(unit, project)},
    )  # fmt: skip


@projects.post("/projects/<project>/changes")
@signed_in
def raise_change(project: str) -> Any:
    """Raise a change: the process for it starts, and asks the person to describe it."""
    actor = current_actor()
    seen(project, actor)
    if not actor.roles.get(project):
        raise NotAllowed("Only members of the project can raise a change.")
    try:
        with work() as unit:
            change = processes.request_change(unit, project, actor)
            mine = _tasks_of_change(unit, project, change, actor)
    except (Refused, processes.ProcessesError) as refused:
        return changes_page(project, str(refused)), 422
    flash(f"Change {change} is raised. Describe it next; nothing moves before it is approved.", "success")
    if mine:
        return redirect(url_for("tasks.show", task_id=mine[-1].id))
    return redirect(url_for("projects.changes", project=project))


def _tasks_of_change(unit: Unit, project: str, change: str, actor: Actor) -> list[engine.Task]:
    """The open tasks of the instance that a change is handled by, which the actor may do."""
    about = next((one for one in processes.changes(unit, project) if one.id == change), None)
    found = engine.tasks(unit, instance=about.instance, status="open") if about and about.instance else []
    return [one for one in found if engine.may_perform(actor, one)]


@projects.get("/projects/<project>/records")
@signed_in
def records(project: str) -> str:
    """The records of the project, the newest revision of each document."""
    unit, actor = reading(), current_actor()
    found, begin = seen(project, actor), paging.offset()
    revisions = request.args.get("revisions") == "all"
    lines = engine.records(unit, subjects=[project], newest=not revisions, limit=paging.SIZE + 1, offset=begin)
    sheet = paging.sheet(lines, begin)
    signed = engine.signatures_on(unit, [one.id for one in sheet.lines])
    return render_template(
        "projects/records.html", **frame(found, actor), sheet=sheet, signed=signed, revisions=revisions
    )


@projects.get("/projects/<project>/instances")
@signed_in
def instances(project: str) -> str:
    """The instances of the project, newest first."""
    unit, actor = reading(), current_actor()
    found, begin = seen(project, actor), paging.offset()
    lines = engine.instances(unit, subjects=[project], limit=paging.SIZE + 1, offset=begin)
    return render_template("projects/instances.html", **frame(found, actor), sheet=paging.sheet(lines, begin))


@projects.get("/projects/<project>/close")
@signed_in
def ask_close(project: str) -> str:
    """The page that asks whether the project is really to be closed."""
    return close_page(project)


def close_page(project: str, reason: str = "", trouble: str = "", withdraw_trouble: str = "") -> str:
    """The page that asks for the reason of closing."""
    unit, actor = reading(), current_actor()
    found = seen(project, actor)
    if not actor.holds(MANAGER, project):
        raise NotAllowed("Only the project manager can close the project.")
    return render_template(
        "projects/close.html", **frame(found, actor), reason=reason, trouble=trouble, tasks=_next_tasks(unit, project),
        open_ends=processes.open_ends(unit, project) if found.started_at else [],
        closers=processes.closers(unit, project), withdraw_trouble=withdraw_trouble,
    )  # fmt: skip


@projects.post("/projects/<project>/close")
@signed_in
def close(project: str) -> Response | tuple[str, int]:
    """Close the project, with a reason."""
    actor, reason = current_actor(), request.form.get("reason", "").strip()
    seen(project, actor)
    if not actor.holds(MANAGER, project):
        raise NotAllowed("Only the project manager can close the project.")
    if not reason:
        return close_page(project, trouble="Say why the project is closed."), 422
    try:
        with work() as unit:
            processes.close(unit, project, actor, reason)
    except (Refused, processes.ProcessesError) as refused:
        return close_page(project, reason, str(refused)), 422
    flash("The closing is under way. The project manager finds the first task of it in the inbox.", "success")
    return redirect(url_for("projects.show", project=project))


@resumes("projects.close")
def resume_close(values: Any, message: str, project: str) -> str:
    """The reason that was typed before the session ran out."""
    return close_page(project, values.get("reason", ""), message)
