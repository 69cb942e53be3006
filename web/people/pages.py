"""Pages with which administrators look after people: who is here, adding, roles in the organisation, codes, leaving."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

import engine
from engine import NotFound
from web.errors import PersonRefused
from web.people.accounts import (
    MAIL,
    ORGANISATION_ROLES,
    Account,
    account,
    accounts,
    actor_from,
    add_person,
    reset_password,
    set_active,
    set_organisation_roles,
)
from web.people.guards import needs
from web.people.passwords import hashed_code
from web.people.sessions import current_actor
from web.work import milepost, only_looking, reading, work

people = Blueprint("people", __name__)


@people.get("/people")
@needs("Administrator")
def index() -> str:
    """Everybody with an account."""
    return render_template("people/list.html", accounts=accounts(reading()))


@people.get("/people/new")
@needs("Administrator")
def new() -> str:
    """The page for adding somebody."""
    return render_template("people/new.html", errors={}, form={}, chosen=frozenset(), roles=ORGANISATION_ROLES.values())


@people.post("/people/new")
@needs("Administrator")
def add() -> Any:
    """Add somebody, and show their one-time code, once."""
    form, chosen = request.form, _chosen_roles()
    only_looking()
    fresh = hashed_code()
    try:
        with work() as at_work:
            person, code = add_person(
                at_work, form.get("login", ""), form.get("name", ""), current_actor(), roles=chosen, code=fresh
            )
    except PersonRefused as refused:
        roles = ORGANISATION_ROLES.values()
        return render_template("people/new.html", errors=refused.errors, form=form, chosen=chosen, roles=roles), 422
    return _code_page(person, code)


@people.get("/people/<person>")
@needs("Administrator")
def show(person: str) -> str:
    """One person: roles in the organisation and in projects, open tasks, and what can be done."""
    return _person_page(_found(person), {})


@people.post("/people/<person>/roles")
@needs("Administrator")
def change_roles(person: str) -> Any:
    """Say which roles somebody holds in the organisation."""
    _found(person)
    try:
        with work() as at_work:
            set_organisation_roles(at_work, person, _chosen_roles(), current_actor())
    except PersonRefused as refused:
        return _person_page(_found(person), refused.errors), 422
    flash("The roles are changed.", "success")
    return redirect(url_for("people.show", person=person))


@people.post("/people/<person>/active")
@needs("Administrator")
def change_active(person: str) -> Any:
    """Deactivate somebody, or let them in again. A reason is asked for, and stands in the log."""
    _found(person)
    active, reason = request.form.get("active") == "yes", " ".join(request.form.get("reason", "").split())
    try:
        if not reason or len(reason) > 500:
            raise PersonRefused({"reason": "Say why, in 1 to 500 characters. It stands in the log."})
        with work() as at_work:
            set_active(at_work, person, active, current_actor(), reason)
    except PersonRefused as refused:
        return _person_page(_found(person), refused.errors), 422
    flash("This person can sign in again." if active else "This person is deactivated and signed out.", "success")
    return redirect(url_for("people.show", person=person))


@people.post("/people/<person>/password")
@needs("Administrator")
def password(person: str) -> Any:
    """Replace somebody's password by a one-time code, and show it, once."""
    _found(person)
    only_looking()
    fresh = hashed_code()
    with work() as at_work:
        code = reset_password(at_work, person, current_actor(), fresh)
    return _code_page(person, code)


def _chosen_roles() -> frozenset[str]:
    return frozenset(request.form.getlist("roles")) & frozenset(ORGANISATION_ROLES.values())


def _found(person: str) -> Account:
    found = account(reading(), person=person)
    if found is None:
        raise NotFound
    return found


def _person_page(found: Account, errors: dict[str, str]) -> str:
    unit = reading()
    actor = actor_from(unit, found)
    held = milepost().roles(unit, found.person)
    project_roles = {subject: sorted(roles) for subject, roles in held.items() if subject}
    tasks = engine.inbox(unit, actor, "todo", limit=50)
    return render_template(
        "people/person.html",
        account=found,
        errors=errors,
        form=request.form,
        roles=ORGANISATION_ROLES.values(),
        project_roles=project_roles,
        tasks=tasks,
        mail_choices=MAIL,
    )


def _code_page(person: str, code: str) -> Response:
    """The code is in this one answer only: neither in the session nor in an address."""
    html = render_template("people/code.html", account=_found(person), code=code)
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
