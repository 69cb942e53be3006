"""Pages that register a project with its team, and change the team afterwards."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

import processes
from processes import RegistrationRefused
from web.pages.projects import frame, seen
from web.people import Account, accounts, current_actor, needs, signed_in
from web.registration.asked import MAY_BE_EMPTY, ROLE_HINTS, SETTINGS, Asked
from web.work import reading, work

registration = Blueprint("registration", __name__)


@registration.get("/register")
@needs("Administrator")
def register() -> str:
    """The page on which a project is registered."""
    return _form(Asked.nothing(), {})


@registration.post("/register")
@needs("Administrator")
def begin() -> Any:
    """Register the project; its processes begin at once."""
    asked = Asked.from_form(request.form)
    errors = asked.faults()
    if not errors:
        try:
            with work() as unit:
                project = processes.register(unit, by=current_actor(), **asked.arguments())
        except RegistrationRefused as refused:
            errors = {name: " ".join(lines) for name, lines in refused.errors.items()}
    if errors:
        return _form(asked, errors), 422
    flash("The project is registered. Its project manager finds the first task in the inbox.", "success")
    return redirect(url_for("projects.show", project=project))


@registration.get("/projects/<project>/team")
@signed_in
def team(project: str) -> str:
    """Who holds which role in a project; members and overseers see it, administrators change it."""
    return _team(project, {})


@registration.post("/projects/<project>/team")
@needs("Administrator")
def join(project: str) -> Any:
    """Give somebody a role in the project."""
    form = request.form
    try:
        with work() as unit:
            processes.add_member(unit, project, form.get("person", ""), form.get("role", ""), current_actor())
    except RegistrationRefused as refused:
        return _team(project, {"join": str(refused)}), 422
    flash("The team is changed.", "success")
    return redirect(url_for("registration.team", project=project))


@registration.post("/projects/<project>/team/leave")
@needs("Administrator")
def leave(project: str) -> Response | tuple[str, int]:
    """End somebody's role in the project. What waits for the person by name stays; its manager hears of it."""
    form = request.form
    try:
        with work() as unit:
            processes.remove_member(
                unit, project, form.get("person", ""), form.get("role", ""), current_actor(), form.get("reason", "")
            )
            unit.session.flush()
            processes.left(unit, form.get("person", ""), current_actor())
    except RegistrationRefused as refused:
        return _team(project, {"leave": str(refused), "whom": form.get("person", "") + form.get("role", "")}), 422
    flash("The team is changed.", "success")
    return redirect(url_for("registration.team", project=project))


def _form(asked: Asked, errors: dict[str, str]) -> str:
    return render_template(
        "registration/register.html",
        asked=asked,
        errors=errors,
        people=_active(),
        roles=processes.ROLES,
        hints=ROLE_HINTS,
        settings=SETTINGS,
        may_be_empty=MAY_BE_EMPTY,
    )


def _team(project: str, errors: dict[str, str]) -> str:
    actor = current_actor()
    return render_template(
        "registration/team.html",
        **frame(seen(project, actor), actor),
        people=_active(),
        roles=processes.ROLES,
        errors=errors,
        form=request.form,
        may_change=actor.holds("Administrator", ""),
    )


def _active() -> list[Account]:
    return [one for one in accounts(reading()) if one.active]
