"""Asking for the end of a project: its closure, or its cancellation, which is a closure in short form; and not to."""

from __future__ import annotations

from sqlalchemy import select

from engine import Actor, Unit, names
from processes.asking import ask
from processes.cancelling import cancel
from processes.closures import ASKED, CANCELLED, end_asked
from processes.communication import tell
from processes.errors import NotInProject, RegistrationRefused
from processes.holds import HELD, resume
from processes.people import holders
from processes.projects import Project, project
from processes.tables import ClosureRow
from processes.vocabulary import MANAGER
from processes.writing import Writing


def close(unit: Unit, project_id: str, by: Actor, reason: str) -> list[str]:
    """Ask for the close of a project; give the instances that heard it. A hold ends by it.

    Raises NoSuchProject, NotInProject, RegistrationRefused without a reason, engine.NobodyWaits.
    """
    about = _asked(unit, project_id, by, reason, ASKED, "Say why the project is closed.")
    return ask(unit, "closure.requested", about.id, {"reason": reason}, by)


def cancel_project(unit: Unit, project_id: str, by: Actor, reason: str) -> list[str]:
    """Cancel a project; give the instances that heard it. It is closed all the same, in the form that it has chosen.

    One that has not begun just ends. Raises as `close` does.
    """
    about = _asked(unit, project_id, by, reason, CANCELLED, "Say why the project is cancelled.")
    if about.started_at is None:
        return ask(unit, "closure.requested", about.id, {"reason": reason}, by)
    said = {"reason": f"Cancelled: {reason}", "short": about.settings.cancelled_closure == "short"}
    return ask(unit, "project.cancelled", about.id, said, by)


def closers(unit: Unit, project_id: str) -> tuple[str, ...]:
    """Who can take the closing of a project back that is not signed yet; nobody where none is under way.

    Whoever asked for it, while they manage the project; once they do not, any manager of it.
    """
    if _open(unit, project_id) is None:
        return ()
    managers, asked = holders(unit, project_id, MANAGER), end_asked(unit, project_id)
    starter = asked.person if asked else ""
    return (starter,) if starter in managers else managers


def withdraw_closure(unit: Unit, project_id: str, by: Actor, reason: str) -> None:
    """Take the closing of a project back before it is signed: the project goes on, and can be closed another time.

    Whoever asked for it can, with a reason. Everybody is told. Raises NoSuchProject, NotInProject, RegistrationRefused.
    """
    project(unit, project_id)
    row = _open(unit, project_id)
    if row is None:
        raise RegistrationRefused({"reason": ("No closing of this project is under way, or it is signed already.",)})
    able = closers(unit, project_id)
    if by.person not in able:
        printed = " or ".join(names(unit, able).values())
        raise NotInProject(f"Only {printed} can take this closing back: whoever began it.")
    if not reason.strip():
        raise RegistrationRefused({"reason": ("Say why the closing is taken back.",)})
    cancel(unit, row.instance, by, reason)
    tell(Writing(unit, by, project_id, row.instance), "closure-withdrawn", key=row.id)


def _open(unit: Unit, project_id: str) -> ClosureRow | None:
    query = select(ClosureRow).where(ClosureRow.project == project_id, ClosureRow.ended_at.is_(None))
    return unit.session.scalars(query.order_by(ClosureRow.sequence.desc())).first()


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
