"""One review meeting: when and where it is, how it came there, and moving it or calling it off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from flask import flash, redirect, render_template, request, url_for

import engine
import processes
from engine import NotAllowed, NotFound, Refused
from processes import Appointment, Meeting
from web.pages.days import day_of
from web.pages.projects import MANAGER, frame, named, projects, seen
from web.people import current_actor, resumes, signed_in
from web.work import milepost, reading, work


@projects.get("/projects/<project>/meetings/<meeting>")
@signed_in
def meeting(project: str, meeting: str) -> str:
    """A meeting, and for its project's manager the forms that move it or call it off."""
    return _page(project, meeting)


def _page(
    project: str, meeting: str, form: Mapping[str, Any] | None = None, errors: Mapping[str, Any] | None = None,
    doing: str = "",
) -> str:  # fmt: skip
    actor = current_actor()
    unit, now = reading(), milepost().clock()
    found, one = seen(project, actor), _meeting(project, meeting)
    to_come = one.state == "scheduled" and one.scheduled_at > now
    return render_template(
        "projects/meeting.html", **frame(found, actor), meeting=one, may_move=to_come and actor.holds(MANAGER, project),
        record=processes.minutes(unit, project, meeting), form=form or {}, errors=errors or {}, doing=doing,
        now=now, today=found.day(now), tasks=_tasks(project, one), milestones=named(unit, project),
        decisions=[each for each in processes.decisions(unit, project) if each.meeting == meeting],
        actions=[each for each in processes.actions(unit, project) if each.meeting == meeting],
    )  # fmt: skip


def _tasks(project: str, meeting: Meeting) -> list[engine.Task]:
    """The open tasks of a review, for the meeting that it has scheduled last."""
    unit = reading()
    last = [one.id for one in processes.meetings(unit, project) if one.instance == meeting.instance][-1:]
    return engine.tasks(unit, instance=meeting.instance, status="open") if last == [meeting.id] else []


def _meeting(project: str, meeting: str) -> Meeting:
    one = next((one for one in processes.meetings(reading(), project) if one.id == meeting), None)
    if one is None:
        raise NotFound("There is no such meeting in this project.")
    return one


@projects.post("/projects/<project>/meetings/<meeting>/move")
@signed_in
def move_meeting(project: str, meeting: str) -> Any:
    """Move the meeting; everybody invited is told, and what is due before it moves along."""
    return _change(project, meeting, "move")


@projects.post("/projects/<project>/meetings/<meeting>/call-off")
@signed_in
def call_off_meeting(project: str, meeting: str) -> Any:
    """Call the meeting off, with another date instead or without."""
    return _change(project, meeting, "call-off")


def _change(project: str, meeting: str, doing: str) -> Any:
    actor, form = current_actor(), request.form
    seen(project, actor)
    _meeting(project, meeting)
    if not actor.holds(MANAGER, project):
        raise NotAllowed("Only the project manager can move a meeting or call it off.")
    to, errors = _appointment(form, needed=doing == "move")
    if errors:
        return _page(project, meeting, form, errors, doing), 422
    try:
        with work() as unit:
            if doing == "move":
                assert to
                processes.move_meeting(unit, project, meeting, to, form.get("why", ""), actor)
            else:
                processes.call_off(unit, project, meeting, form.get("why", ""), actor, to)
    except processes.MeetingRefused as refused:
        return _page(project, meeting, form, {name: lines[0] for name, lines in refused.errors.items()}, doing), 422
    except (Refused, processes.ProcessesError) as refused:
        return _page(project, meeting, form, {"": str(refused)}, doing), 422
    flash(f"{meeting} is {'moved' if doing == 'move' else 'called off'}. Everybody invited is told.", "success")
    return redirect(url_for("projects.meetings", project=project))


def _appointment(form: Mapping[str, str], *, needed: bool) -> tuple[Appointment | None, dict[str, str]]:
    """The date, time and place that were typed, and what is wrong with them by field."""
    day, at = form.get("date", "").strip(), form.get("time", "").strip()
    if not day and not at and not needed:
        return None, {}
    errors: dict[str, str] = {}
    try:
        to = day_of(day)
    except ValueError:
        errors["date"] = "Choose a date, such as 2026-03-27."
    try:
        clock = time.fromisoformat(at)
    except ValueError:
        errors["time"] = "Write a time of day, such as 14:00."
    return (None, errors) if errors else (Appointment(to, clock, form.get("place", "")[:300]), {})


@resumes("projects.move_meeting")
def resume_move(values: Any, message: str, project: str, meeting: str) -> str:
    """What was typed before the session ran out."""
    return _page(project, meeting, values, {"": message}, "move")


@resumes("projects.call_off_meeting")
def resume_call_off(values: Any, message: str, project: str, meeting: str) -> str:
    """What was typed before the session ran out."""
    return _page(project, meeting, values, {"": message}, "call-off")
