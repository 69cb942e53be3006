"""What people add to a task besides answers: comments and attached files."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select

from engine.errors import NotFound, Refused
from engine.ledger import log
from engine.tables import AttachmentRow, CommentRow, InstanceRow, TaskRow
from engine.tasks import hold
from engine.unit import Unit
from engine.values import Actor
from forms import Upload

LONGEST = 5000
"""Characters that a comment may have."""


@dataclass(frozen=True)
class Comment:
    """What somebody said about a task of an instance."""

    id: str
    task: str | None
    text: str
    person: str
    at: datetime


@dataclass(frozen=True)
class Attachment:
    """A file that somebody handed in, with its bytes."""

    id: str
    task: str
    subject: str
    name: str
    media_type: str
    size: int
    sha256: str
    content: bytes


def comment(unit: Unit, instance_id: str, text: str, by: Actor, *, task: str | None = None) -> str:
    """Say something about an instance or one of its tasks; give the comment's id. Raises Refused and NotFound."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise Refused(f"A comment has between 1 and {LONGEST:,} characters.")
    instance = unit.session.get(InstanceRow, instance_id)
    if instance is None:
        raise NotFound
    row = CommentRow(
        id=uuid4().hex, instance_id=instance_id, task_id=task, text=text, person=by.person, at=unit.clock(),
        salt=secrets.token_hex(16),
    )  # fmt: skip
    log(unit, "comment.added", "comment", row.id, by, subject=instance.subject, instance=instance_id, task=task,
        row=row)  # fmt: skip
    return row.id


def comments(unit: Unit, instance_id: str, task: str | None = None) -> list[Comment]:
    """What was said about an instance, oldest first; only about one task if it is given."""
    query = select(CommentRow).where(CommentRow.instance_id == instance_id)
    if task is not None:
        query = query.where(CommentRow.task_id == task)
    rows = unit.session.scalars(query.order_by(CommentRow.at, CommentRow.id))
    return [Comment(row.id, row.task_id, row.text, row.person, row.at) for row in rows]


def attach(unit: Unit, task_id: str, name: str, media_type: str, content: bytes, by: Actor) -> Upload:
    """Keep a file that goes with a task's answers. Raises what `engine.tasks.hold` raises."""
    held = hold(unit, task_id, by)
    row = AttachmentRow(
        id=uuid4().hex, task_id=task_id, name=name[:300] or "file", media_type=media_type[:100], size=len(content),
        sha256=hashlib.sha256(content).hexdigest(), content=content, person=by.person, at=unit.clock(),
        salt=secrets.token_hex(16),
    )  # fmt: skip
    log(unit, "attachment.added", "attachment", row.id, by, subject=held.task.subject, instance=held.task.instance,
        task=task_id, facts={"size": row.size}, row=row)  # fmt: skip
    return Upload(row.name, row.media_type, row.size, row.sha256)


def attachment(unit: Unit, attachment_id: str) -> Attachment:
    """A file with its bytes, by its id. Raises NotFound."""
    return _attachment(unit, AttachmentRow.id == attachment_id)


def attachment_of(unit: Unit, task_id: str, sha256: str) -> Attachment:
    """A file that was handed in with a task, by its hash. Raises NotFound."""
    return _attachment(unit, (AttachmentRow.task_id == task_id) & (AttachmentRow.sha256 == sha256))


def _attachment(unit: Unit, which) -> Attachment:
    found = unit.session.execute(
        select(AttachmentRow, TaskRow.subject).join(TaskRow, TaskRow.id == AttachmentRow.task_id).where(which).limit(1)
    ).first()
    if found is None:
        raise NotFound
    row, subject = found
    return Attachment(row.id, row.task_id, subject, row.name, row.media_type, row.size, row.sha256, row.content)
