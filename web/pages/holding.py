"""Putting a project on hold, resuming and cancelling it, taking its closing back; and reporting for somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for

import processes
from engine import NotAllowed, Refused
from processes import RegistrationRefused
from web.pages.days import day_of
from web.pages.projects import MANAGER, close_page, frame, projects, seen
from web.people import current_actor, resumes, signed_in
from web.work import milepost, reading, work


@projects.get("/projects/<project>/hold")
@signed_in
def ask_hold(project: str) -> str:
    """The page on which a project is put on hold, resumed or cancelled, with the holds so far."""
    return hold_page(project)


def hold_page(project: str, errors: Mapping[str, str] | None = None) -> str:
    """The page of holds, with what is wrong with what was typed."""
    found = _managed(project)
    form = request.form if request.method == "POST" else {}
    return render_template(
        "projects/hold.html", **frame(found, current_actor()), errors=errors or {}, form=form,
        holds=list(reversed(processes.holds(reading(), project))), today=found.day(milepost().clock()),
    )  # fmt: skip


def _managed(project: str) -> Any:
    actor = current_actor()
    found = seen(project, actor)
    if not actor.holds(MANAGER, project):
        raise NotAllowed("Only the project manager can put the project on hold or cancel it.")
    return found


@projects.post("/projects/<project>/hold")
@signed_in
def put_on_hold(project: str) -> Any:
    """Put the project on hold, prolong the hold, resume or cancel, each with a reason."""
    _managed(project)
    what, reason = request.form.get("what", ""), request.form.get("reason", "")
    try:
        with work() as unit:
            if what == "resume":
                processes.resume(unit, project, current_actor(), reason)
            elif what == "cancel":
                processes.cancel_project(unit, project, current_actor(), reason)
            else:
                processes.hold(unit, project, _day(request.form.get("until", "")), current_actor(), reason)
    except RegistrationRefused as refused:
        return hold_page(project, {f"{what}-{name}": " ".join(lines) for name, lines in refused.errors.items()}), 422
    except (Refused, processes.ProcessesError) as refused:
        return hold_page(project, {f"{what}-reason": str(refused)}), 422
    flash(SAID.get(what, "The project is on hold. Nothing falls due before its end."), "success")
    return redirect(url_for("projects.show", project=project))


@projects.post("/projects/<project>/close/withdraw")
@signed_in
def withdraw_close(project: str) -> Any:
    """Take the closing of the project back before it is signed, with a reason."""
    reason = request.form.get("reason", "")
    seen(project, current_actor())
    try:
        with work() as unit:
            processes.withdraw_closure(unit, project, current_actor(), reason)
    except (Refused, processes.ProcessesError) as refused:
        return close_page(project, reason, withdraw_trouble=str(refused)), 422
    flash("The closing is taken back. The project goes on.", "success")
    return redirect(url_for("projects.show", project=project))


@resumes("projects.withdraw_close")
def resume_withdrawal(values: Any, message: str, project: str) -> str:
    """The reason that was typed before the session ran out."""
    return close_page(project, values.get("reason", ""), withdraw_trouble=message)


SAID = {
    "resume": "The project goes on.",
    "cancel": "The project is cancelled. Its closure begins; the first task of it stands in the inbox.",
}


def _day(text: str) -> date:
    try:
        return day_of(text)
    except ValueError:
        raise RegistrationRefused({"until": ("Give the day on which the hold ends, as year-month-day.",)}) from None


@projects.post("/projects/<project>/report-for/<task>")
@signed_in
def report_for(project: str, task: str) -> Any:
    """Take over an update as a team lead, and go on to its form."""
    seen(project, current_actor())
    with work() as unit:
        processes.report_for(unit, task, current_actor())
    return redirect(url_for("tasks.show", task_id=task))
