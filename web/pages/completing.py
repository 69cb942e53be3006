"""What the buttons of a task's form do: change rows, keep a draft, hand the answers in, with a signature or without."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import flash, request
from werkzeug.datastructures import MultiDict

import engine
from engine import Actor, Completed, NotFound, SignatureRefused, Unit
from forms import AnswersRefused, Upload, edit_rows, unflatten
from web.pages.outcome import onward, outcome
from web.pages.signing import VOID, WRONG, password_fits, review
from web.pages.tasks import Typed, back, page, tasks
from web.people import begins, current_actor, resumes, signed_in
from web.work import about, only_looking, reading, work

KEPT_FILE = re.compile(r"upload:[0-9a-f]{64}")
"""How a form names a file that is kept already."""
TASK_ID = re.compile("[0-9a-z]{1,32}")
AGAIN = "Type your password again once the answers are right."


def handed_in() -> str | None:
    """The task whose answers are handed in as they are: without a signature, and without files to be kept first."""
    form, task_id = request.form, (request.view_args or {}).get("task_id", "")
    others = "_rows" in form or "_signing" in form or form.get("_do", "complete") != "complete"
    return task_id if TASK_ID.fullmatch(task_id) and not others and not request.files else None


@tasks.post("/tasks/<task_id>")
@begins(handed_in)
@signed_in
def post(task_id: str) -> Any:
    """What the pressed button says; without one, the answers are handed in."""
    raw = typed_answers(task_id)
    do = request.form.get("_do", "complete")
    if "_rows" in request.form or do == "refresh":
        only_looking()
    if "_rows" in request.form:
        return page(task_id, Typed(edit_rows(raw, request.form["_rows"])))
    if do == "refresh":
        return page(task_id, Typed(raw))
    if do == "save":
        return save(task_id, raw)
    if do == "review":
        return review(task_id, raw)
    if request.form.get("_signing"):
        return sign_and_complete(task_id, raw)
    return complete(task_id, raw)


@resumes("tasks.post")
def resume(values: MultiDict[str, str], message: str, task_id: str) -> str:
    """The form with what was typed before the session ran out."""
    raw = unflatten(list(values.items(multi=True)))
    wholes = values.getlist("_whole")
    return page(task_id, Typed(_with_wholes(task_id, raw, wholes), message=message, wholes=wholes))


def save(task_id: str, raw: Mapping[str, Any]) -> Any:
    """Keep half-filled answers."""
    with work() as unit:
        engine.save_draft(unit, task_id, raw, current_actor())
    flash("Your draft is kept. Only you see it.", "success")
    return back(task_id)


def complete(task_id: str, raw: Mapping[str, Any]) -> Any:
    """Hand the answers in, without a signature."""

    def hand_in(unit: Unit) -> tuple[Completed, Actor]:
        actor = current_actor()
        return engine.complete(unit, task_id, raw, actor, seen=_posted("_seen"), shown=_posted("_shown")), actor

    try:
        done, actor = about(task_id, hand_in)
    except AnswersRefused as refused:
        return page(task_id, Typed(raw, refused.errors)), 422
    except SignatureRefused as refused:
        return page(task_id, Typed(raw, message=str(refused))), 422
    return onward(*outcome(reading(), done, actor))


def sign_and_complete(task_id: str, raw: Mapping[str, Any]) -> Any:
    """Hand the answers in with a signature on the record that the page showed."""
    trouble, status = password_fits(current_actor(), request.form.get("password", ""))

    def sign(unit: Unit) -> tuple[Completed, Actor]:
        actor = current_actor()
        clean = engine.rehearse(unit, task_id, raw, actor)
        if trouble:
            raise SignatureRefused(WRONG)
        meaning = engine.meaning_of(engine.task(unit, task_id, actor), clean) or ""
        signature = engine.Signature(
            actor.person, meaning, request.form.get("_shown", ""), absence=request.form.get("_for", "")
        )
        done = engine.complete(
            unit, task_id, raw, actor, signature=signature, seen=_posted("_seen"), shown=signature.shown
        )
        return done, actor

    try:
        done, actor = about(task_id, sign)
    except AnswersRefused as refused:
        return page(task_id, Typed(raw, refused.errors, sign_error=trouble or AGAIN)), 422
    except engine.SignatureVoid:
        return page(task_id, Typed(raw, message=VOID)), 422
    except SignatureRefused as refused:
        return page(task_id, Typed(raw, sign_error=trouble or str(refused))), status or 422
    return onward(*outcome(reading(), done, actor))


def typed_answers(task_id: str) -> dict[str, Any]:
    """What the form sent, nested; files are kept at once, so that a refused answer does not lose them."""
    pairs: list[tuple[str, Any]] = [
        (name, _kept_file(task_id, value)) for name, value in request.form.items(multi=True) if name != "csrf_token"
    ]
    sent = [(name, file) for name, file in request.files.items(multi=True) if file.filename]
    if sent:
        with work() as unit:
            for name, file in sent:
                kept = engine.attach(unit, task_id, file.filename or "", file.mimetype, file.read(), current_actor())
                pairs.append((name, kept))
    return _with_wholes(task_id, unflatten(pairs), request.form.getlist("_whole"))


def _with_wholes(task_id: str, raw: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """The answers with those lists that the page showed as a whole: they stand in the draft, not on the page."""
    if not names:
        return raw
    unit, actor = reading(), current_actor()
    values = engine.task_form(unit, engine.task(unit, task_id, actor), actor).values
    return {**raw, **{name: values[name] for name in names if isinstance(values.get(name), list)}}


def _kept_file(task_id: str, value: str) -> str | Upload:
    """The file that a ticked “Keep” names by its hash, if it belongs to this very task; else the text itself."""
    if not KEPT_FILE.fullmatch(value):
        return value
    try:
        found = engine.attachment_of(reading(), task_id, value.partition(":")[2])
    except NotFound:
        return value
    return Upload(found.name, found.media_type, found.size, found.sha256)


def _posted(name: str) -> str | None:
    return request.form.get(name) or None
