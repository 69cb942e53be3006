"""Asking for the end of a project: its closure, or its cancellation, which is a closure in short form."""

from __future__ import annotations

from engine import Actor, Unit
from processes.asking import ask
from processes.errors import NotInProject, RegistrationRefused
from processes.holds import HELD, resume
from processes.projects import Project, project
from processes.vocabulary import MANAGER
from processes.writing import Writing


def close(unit: Unit, project_id: str, by: Actor, reason: str) -> list[str]:
    """Ask for the close of a project; give the instances that heard it. A hold ends by it.

    Raises NoSuchProject, NotInProject, RegistrationRefused without a reason, engine.NobodyWaits.
    """
    about = _asked(unit, project_id, by, reason, "project.close-requested", "Say why the project is closed.")
    return ask(unit, "closure.requested", about.id, {"reason": reason}, by)


def cancel_project(unit: Unit, project_id: str, by: Actor, reason: str) -> list[str]:
    """Cancel a project; give the instances that heard it. It is closed all the same, in the form that it has chosen.

    One that has not begun just ends. Raises as `close` does.
    """
    about = _asked(unit, project_id, by, reason, "project.cancel-requested", "Say why the project is cancelled.")
    if about.started_at is None:
        return ask(unit, "closure.requested", about.id, {"reason": reason}, by)
    said = {"reason": f"Cancelled: {reason}", "short": about.settings.cancelled_closure == "short"}
    return ask(unit, "project.cancelled", about.id, said, by)


def _asked(unit: Unit, project_id: str, by: Actor, reason: str, kind: str, without: str) -> Project:
    about = project(unit, project_id)
    if not by.holds(MANAGER, project_id):
        raise NotInProject("Only a project manager of the project may close or cancel it.")
    if not reason.strip():
        raise RegistrationRefused({"reason": (without,)})
    Writing(unit, by, project_id).event(kind, "project", project_id, reason=reason)
    if about.status == HELD:
        resume(unit, project_id, by, reason)
    return about
