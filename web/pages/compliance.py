"""What completed instances prove: clause, element, evidence; for people who check, and nobody else."""

from __future__ import annotations

from flask import Blueprint, render_template, request

import engine
import processes
from engine import NotFound
from web.pages import paging
from web.pages.sight import in_zone_of
from web.people import needs
from web.work import reading

compliance = Blueprint("compliance", __name__)

SIZE = 25
"""Instances on one sheet; each is asked what it proves."""
MOST_PROJECTS = 4
"""Projects beside one another when none is chosen."""
READERS = ("Compliance", "Administrator", "Process Admin")


@compliance.get("/compliance")
@needs(*READERS)
def index() -> str:
    """Completed instances, newest first, with what each proves and where it has gaps."""
    unit = reading()
    project, process = request.args.get("project") or None, request.args.get("process") or None
    begin, gaps_only = paging.offset(), request.args.get("show") == "gaps"
    found = engine.instances(
        unit, subjects=[project] if project else None, process=process, status="completed",
        limit=SIZE + 1, offset=begin,
    )  # fmt: skip
    sheet = paging.sheet(found, begin, SIZE)
    proofs = [(one, processes.compliance(unit, one.id)) for one in sheet.lines]
    if gaps_only:
        proofs = [(one, proof) for one, proof in proofs if proof.unproven or proof.remarks]
    return render_template(
        "compliance/list.html",
        sheet=sheet,
        proofs=proofs,
        gaps_only=gaps_only,
        processes={one.process: one.name for one in reversed(engine.definitions(unit))},
    )


@compliance.get("/compliance/clauses")
@needs(*READERS)
def clauses() -> str:
    """From clause to evidence: which elements carry each obligation, and how each project stands with it."""
    unit = reading()
    about = {one.id: one for one in processes.projects(unit)}
    asked = [about[one] for one in request.args.getlist("project") if one in about]
    chosen = asked or list(about.values())[:MOST_PROJECTS]
    standing = {one.id: {row.clause: row for row in processes.standings(unit, one.id)} for one in chosen}
    return render_template(
        "compliance/clauses.html", matrix=processes.matrix(unit), projects=list(about.values()), chosen=chosen,
        standing=standing, names={one.process: one.name for one in reversed(engine.definitions(unit))},
    )  # fmt: skip


@compliance.get("/compliance/<instance_id>")
@needs(*READERS)
def show(instance_id: str) -> str:
    """One instance as evidence: each clause, the element that carries it, and who did what, when, under which hash."""
    unit = reading()
    instance = engine.instance(unit, instance_id)
    in_zone_of(instance.subject)
    if instance.status == "running":
        raise NotFound("This instance still runs. What it proves is told when it has ended.")
    return render_template(
        "compliance/instance.html",
        instance=instance,
        definition=engine.definition(unit, instance.definition),
        proof=processes.compliance(unit, instance_id),
        records=engine.records(unit, instance=instance_id, limit=500),
    )
