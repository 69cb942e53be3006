"""Processes: which are deployed, each version's diagram and elements, and who runs on which version."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

import engine
from engine import Definition, NotFound
from web.pages.sight import may_oversee, visible
from web.people import current_actor, signed_in
from web.work import reading

processes = Blueprint("processes", __name__)

MOST = 1000
"""Running instances that are counted; more are shown as “1000+”."""


@processes.get("/processes")
@signed_in
def index() -> str:
    """The newest version of every process, with how many instances run on it and on older ones."""
    unit = reading()
    versions: dict[str, list[Definition]] = {}
    for one in engine.definitions(unit):
        versions.setdefault(one.process, []).append(one)
    return render_template(
        "processes/list.html",
        versions=versions,
        running={process: running(process=process) for process in versions},
        may_edit=may_oversee(current_actor(), "Process Admin"),
    )


@processes.get("/processes/<process>")
@processes.get("/processes/<process>/<int:version>")
@signed_in
def show(process: str, version: int | None = None) -> str:
    """One version of a process: its diagram, what each element says, and who runs on it."""
    unit, actor = reading(), current_actor()
    versions = engine.definitions(unit, process)
    chosen = next((one for one in versions if version is None or one.version == version), None)
    if chosen is None:
        raise NotFound(f"There is no version {version} of this process." if versions else None)
    parts = engine.prepared(unit, chosen.id)
    return render_template(
        "processes/process.html",
        definition=chosen,
        versions=[(one, running(definition=one.id)) for one in versions],
        documentation=parts.documentation,
        forms={one: engine.form(unit, chosen.id, one).title for one in engine.bundle(unit, chosen.bundle).forms},
        elements=[one for one in parts.elements.values() if one.name and "gateway" not in one.kind.lower()],
        instances=engine.instances(unit, definition=chosen.id, status="running", subjects=visible(actor), limit=20),
        newest=versions[0],
        may_edit=may_oversee(actor, "Process Admin"),
    )


@processes.get("/definitions/<definition_id>/diagram.bpmn")
@signed_in
def diagram(definition_id: str) -> Response:
    """The diagram of a definition, as it was deployed. It never changes, so browsers keep it."""
    response = Response(engine.diagram(reading(), definition_id), mimetype="application/xml")
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.set_etag(engine.digest(reading(), definition_id))
    return response.make_conditional(request)


def running(**which: Any) -> int:
    """How many instances run, of those that the actor sees."""
    found = engine.instances(reading(), status="running", subjects=visible(current_actor()), limit=MOST, **which)
    return len(found)
