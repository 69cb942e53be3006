"""The settings of a project: how it reads the SOP, who changed that when and why, and what waits for agreement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

import processes
from engine import Actor, Unit
from processes import RegistrationRefused, Settings
from web.pages.projects import frame, projects, seen
from web.people import current_actor, signed_in
from web.work import reading, work

PEOPLE = ("team_leads", "minute_taker")


@projects.get("/projects/<project>/settings")
@signed_in
def settings(project: str) -> str:
    """The settings; everybody of the project reads them."""
    return settings_page(project)


def settings_page(
    project: str, *, errors: Mapping[str, str] | None = None, typed: Mapping[str, Any] | None = None
) -> str:
    """The page of the settings, with what was typed and what is wrong with it."""
    unit, actor = reading(), current_actor()
    found = seen(project, actor)
    changes = list(reversed(processes.setting_changes(unit, project)))
    members = processes.members(unit, project)
    last = {one.setting: one for one in reversed(changes) if one.state == "in-force"}
    return render_template(
        "projects/settings.html", **frame(found, actor), readings=processes.READINGS, options=processes.OPTIONS,
        may_be_empty=processes.MAY_BE_EMPTY,
        usual=Settings(), changes=changes, last=last, errors=errors or {}, typed=typed or {},
        people={one.person: one.name for one in members}, team=[one for one in members if one.role == "Project Team"],
        may_adjust=processes.may_adjust(actor, project) and found.status != "closed",
        may_agree=_decisions(unit, actor, project, changes),
    )  # fmt: skip


def _decisions(unit: Unit, actor: Actor, project: str, changes: list[processes.SettingChange]) -> set[str]:
    """The ids of what is proposed and the actor decides on."""
    waiting = [one for one in changes if one.state == "proposed"]
    return {one.id for one in waiting if processes.may_agree(unit, actor, project, one)}


@projects.post("/projects/<project>/settings")
@signed_in
def change_settings(project: str) -> Any:
    """Change settings of one reading, with a reason."""
    actor = current_actor()
    seen(project, actor)
    given, errors = _values(request.form)
    typed = {**{name: request.form.get(name, "") for name in given}, "reason": request.form.get("reason", "")}
    if not errors:
        try:
            with work() as unit:
                made = processes.adjust(unit, project, given, actor, request.form.get("reason", ""))
        except RegistrationRefused as refused:
            errors = {name: " ".join(lines) for name, lines in refused.errors.items()}
    if errors:
        return settings_page(project, errors=errors, typed=typed), 422
    flash(*_said(made))
    return redirect(url_for("projects.settings", project=project))


def _said(made: list[processes.SettingChange]) -> tuple[str, str]:
    if not made:
        return "Nothing is different.", "info"
    if any(one.state == "proposed" for one in made):
        who = "every stakeholder" if any(one.everybody for one in made) else "a sponsor"
        return f"What asks less than before waits until {who} has agreed; everything else holds now.", "success"
    return "The settings are changed.", "success"


def _values(form: MultiDict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The settings that a form names, read; and what cannot be read, by setting."""
    given: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name in processes.OPTIONS:
        if f"has.{name}" not in form:
            continue
        text = form.get(name, "").strip()
        if name in PEOPLE:
            given[name] = " ".join(sorted(filter(None, form.getlist(name))))
        elif name not in processes.NUMBERS:
            given[name] = text
        elif text.isascii() and text.isdigit() and len(text) < 4:
            given[name] = int(text)
        else:
            least, most = processes.NUMBERS[name]
            errors[name] = f"Give a whole number from {least} to {most}."
    return given, errors


@projects.post("/projects/<project>/settings/<change>")
@signed_in
def decide_setting(project: str, change: str) -> Any:
    """Agree to a proposed setting, or decline it."""
    actor, form = current_actor(), request.form
    seen(project, actor)
    try:
        with work() as unit:
            agreed = form.get("decision") == "agree"
            processes.decide_setting(unit, project, change, agreed, actor, form.get("remark", ""))
    except RegistrationRefused as refused:
        errors = {f"{name}-{change}": " ".join(lines) for name, lines in refused.errors.items()}
        return settings_page(project, errors=errors, typed={f"remark-{change}": form.get("remark", "")}), 422
    flash(_outcome(project, change), "success")
    return redirect(url_for("projects.settings", project=project))


def _outcome(project: str, change: str) -> str:
    """What became of a proposed setting by what was just said."""
    state = next(one.state for one in processes.setting_changes(reading(), project) if one.id == change)
    return {
        "in-force": "The setting holds now.",
        "proposed": "You have agreed. The setting holds as soon as every other stakeholder has, too.",
    }.get(state, "The setting stays as it is.")
