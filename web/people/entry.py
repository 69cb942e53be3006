"""Pages of one's own account: sign-in, sign-out, the first administrator, one's password, the looks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from engine import THE_SYSTEM
from web.database import db, only_reading
from web.errors import PasswordRefused, PersonRefused, SignInRefused
from web.people import setup
from web.people.accounts import account as read_account
from web.people.accounts import add_person, end_sessions, has_administrator, set_password
from web.people.guards import public, signed_in
from web.people.kept import kept, resumed
from web.people.passwords import check_new_password, hash_password
from web.people.proving import sign_in as prove
from web.people.proving import verify_password
from web.people.sessions import begin_session, current_account, current_actor, end_session
from web.work import milepost, only_looking, reading, unit, work

account = Blueprint("account", __name__)

THEMES = ("light", "dark")
YEAR = 365 * 86400


@account.get("/sign-in")
@public
def sign_in() -> Any:
    """The sign-in page; on a Milepost without an administrator, the way to set it up."""
    parts = milepost()
    if not has_administrator(reading()) and setup.setup_open(parts.config, parts.clock()):
        return redirect(url_for("account.setup_first"))
    return render_template("people/sign_in.html", carried=None, refused="", login="", next=request.args.get("next", ""))


@account.post("/sign-in")
@public
def enter() -> Any:
    """Sign in, then go where one wanted to; answers that a lost session left behind come back."""
    login = request.form.get("login", "")
    page, text = request.form.get("_page", ""), request.form.get("_kept", "")
    try:
        found = prove(login, request.form.get("password", ""))
    except SignInRefused as refused:
        return render_template(
            "people/sign_in.html",
            carried=(page, text) if page else None,
            refused=str(refused),
            login=login,
            next=request.form.get("next", ""),
        ), 422
    begin_session(found)
    if found.must_change:
        return redirect(url_for("account.password", next=request.form.get("next") or None))
    carried = kept(found.person)
    if carried is not None:
        again = resumed(carried, "You are signed in again. Nothing was sent yet: look at it and send it.")
        if again is not None:
            return again
    return redirect(local_path(request.form.get("next", "")))


@account.post("/sign-out")
@signed_in
def sign_out() -> Response:
    """Sign out, on every device: the sessions of this account end."""
    with work() as at_work:
        end_sessions(at_work, current_actor().person)
    end_session()
    flash("You are signed out, here and on every other device.", "success")
    return redirect(url_for("account.sign_in"))


@account.get("/password")
@signed_in
def password() -> str:
    """The page on which one changes one's password."""
    return _password_page({})


@account.post("/password")
@signed_in
def change_password() -> Any:
    """Change one's password, then go where one wanted to. The present one is asked, unless one came by a code."""
    found, form = current_account(), request.form
    if found is None:
        abort(401)
    errors: dict[str, str] = {}
    if form.get("new_password", "") != form.get("repeated_password", ""):
        errors["repeated_password"] = "The two are not the same. Type both again."  # noqa: S105
    try:
        check_new_password(form.get("new_password", ""), found.login, found.name)
    except PasswordRefused as refused:
        errors["new_password"] = str(refused)
    if not errors and not found.must_change and not verify_password(found.person, form.get("password", "")):
        errors["password"] = "This is not your present password."  # noqa: S105
    if errors:
        return _password_page(errors), 422
    only_looking()
    hashed = hash_password(form["new_password"])
    with work() as at_work:
        set_password(at_work, found.person, form["new_password"], hashed=hashed)
    fresh = read_account(reading(), person=found.person)
    if fresh is not None:
        begin_session(fresh)
    flash("Your password is changed. Other devices have to sign in again.", "success")
    return redirect(local_path(request.args.get("next", "")))


@account.get("/setup")
@public
def setup_first() -> str:
    """The page that makes the first administrator; gone as soon as there is one."""
    _setup_open()
    return render_template("people/setup.html", errors={}, form={})


@account.post("/setup")
@public
def make_first() -> Any:
    """Make the first administrator, with the code that the server printed."""
    _setup_open()
    parts, form = milepost(), request.form
    login, name = form.get("login", ""), form.get("name", "")
    errors: dict[str, str] = {}
    if not setup.setup_fits(parts.config, form.get("code", ""), parts.clock()):
        errors["code"] = "This is not the code that `./milepost serve` printed last."
    try:
        check_new_password(form.get("new_password", ""), login, name)
    except PasswordRefused as refused:
        errors["new_password"] = str(refused)
    if not errors:
        try:
            _make_administrator(login, name, form["new_password"])
        except PersonRefused as refused:
            errors = refused.errors
    if errors:
        return render_template("people/setup.html", errors=errors, form=form), 422
    setup.close_setup(parts.config)
    flash("You are the administrator. Add the people who work here, then register a project.", "success")
    return redirect(url_for("people.index"))


@account.post("/theme")
@public
def theme() -> Response:
    """Choose the looks of this browser: light, dark, or (anything else) as its system says."""
    response = redirect(local_path(request.form.get("back", "")))
    chosen = request.form.get("theme", "")
    if chosen in THEMES:
        secure = milepost().config.https
        response.set_cookie("theme", chosen, max_age=YEAR, httponly=True, samesite="Lax", secure=secure)
    else:
        response.delete_cookie("theme")
    return response


def local_path(wanted: str) -> str:
    """An address on this very server; the inbox in place of anything else."""
    simple = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and wanted.isprintable()
    return wanted if simple else url_for("inbox.show")


def _password_page(errors: dict[str, str]) -> str:
    found = current_account()
    return render_template("people/password.html", errors=errors, account=found)


def _setup_open() -> None:
    """404 once there is an administrator, or where no code waits."""
    parts = milepost()
    db.session.rollback()
    with only_reading():
        open_still = not has_administrator(unit()) and setup.setup_open(parts.config, parts.clock())
        db.session.rollback()
    if not open_still:
        abort(404)


def _make_administrator(login: str, name: str, new_password: str) -> None:
    with work() as at_work:
        if has_administrator(at_work):
            raise PersonRefused({"code": "Somebody was faster: there is an administrator now."})
        person, _code = add_person(at_work, login, name, THE_SYSTEM, roles=frozenset({"Administrator"}))
        at_work.session.flush()
        set_password(at_work, person, new_password)
    session.clear()
    fresh = read_account(reading(), person=person)
    if fresh is not None:
        begin_session(fresh)
