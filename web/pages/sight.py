"""Who sees what: members see their projects, overseers see all of them, and to anybody else nothing is there."""

from __future__ import annotations

from collections.abc import Collection

from flask import g

import engine
import processes
from engine import Actor, NotFound
from web.work import reading

OVERSEERS = ("Compliance", "Process Admin", "Administrator")
"""Roles in the organisation that look at every project."""


def may_oversee(actor: Actor, *roles: str) -> bool:
    """Whether the actor holds one of these roles in the organisation; of any overseer's role when none is named."""
    return any(actor.holds(role, "") for role in roles or OVERSEERS)


def sees(actor: Actor, subject: str) -> bool:
    """Whether a project exists for this actor."""
    return engine.may_see(actor, subject)


def must_see(actor: Actor, subject: str) -> None:
    """Raises NotFound unless the actor sees the project: whether it exists is nobody else's business."""
    if not sees(actor, subject):
        raise NotFound


def visible(actor: Actor) -> Collection[str] | None:
    """The projects that the actor sees; None says all."""
    if may_oversee(actor):
        return None
    return sorted(subject for subject, roles in actor.roles.items() if subject and roles)


def names() -> dict[str, str]:
    """Person id -> name of everybody, and of the program; read once in a request."""
    if "names" not in g:
        g.names = {one.id: one.name for one in engine.people(reading())} | {engine.SYSTEM: "Milepost"}
    return g.names


def known_projects() -> dict[str, processes.Project]:
    """Every project by its id; read once in a request."""
    if "projects" not in g:
        g.projects = {one.id: one for one in processes.projects(reading())}
    return g.projects


def titles() -> dict[str, str]:
    """Project id -> title of every project."""
    return {one.id: one.title for one in known_projects().values()}


def in_zone_of(subject: str) -> None:
    """Let the page show times in the zone of this project."""
    about = known_projects().get(subject)
    if about is not None:
        g.zone = about.zone
