"""Submissions: the answers with which tasks were completed, written once with their event, and read again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from engine import definitions
from engine.inbox import Task
from engine.ledger import Record, canonical, log
from engine.tables import ActingRow, SubmissionRow
from engine.unit import Unit
from engine.values import Actor
from forms import Form


@dataclass(frozen=True)
class Submission:
    """The answers with which a task was completed."""

    id: str
    task: str
    element: str
    answers: Mapping[str, Any]
    shown: str | None
    person: str
    role: str
    at: datetime
    behalf: str | None = None
    """For whom it was done; None if in the own name."""
    behalf_name: str = ""

    @property
    def whose(self) -> str:
        """Whose answers they count as."""
        return self.behalf or self.person


def submissions(unit: Unit, instance: str, element: str | None = None) -> list[Submission]:
    """What was submitted in an instance, oldest first."""
    query = select(SubmissionRow, ActingRow).outerjoin(ActingRow, ActingRow.task_id == SubmissionRow.task_id)
    query = query.where(SubmissionRow.instance_id == instance)
    if element is not None:
        query = query.where(SubmissionRow.element == element)
    rows = unit.session.execute(query.order_by(SubmissionRow.at, SubmissionRow.id))
    return [
        Submission(
            row.id, row.task_id, row.element, json.loads(row.answers), row.shown, row.person, row.role, row.at,
            acting.absent if acting else None, acting.absent_name if acting else "",
        )
        for row, acting in rows
    ]  # fmt: skip


def submit(
    unit: Unit, task: Task, form: Form | None, answers: Mapping[str, Any], standing: Record | None, by: Actor,
    acting: ActingRow | None = None, *, signed: bool = False,
) -> str:  # fmt: skip
    """Write the submission and the event that says the task was completed; give the submission's id.

    For whom it was done stands in the same event, unless the signature's event says so already.
    """
    row = SubmissionRow(
        id=uuid4().hex,
        task_id=task.id,
        instance_id=task.instance,
        element=task.element,
        form=task.form or "",
        form_digest=form.digest if form else "",
        answers=canonical(dict(answers)).decode(),
        shown=standing.sha256 if standing else None,
        person=by.person,
        role=task.role,
        at=unit.clock(),
        salt=secrets.token_hex(16),
    )
    log(
        unit, "task.completed", "task", task.id, by, subject=task.subject, instance=task.instance, task=task.id,
        element=task.element, role=task.role, row=row if acting is None or signed else (row, acting),
        facts={"definition": definitions.digest(unit, task.definition), "form": row.form_digest, "shown": row.shown,
               **({"absence": acting.absence_id} if acting else {})},
    )  # fmt: skip
    return row.id
