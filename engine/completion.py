"""Completing a task: find it, check the right, validate, seal, sign, run, and write. The caller commits once.

What a signature must hold is decided here and nowhere else; that the person knew the password is web's to verify.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from engine import definitions, deputies, inbox, messages, tasks
from engine.advance import work_of
from engine.errors import Refused, SignatureRefused, SignatureVoid, Stale
from engine.following import stays
from engine.ledger import Record, in_instance, seal, sign
from engine.ledger import preview as preview_record
from engine.standing import opened_by
from engine.submissions import submit
from engine.tables import ActingRow, InstanceRow
from engine.unit import Unit, Work
from engine.values import MEANINGS, Actor, Draft, Shown, Signature, StepCall
from forms import Choice, ExpressionFailed, ExpressionRefused, Form, compile_expression


@dataclass(frozen=True)
class TaskForm:
    """A task's form with what it needs to be shown: choices, context, and the values it starts with.

    `form` is None for a task that asks for nothing but to be done.
    """

    form: Form | None
    choices: Mapping[str, Sequence[Choice]]
    context: Mapping[str, Any]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Completed:
    """What completing a task did: its submission, the record it sealed or signed, and whether the instance ended."""

    task: inbox.Task
    submission: str
    document: Record | None
    instance_ended: bool
    opened: Sequence[inbox.Task] | None
    """What its instance has open now; None where that has to be asked for."""

    @property
    def record(self) -> str | None:
        """The id of that record."""
        return self.document.id if self.document else None


def task_form(unit: Unit, task: inbox.Task, by: Actor) -> TaskForm:
    """The form of a task for this person: values from the draft, else the form's initial values."""
    row = unit.session.get(InstanceRow, task.instance)
    assert row is not None
    work = _work(unit, row, task, by, None)
    form = _form(unit, task)
    if form is None:
        return TaskForm(None, {}, {}, {})
    choices, context = _surroundings(work, form)
    values = tasks.draft(unit, task.id, by)
    return TaskForm(form, choices, context, form.initial(context) if values is None else values)


def preview(unit: Unit, task: inbox.Task, answers: Mapping[str, Any] | None, by: Actor) -> Shown | None:
    """What the task shows to be signed or read, with its hash: the record it signs or shows, or the one it would seal.

    `answers` are validated answers; without them a record that is still to be composed is not shown.
    """
    if task.signs or task.shows:
        record = in_instance(unit, task.signs or task.shows or "", task.instance)
        return Shown(record.sha256, json.loads(record.text), record.id) if record else None
    if task.record and answers is not None:
        row = unit.session.get(InstanceRow, task.instance)
        assert row is not None
        work = _work(unit, row, task, by, answers)
        return preview_record(unit, _draft(unit, work, task), instance=row.id, definition=row.definition_id,
                              behalf=work.behalf)  # fmt: skip
    return None


def rehearse(unit: Unit, task_id: str, answers: Mapping[str, Any], by: Actor) -> dict[str, Any]:
    """Validate answers as completing would, also by the task's own step, and take everything back.

    Gives the validated answers. Raises AnswersRefused and what `complete` raises.
    """
    held = tasks.hold(unit, task_id, by)
    clean = _validated(unit, held.instance, held.task, answers, by)
    with _taken_back(unit):
        _run_step(unit, held.instance, held.task, clean, by)
    return clean


def complete(
    unit: Unit,
    task_id: str,
    answers: Mapping[str, Any],
    by: Actor,
    *,
    signature: Signature | None = None,
    seen: str | None = None,
    shown: str | None = None,
) -> Completed:
    """Complete a task with answers, and a signature where the diagram asks for one; run the instance on.

    `seen` is the digest of the definition and `shown` the hash of the record that the person had before them.
    Raises AnswersRefused (of forms), SignatureRefused, SignatureVoid, NotAllowed, NotFound, TaskClosed, TaskClaimed,
    Stale and Conflict. Nothing is written when it raises, if the caller rolls back.
    """
    held = tasks.hold(unit, task_id, by)
    task, instance, behalf = held.task, held.instance, held.behalf
    deputies.other_performers(unit, task, by, behalf)
    deputies.refuse(unit, task, by, behalf)
    digest = definitions.digest(unit, task.definition)
    if seen is not None and seen != digest:
        raise _stale(unit, task)
    clean = _validated(unit, instance, task, answers, by)
    meaning = meaning_of(task, clean)
    work = _work(unit, instance, task, by, clean)
    record, standing = _record(unit, task, instance, work, by)
    _same(standing, shown)
    acting = deputies.acting(unit, task, by, behalf)
    if meaning is not None:
        _signed(work, task, standing, meaning, signature, acting)
    elif signature is not None:
        raise SignatureRefused("This task is not one to be signed.")
    submission = submit(unit, task, _form(unit, task), clean, standing, by, acting, signed=meaning is not None)
    _run_step(unit, instance, task, clean, by)
    tasks.drop_drafts(unit, held)
    tasks.end(unit, held, by)
    variables = {name: clean.get(name) for name in task.variables}
    before = instance.open
    moved = messages.move(unit, instance, lambda run: run.complete(task.id, variables), by, ended_task=task.id)
    opened = opened_by(unit, instance, before, moved)
    return Completed(task, submission, record or standing, instance.status != "running", opened)


def _stale(unit: Unit, task: inbox.Task) -> Stale:
    """What to say when the instance has followed to another version meanwhile: who let it, and when."""
    moved = [one for one in stays(unit, task.instance) if one.until is not None]
    who, when = (moved[-1].person, moved[-1].until) if moved else (None, None)
    return Stale("The process was changed after you opened this page. Look at the task again.", who=who, when=when)


def meaning_of(task: inbox.Task, answers: Mapping[str, Any]) -> str | None:
    """What a signature on this task means, given its answers; None for a task that is not signed.

    Raises SignatureRefused for a meaning that there is not, and for another one than the answer `decision` says.
    """
    said = task.signature
    if not said:
        return None
    if said.startswith("="):
        try:
            said = compile_expression(said[1:]).evaluate(dict(answers))
        except (ExpressionFailed, ExpressionRefused) as error:
            raise SignatureRefused(f"The meaning of this signature cannot be told from the answers: {error}") from error
    if said not in MEANINGS:
        raise SignatureRefused(f"“{said}” is not a meaning that a signature can have.")
    if (chosen := answers.get("decision")) in MEANINGS and chosen != said:
        raise SignatureRefused(
            f"You chose “{chosen}”, and the diagram lets your signature say “{said}”. Tell a process admin."
        )
    return str(said)


def _form(unit: Unit, task: inbox.Task) -> Form | None:
    return definitions.form(unit, task.definition, task.form) if task.form else None


def _work(
    unit: Unit, row: InstanceRow, task: inbox.Task, by: Actor, answers: Mapping[str, Any] | None
) -> Work:
    at, behalf = StepCall(task.element, task.step or "", {}, {}), inbox.standing_in(by, task)
    return work_of(unit, row, at, by, role=task.role, task=task.id, key=task.key, answers=answers, behalf=behalf)


def _validated(
    unit: Unit, instance: InstanceRow, task: inbox.Task, answers: Mapping[str, Any], by: Actor
) -> dict[str, Any]:
    form = _form(unit, task)
    if form is None:
        return {}
    choices, context = _surroundings(_work(unit, instance, task, by, None), form)
    return form.load(answers, choices=choices, context=context)


def _surroundings(work: Work, form: Form) -> tuple[Mapping[str, Sequence[Choice]], Mapping[str, Any]]:
    """(choices, context) for a form: only what it asks for, as finding it out is most of a form's cost."""
    procedure, lists, names = work.unit.procedure, form.choices(), form.context_names()
    return procedure.choices(work, lists) if lists else {}, procedure.context(work, names) if names else {}


def _run_step(unit: Unit, row: InstanceRow, task: inbox.Task, answers: Mapping[str, Any], by: Actor) -> None:
    if not task.step:
        return
    step = unit.procedure.steps.get(task.step)
    if step is None:
        raise Refused(f"The step {task.step} does not exist in this version of Milepost. Tell a process admin.")
    step(_work(unit, row, task, by, answers))


def _draft(unit: Unit, work: Work, task: inbox.Task) -> Draft:
    composer = unit.procedure.records.get(task.record or "")
    if composer is None:
        raise Refused(f"Nothing composes a record of the type {task.record}. Tell a process admin.")
    return composer(work)


def _record(
    unit: Unit, task: inbox.Task, instance: InstanceRow, work: Work, by: Actor
) -> tuple[Record | None, Record | None]:
    """(the record that completing the task seals, the record that the person has before them)."""
    if task.record and _wanted(task, work.answers or {}):
        record = seal(unit, _draft(unit, work, task), by=by, definition=task.definition, instance=instance.id,
                      task=task.id, behalf=work.behalf)  # fmt: skip
        return record, record
    if task.signs or task.shows:
        return None, in_instance(unit, task.signs or task.shows or "", instance.id)
    return None, None


def _wanted(task: inbox.Task, answers: Mapping[str, Any]) -> bool:
    return task.record_when is None or bool(compile_expression(task.record_when).evaluate(dict(answers)))


def _same(standing: Record | None, shown: str | None) -> None:
    if shown is not None and (standing is None or standing.sha256 != shown):
        raise SignatureVoid


def _signed(
    work: Work, task: inbox.Task, record: Record | None, meaning: str, signature: Signature | None,
    acting: ActingRow | None,
) -> None:  # fmt: skip
    """Put the signature under the record, or say why it does not fit."""
    if record is None:
        raise SignatureRefused("There is no record here to be signed. Tell a process admin.")
    if signature is None:
        raise SignatureRefused
    if signature.person != work.actor.person:
        raise SignatureRefused("A signature counts only from the person who performs the task.")
    deputies.intended(signature, work.behalf)
    if signature.meaning != meaning:
        raise SignatureRefused(f"This signature means “{meaning}”, not “{signature.meaning}”.")
    if signature.shown != record.sha256:
        raise SignatureVoid
    sign(work.unit, record, signature, by=work.actor, role=task.role, instance=work.instance, task=task.id,
         comment=str((work.answers or {}).get("comment") or ""), acting=acting)  # fmt: skip


@contextmanager
def _taken_back(unit: Unit) -> Iterator[None]:
    """Whatever is written inside is taken back at the end, whether it worked or not."""
    savepoint = unit.session.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()
