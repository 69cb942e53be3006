"""One task: its page with four sides, and what people do with it besides completing it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as with_other
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

import engine
import processes
from engine import NotAllowed, Refused, Task, Unit
from forms import Field, Form
from web.pages import answers as said
from web.pages import story
from web.pages.comparing import changes
from web.pages.inbox import Asked, panes
from web.pages.sight import in_zone_of, must_see, names
from web.people import current_actor, resumes, signed_in
from web.work import milepost, reading, work

tasks = Blueprint("tasks", __name__)

MOST_SUMMED = 10
"""Faults of a long list that the summary above the form names; below, the list names more."""
SIDES = ("form", "comments", "history", "diagram")
INLINE = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "text/plain"})
"""Media types of attachments that browsers may show; every other one is offered for saving."""


@dataclass(frozen=True)
class Typed:
    """What somebody has typed so far, and what was refused about it."""

    values: Mapping[str, Any] | None = None
    errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    message: str = ""
    sign_error: str = ""
    confirmed: bool = False
    wholes: Collection[str] = field(default_factory=lambda: request.form.getlist("_whole"))
    """The lists that were shown as a whole: they stand in the draft."""


@tasks.get("/inbox/<task_id>")
@signed_in
def show(task_id: str) -> str:
    """A task, at the side that the address names."""
    return page(task_id, side=request.args.get("tab", "form"))


def page(task_id: str, typed: Typed | None = None, side: str = "form", **more: Any) -> str:
    """The page of a task: as it stands, or with what was typed and refused."""
    unit, actor = reading(), current_actor()
    task = engine.task(unit, task_id, actor)
    in_zone_of(task.subject)
    side = side if side in SIDES else "form"
    instance = engine.instance(unit, task.instance)
    facts: dict[str, Any] = {
        "task": task,
        "instance": instance,
        "side": side,
        "may_perform": engine.may_perform(actor, task),
        "behalf": engine.standing_in(actor, task),
        "comments": engine.comments(unit, task.instance),
        "heirs": list(_heirs(unit, task)) if task.open else [],
        "why_not": processes.why_not(unit, task, milepost().roles),
        "successors": processes.heirs(unit, task, actor),
        **panes(task_id),
        **more,
    }
    if side == "form":
        facts |= form_side(unit, task, typed or Typed())
    elif side == "history":
        facts["story"] = story.story(unit, instance)
    elif side == "diagram":
        facts["overlay"] = story.overlay(unit, task.instance, task.element)
    return render_template("tasks/task.html", **facts)


def form_side(unit: Unit, task: Task, typed: Typed) -> dict[str, Any]:
    """What the form side shows: the form for who may do the task now, else what was answered or who is waited for."""
    actor = current_actor()
    facts: dict[str, Any] = {"typed": typed, "fields": None, "shown": None, "sections": None, "problems": []}
    facts |= _document(unit, task)
    if not task.open:
        facts["given"] = next((_given(unit, task, one) for one in engine.submissions(unit, task.instance, task.element)
                               if one.task == task.id), None)  # fmt: skip
        facts["sealed"] = next(
            (one for one in engine.records(unit, instance=task.instance) if one.task == task.id), None
        )
        return facts
    if said := actor.barred.get(task.id):
        return {**facts, "hindered": said}
    behalf = engine.standing_in(actor, task)
    if behalf is None and (not engine.performs(actor, task) or task.claimed_by not in (None, actor.person)):
        return facts
    if behalf is not None:
        chosen_by = engine.absence(unit, behalf.absence).recorded_by
        if said := engine.hindrance(unit, task, actor.person, behalf.name, chosen_by):
            return {**facts, "hindered": said}
    asked = engine.task_form(unit, task, actor)
    values = asked.values if typed.values is None else typed.values
    form, around = asked.form, {"choices": asked.choices, "context": asked.context}
    fresh = [name for name in typed.values or () if name not in typed.wholes]
    shown = form.fields(values, errors=typed.errors, typed=fresh, **around) if form is not None else ()
    facts["fields"] = [_in_words(one) for one in shown]
    facts["problems"] = problems(facts["fields"], typed.errors)
    facts["seen"] = engine.digest(unit, task.definition)
    facts["two_steps"] = bool(task.signature and task.record)
    facts["one_step"] = bool(task.signature and not task.record)
    facts["refreshes"] = form is not None and _refreshes(form)
    facts["kept_draft"] = engine.draft(unit, task.id, actor) is not None and typed.values is None
    return facts


def _in_words(shown: Field) -> Field:
    """A field with what its tables show as people read it; what is typed in stays as it is typed."""
    if shown.children:
        return with_other(shown, children=tuple(_in_words(one) for one in shown.children))
    if shown.kind != "table":
        return shown
    rows = (zip(shown.headers, row, strict=True) for row in shown.cells)
    words = (tuple(str(processes.readable(cell, head)) for head, cell in row) for row in rows)
    return with_other(shown, cells=tuple(words))


def _refreshes(form: Form) -> bool:
    """Whether the form shows fields only under a condition, so that a change is worth asking the server about."""
    every = [part for component in form.components for part in component.walk()]
    return any(part.hide for part in every)


def _document(unit: Unit, task: Task) -> dict[str, Any]:
    """The record that the task signs or shows, with its signatures and what differs from the revision before."""
    shown = engine.preview(unit, task, None, current_actor()) if task.signs or task.shows else None
    if shown is None or shown.record is None:
        return {}
    record = engine.record(unit, shown.record)
    before = engine.record(unit, record.supersedes) if record.supersedes else None
    return {
        "shown": shown,
        "record": record,
        "signatures": engine.signatures(unit, record.id),
        "before": before,
        "differences": changes(before.sections, record.sections) if before else [],
    }


def _given(unit: Unit, task: Task, submission: Any) -> dict[str, Any]:
    return {"by": submission.person, "behalf": submission.behalf_name, "at": submission.at, "role": submission.role,
            "lines": said.lines(unit, task.definition, task.form, submission.answers, names())}  # fmt: skip


def problems(fields: Any, errors: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """(id of the place on the page, sentence) for the summary of what was refused, in the order of the form."""
    shown = [one for top in fields for one in top.everything()]
    places = {one.name: one for one in shown if one.name}
    rows = {row.name: row.id for one in shown for row in one.rows}
    order = {name: at for at, name in enumerate(places)}
    wholes = {one.name: one for one in shown if one.whole}
    found = [(one.id, said) for one in wholes.values() for said in _summed(one.errors)]
    for name, sentences in sorted(errors.items(), key=lambda item: order.get(item[0], len(order))):
        if name.partition(".")[0] in wholes:
            continue
        one = places.get(name)
        where = f"{one.place}, {one.label}" if one is not None and one.place else one.label if one is not None else ""
        target = one.id if one is not None else rows.get(name, "the-form")
        found += [
            (target, f"{where}{'' if where.endswith('?') else ':'} {sentence}" if where else sentence)
            for sentence in sentences
        ]
    return found


def _summed(errors: Sequence[str]) -> list[str]:
    more = len(errors) - MOST_SUMMED
    return [*errors[:MOST_SUMMED], *([f"And {more} more below."] if more > 0 else [])]


def _heirs(unit: Unit, task: Task) -> Iterator[engine.Actor]:
    """Who the task could be handed on to by the person who looks at it; nobody where the engine would refuse."""
    actor = current_actor()
    steward = actor.holds("Project Manager", task.subject) or actor.holds("Administrator", "")
    if not (steward or engine.performs(actor, task)) or (task.named and task.signature):
        return
    for one in holders(unit, task):
        if one.person not in (task.assignee, actor.person if not task.assignee else None):
            yield one


def holders(unit: Unit, task: Task) -> Iterator[engine.Actor]:
    """Everybody who holds the role of a task in its project at present."""
    for one in processes.members(unit, task.subject, task.role):
        yield engine.Actor(one.person, one.name, {task.subject: frozenset({task.role})})


@tasks.post("/tasks/<task_id>/claim")
@signed_in
def claim(task_id: str) -> AnyResponse:
    """Take the task, so that others see who works on it."""
    with work() as unit:
        engine.claim(unit, task_id, current_actor())
    flash("You have claimed this task. Others see that you work on it.", "success")
    return back(task_id)


@tasks.post("/tasks/<task_id>/release")
@signed_in
def release(task_id: str) -> AnyResponse:
    """Give the task back to everybody of its role."""
    with work() as unit:
        engine.release(unit, task_id, current_actor())
    flash("You have given this task back. Everybody of its role can take it.", "success")
    return back(task_id)


@tasks.post("/tasks/<task_id>/reassign")
@signed_in
def reassign(task_id: str) -> AnyResponse:
    """Hand the task on to somebody else of its role, with a reason."""
    with work() as unit:
        actor = current_actor()
        task = engine.task(unit, task_id, actor)
        wanted = request.form.get("to", "")
        heir = next((one for one in holders(unit, task) if one.person == wanted), None)
        if heir is None:
            raise NotAllowed(f"Choose somebody who holds the role {task.role} in this project.")
        engine.reassign(unit, task_id, heir, actor, request.form.get("reason", ""))
    flash(f"Handed on to {heir.name}.", "success")
    return back(task_id)


@tasks.post("/tasks/<task_id>/replace")
@signed_in
def replace(task_id: str) -> AnyResponse:
    """Name somebody to sign in the place of a person who left, with a reason."""
    person = request.form.get("to", "")
    with work() as unit:
        processes.replace_signer(unit, task_id, person, current_actor(), request.form.get("reason", ""))
    flash(f"{names().get(person, 'Somebody else')} is asked to sign instead.", "success")
    return back(task_id)


@tasks.post("/tasks/<task_id>/comment")
@signed_in
def comment(task_id: str) -> Any:
    """Say something about the task."""
    text = request.form.get("text", "")
    try:
        with work() as unit:
            task = engine.task(unit, task_id, current_actor())
            engine.comment(unit, task.instance, text, current_actor(), task=task.id)
    except Refused as refused:
        return page(task_id, side="comments", comment_text=text, comment_error=str(refused)), 422
    flash("Your comment is kept.", "success")
    return back(task_id, tab="comments")


@resumes("tasks.comment")
def resume_comment(values: MultiDict[str, str], message: str, task_id: str) -> str:
    """The comment that was typed before the session ran out."""
    return page(task_id, side="comments", comment_text=values.get("text", ""), comment_error=message)


@tasks.get("/attachments/<attachment_id>")
@signed_in
def attachment(attachment_id: str) -> Response:
    """A file that somebody handed in, for those who see its project. Never run by the browser."""
    found = engine.attachment(reading(), attachment_id)
    must_see(current_actor(), found.subject)
    kind = found.media_type if found.media_type in INLINE else "application/octet-stream"
    name = "".join(letter for letter in found.name if letter.isprintable()) or "file"
    response = send_file(BytesIO(found.content), kind, as_attachment=kind not in INLINE, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def back(task_id: str, **more: Any) -> AnyResponse:
    """To the task's own page, with the filters kept."""
    return redirect(url_for("tasks.show", task_id=task_id, **more, **Asked.from_request().arguments()))
