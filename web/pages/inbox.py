"""The inbox: what is to be done, in three panes on a wide screen and one at a time on a phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

import engine
import processes
from engine import Actor, Unit
from web.pages import paging
from web.people import accounts, current_actor, public, signed_in
from web.work import reading

inbox = Blueprint("inbox", __name__)

COMING = 3
"""So much of what comes by itself is named where nothing is to be done."""
SORTS = {"due": "Due date", "created": "Newest first"}


@dataclass(frozen=True)
class Asked:
    """What the address asks of the inbox; anything it does not know counts as not asked."""

    view: str = "todo"
    role: str | None = None
    process: str | None = None
    sort: str = "due"

    @classmethod
    def from_request(cls) -> Asked:
        """The filters in the present address."""
        view, sort = request.args.get("view", "todo"), request.args.get("sort", "due")
        return cls(
            view if view in engine.VIEWS else "todo",
            request.args.get("role") or None,
            request.args.get("process") or None,
            sort if sort in SORTS else "due",
        )

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """The same filters as arguments of an address; what is usual is left out."""
        usual = {"view": "todo", "sort": "due"}
        chosen = {"view": self.view, "role": self.role, "process": self.process, "sort": self.sort, **changes}
        return {name: value for name, value in chosen.items() if value and value != usual.get(name)}


@inbox.get("/")
@public
def home() -> Response:
    """The first page is the inbox."""
    return redirect(url_for("inbox.show"))


@inbox.get("/inbox")
@signed_in
def show() -> str:
    """The list of tasks, with no task opened."""
    return render_template("inbox/list.html", **panes())


def panes(task_id: str | None = None) -> dict[str, Any]:
    """What the two left panes show; `task_id` is the task that is open in the third."""
    unit, actor, asked = reading(), current_actor(), Asked.from_request()
    begin = paging.offset()
    found = engine.inbox(
        unit,
        actor,
        asked.view,
        role=asked.role,
        process=asked.process,
        sort=asked.sort,
        limit=paging.SIZE + 1,
        offset=begin,
    )
    nothing = not found and asked == Asked(sort=asked.sort) and not begin
    held = sorted({role for subject, roles in actor.roles.items() if subject for role in roles})
    return {
        "asked": asked,
        "views": engine.VIEWS,
        "sorts": SORTS,
        "counts": engine.counts(unit, actor),
        "sheet": paging.sheet(found, begin),
        "roles": held,
        "processes": engine.processes_open_to(unit, actor),
        "shown_task": task_id,
        "coming": processes.ahead(unit, sorted(filter(None, actor.roles)))[:COMING] if nothing else [],
        "asks": _asks(unit, actor) if asked.view == "todo" else [],
        "first_steps": _first_steps(unit, actor) if nothing else [],
    }


def _asks(unit: Unit, actor: Actor) -> list[tuple[str, str, str]]:
    """(project, id of what is proposed, the setting) of the settings that wait for the actor's agreement."""
    found = processes.settings_awaited(unit, sorted(filter(None, actor.roles)))
    return [
        (project, one.id, processes.OPTIONS[one.setting].label) for project, one, who in found if actor.person in who
    ]


def _first_steps(unit: Unit, actor: Actor) -> list[tuple[str, str, bool]]:
    """(what an administrator does first, on which page, whether it is done); nothing once a project is registered."""
    if not actor.holds("Administrator", "") or processes.projects(unit):
        return []
    duties = {one.role for one in processes.sop_duties(unit)}
    return [
        ("Add the people who work here", url_for("people.new"), len(accounts(unit)) > 1),
        ("Name who owns the SOP and who approves it", url_for("sop.index"), duties >= set(processes.SOP_ROLES)),
        ("Register a project with its team", url_for("registration.register"), False),
    ]
