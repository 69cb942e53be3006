"""Who is away and who stands in: recorded beforehand, by oneself or by whoever manages a project or this Milepost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

import engine
import processes
from engine import Absence, AbsenceRefused, Actor, NotFound, Unit
from web.pages.days import day_of
from web.pages.sight import known_projects
from web.pages.words import project_title
from web.people import actor_of, current_actor, resumes, signed_in
from web.work import milepost, reading, work

absences = Blueprint("absences", __name__)

LONGEST = 2000
"""Tasks of an absent person that are looked through for what a deputy cannot do."""


@absences.get("/absences")
@signed_in
def show() -> str:
    """Present, coming and past absences, and the form to record one."""
    return _page({}, {})


@absences.post("/absences")
@signed_in
def record() -> Any:
    """Record an absence."""
    form = request.form
    try:
        with work() as unit:
            by = current_actor()
            found = _recorded(unit, by, form)
            told = _told(unit, found)
    except AbsenceRefused as refused:
        return _page(refused.errors, form), 422
    flash(f"Recorded: {found.deputy_name} stands in for {found.name}.", "success")
    for sentence in told:
        flash(sentence, "warning")
    return redirect(url_for("absences.show"))


@resumes("absences.record")
def resume(values: MultiDict[str, str], message: str) -> str:
    """What was typed before the session ran out."""
    return _page({}, values, message)


@absences.post("/absences/<absence_id>/end")
@signed_in
def end(absence_id: str) -> Any:
    """End an absence now, or take back one that is still to come."""
    with work() as unit:
        engine.end_absence(unit, absence_id, current_actor(), request.form.get("reason", ""))
    flash("The absence has ended. Nobody stands in by it any more.", "success")
    return redirect(url_for("absences.show"))


def _recorded(unit: Unit, by: Actor, form: Mapping[str, str]) -> Absence:
    """The absence as the form says it. Raises AbsenceRefused and NotAllowed."""
    person, deputy = form.get("person") or by.person, form.get("deputy", "")
    errors, days = {}, {}
    for name in ("first_day", "last_day"):
        try:
            days[name] = day_of(form.get(name, ""))
        except ValueError:
            errors[name] = "Give a day, such as 2026-07-06."
    if not deputy:
        errors["deputy"] = "Choose who stands in."
    if errors:
        raise AbsenceRefused(errors)
    try:
        absent = by if person == by.person else actor_of(unit, person)
        stands_in = actor_of(unit, deputy)
    except NotFound:
        raise AbsenceRefused({"deputy": "There is nobody under this name."}) from None
    subject = form.get("subject", "")
    return engine.record_absence(
        unit, absent, stands_in, by, first_day=days["first_day"], last_day=days["last_day"],
        zone=_zone(absent, subject), reason=form.get("reason", ""), subject=subject, role=form.get("role", ""),
    )  # fmt: skip


def _zone(absent: Actor, subject: str) -> str:
    """The zone whose days are meant: the project's, or that of the first project that the person takes part in."""
    known = known_projects()
    for one in [subject] if subject else sorted(absent.roles):
        if one in known:
            return known[one].zone
    return milepost().config.zone


def _told(unit: Unit, found: Absence) -> list[str]:
    """What has to be known of an absence: tasks that the deputy cannot do, and a deputy who is away too."""
    absent = actor_of(unit, found.person)
    roles = {about: held for about, held in absent.roles.items() if about and found.subject in ("", about)}
    asked = engine.inbox(unit, Actor(absent.person, absent.name, roles), limit=LONGEST)
    mine = [one for one in asked if one.assignee == absent.person and found.role in ("", one.role)]
    said = [f"“{one.name}” has to wait: {why}" for one, why in
            engine.hindrances(unit, mine, found.deputy, found.name, found.recorded_by)]  # fmt: skip
    deputy = actor_of(unit, found.deputy)
    apart = [project_title(about) for about, held in sorted(roles.items()) if held and not deputy.roles.get(about)]
    if apart:
        said.append(f"{found.deputy_name} takes no part in {', '.join(apart)}: tasks there wait for {found.name}.")
    for one in engine.absences_of(unit, [found.deputy]):
        if one.person == found.deputy and one.begins_at < found.ends_at and found.begins_at < one.ends_at:
            said.append(
                f"{found.deputy_name} is away too, from {one.first_day} to {one.last_day}, and nobody else stands in"
                f" for {found.name} then: what is lent is not lent on."
            )
    return said


def _page(errors: Mapping[str, str], form: Mapping[str, str], message: str = "") -> str:
    unit, actor = reading(), current_actor()
    now, team = unit.clock(), _people(unit, actor)
    admin = actor.holds("Administrator", "")
    seen = [one for one in engine.absences_of(unit, None if admin else {actor.person, *team}) if _sees(actor, one)]
    by_state: dict[str, list[Absence]] = {"present": [], "coming": [], "past": []}
    for one in seen:
        by_state[one.state(now)].append(one)
    about = known_projects() if admin else [subject for subject in sorted(actor.roles) if subject]
    return render_template(
        "absences/absences.html", by_state=by_state, errors=errors, form=form, message=message,
        others=_others(unit, actor),
        deputies=_named(unit, (_everybody(unit) if admin else team) - {actor.person}),
        projects={subject: project_title(subject) for subject in about}, roles=_roles(unit, about),
        notes={one.id: _told(unit, one) for one in by_state["present"] + by_state["coming"]
               if one.person == actor.person or admin},
        may_end=lambda one: one.person == actor.person or _manages(actor, one.subject),
    )  # fmt: skip


def _roles(unit: Unit, about: Iterable[str]) -> list[str]:
    """The roles that people hold in these projects."""
    teams = processes.teams(unit)
    return sorted({one.role for project in about for one in teams.get(project, ())})


def _manages(actor: Actor, subject: str) -> bool:
    return actor.holds("Administrator", "") or (bool(subject) and actor.holds("Project Manager", subject))


def _sees(actor: Actor, one: Absence) -> bool:
    """People see absences in their projects: who stands in for whom is no secret in a team."""
    return True if not one.subject else engine.may_see(actor, one.subject) or actor.person in (one.person, one.deputy)


def _people(unit: Unit, actor: Actor) -> set[str]:
    """Everybody who takes part in a project of the actor's."""
    return {one.person for project, team in processes.teams(unit).items() if actor.roles.get(project) for one in team}


def _everybody(unit: Unit) -> set[str]:
    return {one.id for one in engine.people(unit, active=True)}


def _others(unit: Unit, actor: Actor) -> list[engine.Person]:
    """Whose absence the actor may record besides the own one."""
    if actor.holds("Administrator", ""):
        return _named(unit, _everybody(unit) - {actor.person})
    managed = {project for project, held in actor.roles.items() if "Project Manager" in held}
    team = {one.person for project, members in processes.teams(unit).items() if project in managed for one in members}
    return _named(unit, team - {actor.person})


def _named(unit: Unit, people: set[str]) -> list[engine.Person]:
    return engine.people(unit, people, active=True)
