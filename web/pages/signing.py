"""Signing in two steps: the document that a task would seal is shown first, then signed with the password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

import engine
import processes
from engine import Actor, Completed, NotFound, Shown, Signature, SignatureRefused, SignatureVoid, Task, TaskClosed, Unit
from forms import AnswersRefused, Upload
from web.errors import TooManyAttempts
from web.pages.comparing import changes
from web.pages.inbox import Asked
from web.pages.outcome import onward, outcome
from web.pages.sight import in_zone_of, known_projects
from web.pages.tasks import Typed, page
from web.people import current_actor, resumes, signed_in, verify_password
from web.work import about, reading, work

signing = Blueprint("signing", __name__)

WRONG = "This is not your password. Nothing was signed; try again."
MISSING = "Type your password to sign."
VOID = "What you were shown has changed since. This is how it stands now: read it again before you sign."


@signing.get("/tasks/<task_id>/sign")
@signed_in
def show(task_id: str) -> Any:
    """The document as it would be sealed, to be read and signed."""
    return document_page(task_id)


def document_page(task_id: str, message: str = "", sign_error: str = "") -> Any:
    """The page on which the document is read and signed; back to the form when there is nothing to sign yet."""
    unit, actor = reading(), current_actor()
    task = engine.task(unit, task_id, actor)
    try:
        shown, meaning, _ = _composed(unit, task, actor)
    except (AnswersRefused, SignatureRefused, NotFound, TaskClosed):
        return redirect(url_for("tasks.show", task_id=task_id, **Asked.from_request().arguments()))
    in_zone_of(task.subject)
    document = shown.document
    before = engine.current(unit, document["type"], document["subject"], document["key"])
    sections = document["content"]["sections"]
    return render_template(
        "tasks/sign.html", task=task, behalf=engine.standing_in(actor, task), shown=shown,
        sections=sections, meaning=meaning, before=before, message=message,
        differences=changes(before.sections, sections) if before else [], sign_error=sign_error,
        asked=Asked.from_request(), objections=_objections(unit, document),
    )  # fmt: skip


@signing.post("/tasks/<task_id>/sign")
@signed_in
def post(task_id: str) -> Any:
    """Sign the document that was shown, and complete the task with it."""
    trouble, status = password_fits(current_actor(), request.form.get("password", ""))
    if trouble:
        return document_page(task_id, sign_error=trouble), status

    def sign(unit: Unit) -> tuple[Completed, Actor]:
        actor = current_actor()
        _, meaning, raw = _composed(unit, engine.task(unit, task_id, actor), actor)
        signature = Signature(
            actor.person, meaning, request.form.get("_shown", ""), absence=request.form.get("_for", "")
        )
        return engine.complete(unit, task_id, raw, actor, signature=signature, shown=signature.shown), actor

    try:
        done, actor = about(task_id, sign)
    except SignatureVoid:
        return document_page(task_id, message=VOID), 422
    except AnswersRefused:
        flash("Your answers no longer fit what the project holds by now. Look at them again.", "error")
        return redirect(url_for("tasks.show", task_id=task_id))
    return onward(*outcome(reading(), done, actor))


@resumes("signing.post")
def resume(values: MultiDict[str, str], message: str, task_id: str) -> Any:  # noqa: ARG001
    """The document once more, after the session ran out; the answers stand in the draft."""
    return document_page(task_id, message=message)


def review(task_id: str, raw: Mapping[str, Any]) -> Any:
    """Check the answers as completing would, keep them, and go to the document that they make."""
    try:
        with work() as unit:
            actor = current_actor()
            engine.rehearse(unit, task_id, raw, actor)
            engine.save_draft(unit, task_id, raw, actor)
    except AnswersRefused as refused:
        return page(task_id, Typed(raw, refused.errors)), 422
    return redirect(url_for("signing.show", task_id=task_id, **Asked.from_request().arguments()))


def _objections(unit: Unit, document: Mapping[str, Any]) -> processes.Objections:
    """What the document would come back for; nothing where it is about no project of the procedure."""
    return processes.objections(unit, document) if document["subject"] in known_projects() else processes.Objections()


def password_fits(actor: Actor, password: str) -> tuple[str, int]:
    """("", 0) when it is the actor's password; else what is wrong with it, and the status to answer with."""
    if not password:
        return MISSING, 422
    try:
        return ("", 0) if verify_password(actor.person, password) else (WRONG, 422)
    except TooManyAttempts as refused:
        return f"{refused} Your answers are kept on this page.", 429


def _composed(unit: Unit, task: Task, actor: Actor) -> tuple[Shown, str, dict[str, Any]]:
    """(what would be sealed, what the signature means, the answers of the draft).

    Raises TaskClosed with who was faster and when, SignatureRefused when there is nothing to sign, and AnswersRefused
    when the draft is not complete.
    """
    engine.still_open(task)
    draft = engine.draft(unit, task.id, actor)
    if draft is None or not (task.signature and task.record):
        raise SignatureRefused("There is nothing to sign here yet.")
    raw = _with_files(unit, task.id, draft)
    asked = engine.task_form(unit, task, actor)
    clean = asked.form.load(raw, choices=asked.choices, context=asked.context) if asked.form else {}
    shown = engine.preview(unit, task, clean, actor)
    if shown is None:
        raise SignatureRefused("There is nothing to sign here yet.")
    return shown, engine.meaning_of(task, clean) or "", raw


def _with_files(unit: Unit, task_id: str, value: Any) -> Any:
    """A draft with its files as they were kept, by their hashes."""
    if isinstance(value, dict) and {"name", "sha256"} <= set(value):
        found = engine.attachment_of(unit, task_id, str(value["sha256"]))
        return Upload(found.name, found.media_type, found.size, found.sha256)
    if isinstance(value, dict):
        return {key: _with_files(unit, task_id, part) for key, part in value.items()}
    if isinstance(value, list):
        return [_with_files(unit, task_id, part) for part in value]
    return value
