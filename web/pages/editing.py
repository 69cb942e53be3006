"""Changing processes: edit a diagram in the browser or hand a file in, check it, and deploy it as the next version."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

import engine
import processes as procedure_room
from engine import MEANINGS, Bundle, Definition, DiagramRefused, Finding, NotFound, Refused, Stale, Unit
from web.pages.processes import processes
from web.pages.rules import rule_address
from web.people import current_actor, needs, resumes
from web.work import milepost, only_looking, reading, work

MOST_BYTES = 2 * 1024 * 1024
"""What one file of a bundle may have."""
SHORTEST_REASON = 10
ENDINGS = (".bpmn", ".dmn", ".form")
TOO_LARGE = "This file is larger than 2 MB. Split the process, or take out what does not belong to it."
WHY = f"Say in at least {SHORTEST_REASON} characters what is different and why: it stands in the list of versions."


@processes.get("/processes/<process>/edit")
@needs("Process Admin")
def edit(process: str) -> str:
    """The newest version of a process in the editor."""
    return edit_page(process)


def edit_page(process: str, source: str = "", **more: Any) -> str:
    """The editor, with the newest diagram or with the one that `source` (an address) gives."""
    unit = reading()
    newest = engine.newest(unit, process)
    return render_template(
        "processes/edit.html",
        definition=newest,
        source=source or url_for("processes.diagram", definition_id=newest.id),
        catalogue=_catalogue(unit, newest),
        select=request.args.get("element", ""),
        **more,
    )


def _catalogue(unit: Unit, newest: Definition) -> dict[str, Any]:
    """What a diagram of this bundle may name."""
    bundle = engine.bundle(unit, newest.bundle)
    return {
        "forms": [{"value": one, "label": engine.form(unit, newest.id, one).title} for one in sorted(bundle.forms)],
        "roles": [*procedure_room.ROLES, "System"],
        "records": [{"value": value, "label": label} for value, label in procedure_room.RECORD_TITLES.items()],
        "signatures": list(MEANINGS),
        "steps": sorted(unit.procedure.steps),
        "clauses": [{"value": one, "label": f"{one} {text}"} for one, text in procedure_room.CLAUSES.items()],
    }


@processes.post("/processes/check")
@needs("Process Admin")
def check() -> Any:
    """The findings of a diagram, in JSON: the newest bundle with this file in place of its own."""
    process = request.args.get("process", "")
    if (request.content_length or 0) > MOST_BYTES:
        return jsonify(findings=[_shape(Finding(None, "too-large", "error", TOO_LARGE))]), 422
    unit = only_looking()
    newest = engine.newest(unit, process)
    found = engine.check(unit, _bundle(unit, newest, newest.file, request.get_data(), ""))
    return jsonify(findings=[_shape(one) for one in found if one.file in ("", newest.file)])


def _shape(finding: Finding) -> dict[str, Any]:
    return {
        "element": finding.element,
        "severity": finding.severity,
        "sentence": finding.sentence,
        "rule": finding.rule,
        "page": rule_address(finding.rule),
    }


@processes.post("/processes/<process>/deploy")
@needs("Process Admin")
def deploy(process: str) -> Any:
    """Deploy the edited diagram as the next version; instances that run stay on theirs."""
    actor, reason = current_actor(), request.form.get("reason", "").strip()
    content = request.form.get("xml", "").encode()
    newest = engine.newest(reading(), process)
    if len(content) > MOST_BYTES:
        return edit_page(process, reason=reason, trouble=TOO_LARGE), 422
    source = keep(actor.person, process, content, newest.file)
    if len(reason) < SHORTEST_REASON:
        return edit_page(process, source, reason=reason, reason_error=WHY), 422
    try:
        with work() as unit:
            _not_stale(unit, process)
            made = engine.deploy(unit, _bundle(unit, newest, newest.file, content, reason), actor)
    except DiagramRefused as refused:
        return edit_page(process, source, reason=reason, findings=refused.findings), 422
    except Refused as refused:
        return edit_page(process, source, reason=reason, trouble=str(refused)), 422
    forget(actor.person)
    flash(
        f"Version {made.version} is deployed. New instances run on it; running ones stay on their version.", "success"
    )
    return redirect(url_for("processes.show", process=process))


@resumes("processes.deploy")
def resume(values: MultiDict[str, str], message: str, process: str) -> str:
    """The diagram and the reason as they were when the session ran out."""
    newest = engine.newest(reading(), process)
    source = keep(current_actor().person, process, values.get("xml", "").encode(), newest.file)
    return edit_page(process, source, reason=values.get("reason", ""), trouble=message)


def _not_stale(unit: Unit, process: str) -> None:
    """Raises Stale when somebody deployed a version after this page was opened."""
    base, newest = request.form.get("base", ""), engine.newest(unit, process)
    if base and base != newest.bundle:
        raise Stale(
            f"Version {newest.version} was deployed after you opened the editor. Your diagram is kept: download it, "
            "then edit the newest version.", when=newest.deployed_at,
        )  # fmt: skip


def _newest(unit: Unit) -> Definition:
    """A definition of the bundle that was deployed last. Raises NotFound."""
    newest = max(engine.definitions(unit), key=lambda one: one.version, default=None)
    if newest is None:
        raise NotFound("There is no bundle yet. Deploy one by the command line first.")
    return newest


def _bundle(unit: Unit, newest: Definition, path: str, content: bytes, reason: str) -> Bundle:
    return engine.bundle(unit, newest.bundle).replaced(path, content, reason)


@processes.get("/processes/upload")
@needs("Process Admin")
def upload() -> str:
    """The page on which a file of the bundle is handed in."""
    return _upload_page()


def _upload_page(**more: Any) -> str:
    unit = reading()
    found = engine.definitions(unit)
    newest = max(found, key=lambda one: one.version, default=None)
    files = sorted(engine.bundle(unit, newest.bundle).files) if newest else []
    painted = [_shape(one) for one in more.get("findings", ())]
    return render_template(
        "processes/upload.html", newest=newest, files=files, endings=ENDINGS, painted=painted, **more
    )


@processes.post("/processes/upload")
@needs("Process Admin")
def receive() -> Any:
    """Put a file in place of the one of the same name, or add it, and deploy; or only say what would be found."""
    actor, reason, sent = current_actor(), request.form.get("reason", "").strip(), request.files.get("file")
    name = PurePosixPath((sent.filename or "").replace("\\", "/")).name if sent else ""
    content = sent.read(MOST_BYTES + 1) if sent else b""
    trouble = _trouble(name, content)
    only_check = request.form.get("_do") == "check"
    if not trouble and not only_check and len(reason) < SHORTEST_REASON:
        return _upload_page(reason=reason, reason_error=WHY, again=name), 422
    if trouble:
        return _upload_page(reason=reason, trouble=trouble), 422
    source = keep(actor.person, "upload", content, name)
    newest = _newest(reading())
    path = _path_in(engine.bundle(reading(), newest.bundle), name)
    if only_check:
        unit = only_looking()
        found = engine.check(unit, _bundle(unit, newest, path, content, reason))
        shown = source if name.endswith(".bpmn") else ""
        return _upload_page(reason=reason, findings=found, checked=name, source=shown)
    try:
        with work() as unit:
            newest = _newest(unit)
            made = engine.deploy(unit, _bundle(unit, newest, path, content, reason), actor)
    except DiagramRefused as refused:
        shown = source if name.endswith(".bpmn") else ""
        return _upload_page(reason=reason, findings=refused.findings, checked=name, source=shown), 422
    except Refused as refused:
        return _upload_page(reason=reason, trouble=str(refused)), 422
    forget(actor.person)
    flash(f"{name} is part of version {made.version}. Running instances stay on their version.", "success")
    return redirect(url_for("processes.index"))


def _trouble(name: str, content: bytes) -> str:
    if not name:
        return "Choose a file."
    if not name.endswith(ENDINGS):
        return f"Only {', '.join(ENDINGS)} files can be handed in here; {name} is none."
    return TOO_LARGE if len(content) > MOST_BYTES else "" if content else f"{name} is empty."


def _path_in(bundle: Bundle, name: str) -> str:
    """Where a file of this name lies in the bundle; at its top when it is new."""
    return next((path for path in sorted(bundle.files) if PurePosixPath(path).name == name), name)


@processes.get("/processes/kept/<name>")
@needs("Process Admin")
def kept(name: str) -> Response:
    """The diagram that this person handed in last and that was not deployed; nobody else can read it."""
    place = _folder() / _name(current_actor().person, name)
    if not place.is_file():
        raise NotFound
    response = Response(place.read_bytes(), mimetype="application/xml")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def keep(person: str, process: str, content: bytes, file: str) -> str:
    """Keep a diagram until it is deployed, so that a refusal loses nothing; give its address. One for each person."""
    forget(person)
    name = f"{process}-{PurePosixPath(file).name}"
    _folder().mkdir(mode=0o700, exist_ok=True)
    (_folder() / _name(person, name)).write_bytes(content)
    return url_for("processes.kept", name=name)


def forget(person: str) -> None:
    """Drop what was kept for somebody."""
    for place in _folder().glob(f"{_mark(person)}-*"):
        place.unlink(missing_ok=True)


def _folder() -> Path:
    return milepost().config.data / "undeployed"


def _mark(person: str) -> str:
    return hashlib.sha256(person.encode()).hexdigest()[:24]


def _name(person: str, name: str) -> str:
    return f"{_mark(person)}-{hashlib.sha256(name.encode()).hexdigest()[:24]}"
