"""Claims that milestones are complete: how each stands, what was said and signed about it, and a claim made by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, url_for

import engine
import processes
from engine import Actor, Record, Refused, Signed, Unit
from web.pages.projects import frame, projects, seen
from web.people import current_actor, signed_in
from web.work import reading, work

ACCEPTANCE = "milestone-acceptance"
"""The type of the records that say what was claimed and verified."""


@dataclass(frozen=True)
class Line:
    """A claim with what was said about it, its newest record with the signatures on that, and what it waits for."""

    claim: processes.Claim
    words: list[processes.ClaimWord]
    record: Record | None
    signatures: list[Signed]
    waiting: list[engine.Task]

    @property
    def address(self) -> str:
        """Where its evidence can be seen, if that is an address that can be followed."""
        return self.claim.link if urlsplit(self.claim.link).scheme in ("http", "https") else ""


@projects.get("/projects/<project>/claims")
@signed_in
def claims(project: str) -> str:
    """The claims of a project, open ones first, and what the actor can claim."""
    return _page(project)


def _page(project: str, trouble: str = "") -> str:
    unit, actor = reading(), current_actor()
    found = seen(project, actor)
    lines = sorted(
        (_line(unit, project, one) for one in reversed(processes.claims(unit, project))),
        key=lambda line: not line.claim.open,
    )
    mine = set(processes.claimable(unit, project, actor.person))
    milestones = [one for one in processes.milestones(unit, project) if one.id in mine]
    return render_template(
        "projects/claims.html", **frame(found, actor), lines=lines, milestones=milestones, trouble=trouble
    )


def _line(unit: Unit, project: str, claim: processes.Claim) -> Line:
    record = engine.current(unit, ACCEPTANCE, project, claim.id)
    signed = list(engine.signatures(unit, record.id)) if record else []
    waiting = engine.tasks(unit, instance=claim.instance, status="open") if claim.instance and claim.open else []
    return Line(claim, processes.claim_words(unit, project, claim.id), record, signed, waiting)


@projects.post("/projects/<project>/claims")
@signed_in
def claim(project: str) -> Any:
    """Claim a milestone complete: the process for it starts, and asks its owner for the evidence."""
    actor = current_actor()
    seen(project, actor)
    try:
        with work() as unit:
            made = processes.claim_milestone(unit, project, request.form.get("milestone", ""), actor)
            mine = _tasks_of_claim(unit, project, made, actor)
    except (Refused, processes.ProcessesError) as refused:
        return _page(project, str(refused)), 422
    flash(
        f"The claim {made} is made. Give the evidence next: it is achieved when it is accepted.", "success"
    )
    if mine:
        return redirect(url_for("tasks.show", task_id=mine[-1].id))
    return redirect(url_for("projects.claims", project=project))


def _tasks_of_claim(unit: Unit, project: str, claim: str, actor: Actor) -> list[engine.Task]:
    """The open tasks of the instance that judges a claim, which the actor may do."""
    about = next((one for one in processes.claims(unit, project) if one.id == claim), None)
    found = engine.tasks(unit, instance=about.instance, status="open") if about and about.instance else []
    return [one for one in found if engine.may_perform(actor, one)]
