"""Who may open which page. A view says it by a decorator; one hook enforces it, and closes what says nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from engine import EngineError, NotAllowed
from web.errors import SignInNeeded, WebError
from web.people.sessions import current_account, current_actor, person_of_session, refresh
from web.work import forget_reading, only_looking

View = TypeVar("View", bound=Callable[..., Any])

OPEN_WHILE_CHANGING = frozenset({"account.password", "account.change_password", "account.sign_out", "account.theme"})
"""What somebody who came by a one-time code may open before choosing a password."""


@dataclass(frozen=True)
class Guard:
    """What a view asks for: somebody signed in, and one of these roles in the organisation if any are named."""

    signed_in: bool = True
    roles: tuple[str, ...] = ()
    begins: Callable[[], str | None] | None = None
    """Says of a request which task it completes right away: its unit of work is then the one that reads who acts."""


def public(view: View) -> View:
    """Anybody may open this page."""
    view.guard = Guard(signed_in=False)  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anybody signed in may open this page; what they see of it is up to the verbs it calls."""
    view.guard = Guard()  # type: ignore[attr-defined]
    return view


def needs(*roles: str) -> Callable[[View], View]:
    """Only somebody who holds one of these roles in the organisation may open this page."""

    def mark(view: View) -> View:
        view.guard = Guard(roles=roles)  # type: ignore[attr-defined]
        return view

    return mark


def begins(task: Callable[[], str | None]) -> Callable[[View], View]:
    """The view completes this task in a unit of work that begins before its guard asks who is there."""

    def mark(view: View) -> View:
        view.guard = replace(view.guard, begins=task)  # type: ignore[attr-defined]
        return view

    return mark


def guard_of(app: Flask, endpoint: str) -> Guard | None:
    """What the view behind an endpoint asks for; None when it says nothing."""
    if endpoint == "static":
        return Guard(signed_in=False)
    return getattr(app.view_functions.get(endpoint), "guard", None)


def check_guard() -> Response | None:
    """Before each request: let it pass, raise SignInNeeded or NotAllowed, or send to the choice of a password."""
    if request.endpoint is None:
        return None
    guard = guard_of(current_app, request.endpoint) or Guard(roles=("Administrator",))
    if not guard.signed_in:
        return None
    task = guard.begins() if guard.begins and person_of_session() else None
    if task is None:
        return _checked(guard)
    forget_reading(task)
    try:
        return _checked(guard)
    except (EngineError, WebError):
        only_looking()
        raise


def _checked(guard: Guard) -> Response | None:
    account = current_account()
    if account is None:
        raise SignInNeeded
    refresh()
    if account.must_change and request.endpoint not in OPEN_WHILE_CHANGING:
        return redirect(url_for("account.password"))
    actor = current_actor()
    if guard.roles and not any(actor.holds(role, "") for role in guard.roles):
        raise NotAllowed(f"This page is for: {', '.join(guard.roles)}. Ask an administrator if you need it.")
    return None
