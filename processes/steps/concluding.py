"""Steps that end a review: what its confirmed minutes decide and give out is filed and handed on."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select

import engine
from engine import Work
from processes.changes import new_change
from processes.errors import ApprovalMissing, StepRefused
from processes.people import holders
from processes.reviews import carried, minutes_of, of_instance
from processes.tables import ActionRow, DecisionRow, ItemRow, LineRow, MeetingRow
from processes.vocabulary import MANAGER
from processes.writing import Writing

_ENDS = {"information": "information", "circulation": "in-writing"}
"""What a review is that went on without a quorum."""


def conclude(work: Work) -> dict[str, Any]:
    """File decisions, actions and requested changes of the confirmed minutes; with a quorum the review counts as held.

    Without one it informed, and nothing is decided; or was finished in writing, and what was carried is decided. Raises
    ApprovalMissing unless a project manager has confirmed exactly these minutes by signature.
    """
    unit, record, row = work.unit, minutes_of(work), of_instance(work.unit, work.instance)
    confirmed = set(engine.approvals(unit, record.id)) & set(holders(unit, work.subject, MANAGER))
    state = "held" if row.quorum else _ENDS.get(row.course or "")
    if not confirmed or not row.held or state is None:
        raise ApprovalMissing(
            "A review is concluded when its manager has confirmed the minutes, and it had a quorum, informed, or was "
            "finished in writing."
        )
    if row.held_at is not None:
        raise StepRefused(f"The review {row.id} has been concluded already.")
    writing, held = Writing.of(work), row.held
    for one in held["lines"]:
        line = LineRow(project=row.project, meeting=row.id, milestone=one["milestone"], outcome=one["outcome"],
                       remark=one["remark"])  # fmt: skip
        writing.add(line)
    for one in held["items"]:
        item = ItemRow(project=row.project, meeting=row.id, **one)
        writing.add(item, ident=f"{row.project}/{row.id}")
    raised = _decide(writing, row, carried(row), sorted(confirmed)[0])
    given = _act(writing, row, held["actions"])
    writing.change(row, state=state, held_at=unit.clock())
    return {
        "next_change": raised[0] if raised else "",
        "pending": " ".join(raised[1:]),
        "next_action": given[0] if given else "",
        "pending_actions": " ".join(given[1:]),
    }


def _decide(writing: Writing, row: MeetingRow, said: list[dict[str, Any]], manager: str) -> list[str]:
    """File decisions; give the ids of the changes that follow, raised in the name of the manager who confirmed."""
    raised = []
    first = _last(writing, DecisionRow) + 1
    for number, one in enumerate(said, start=first):
        change = new_change(writing, manager, f"D{number}") if one["needs_change"] else None
        decision = DecisionRow(
            project=row.project, id=f"D{number}", sequence=number, meeting=row.id, text=one["text"],
            decided_by=one["decided_by"], votes=one["votes"], change=change,
        )  # fmt: skip
        writing.add(decision)
        if change:
            raised.append(change)
    return raised


def _act(writing: Writing, row: MeetingRow, said: list[dict[str, Any]]) -> list[str]:
    """File action items; give their ids."""
    given = []
    for number, one in enumerate(said, start=_last(writing, ActionRow) + 1):
        action = ActionRow(
            project=row.project, id=f"A{number}", sequence=number, meeting=row.id, text=one["text"], owner=one["owner"],
            due=date.fromisoformat(one["due"]), priority=one["priority"], status="open",
            instance=None,
        )  # fmt: skip
        writing.add(action)
        given.append(action.id)
    return given


def _last(writing: Writing, kind: type[DecisionRow] | type[ActionRow]) -> int:
    query = select(func.max(kind.sequence)).where(kind.project == writing.project)
    return writing.unit.session.scalar(query) or 0


def next_change(work: Work) -> dict[str, Any]:
    """Take the next of the changes that the review asked for."""
    first, _, rest = str(work.call.data.get("pending") or "").partition(" ")
    return {"next_change": first, "pending": rest}


def next_action(work: Work) -> dict[str, Any]:
    """Take the next of the action items that the review gave out."""
    first, _, rest = str(work.call.data.get("pending_actions") or "").partition(" ")
    return {"next_action": first, "pending_actions": rest}


STEPS = {
    "review.conclude": conclude,
    "review.next_change": next_change,
    "review.next_action": next_action,
}
