"""Steps of an action item: handed to its owner, reported, verified, late (5.4c)."""

from __future__ import annotations

from datetime import date
from textwrap import shorten
from typing import Any

import engine
from engine import Work, names
from forms import AnswersRefused
from processes.actions import CLOSED, action_reports, of_instance, times
from processes.calendar import in_words, iso
from processes.communication import tell
from processes.conditions import set_by
from processes.errors import StepRefused
from processes.gaps import write_gap
from processes.own_matters import of_condition
from processes.people import everybody, holders
from processes.projects import project
from processes.tables import ActionRow, ActionStepRow
from processes.vocabulary import MANAGER, SPONSOR, STAKEHOLDER
from processes.writing import Writing

DONE, NOT_DONE, REOPENED = "done", "not-done", "reopened"


def opened(work: Work) -> dict[str, Any]:
    """Hand the action to its owner, and set its instants; a condition of a change is verified by whoever set it.

    Raises StepRefused for one that is handed out already.
    """
    action = str((work.call.data.get("message") or {}).get("action") or "")
    row = work.unit.session.get(ActionRow, (work.subject, action))
    if row is None or row.instance is not None:
        raise StepRefused(f"There is no action “{action}” in this project that waits to be handed out.")
    Writing.of(work).change(row, instance=work.instance)
    _entitle(work, row)
    setter = set_by(work.unit, work.subject, row.id)
    return {"owner": row.owner, "verifier": setter or "", **_instants(work, row)}


def _entitle(work: Work, row: ActionRow) -> None:
    """Say in the instance's title what is to be done, and by when."""
    title = f"Action {row.id}: {shorten(row.text, 120, placeholder=' …')} (due {in_words(row.due)})"
    engine.entitle(work.unit, work.instance, title)


def _instants(work: Work, row: ActionRow) -> dict[str, str]:
    found = times(project(work.unit, work.subject), row.due, work.unit.clock())
    return {
        "remind_at": iso(found.remind_at),
        "due_at": iso(found.due_at),
        "escalate_at": iso(found.escalate_at),
    }


def report(work: Work) -> None:
    """Keep what the owner did, or why it cannot be done. Raises AnswersRefused."""
    answers, row = work.answers or {}, of_instance(work.unit, work.instance)
    said = str(answers.get("text") or "").strip()
    if not said:
        raise AnswersRefused({"text": ("Say what was done, or why it cannot be done.",)})
    outcome = str(answers.get("outcome") or "")
    _say(work, row, outcome, said, evidence=str(answers.get("evidence") or "").strip())
    if outcome == DONE:
        Writing.of(work).change(row, status=DONE)
    _entitle(work, row)


def verify(work: Work) -> None:
    """Close the action, or open it again until another day. Raises AnswersRefused."""
    answers, row = work.answers or {}, of_instance(work.unit, work.instance)
    about, text = project(work.unit, work.subject), str(answers.get("text") or "").strip()
    _own_condition(work, row)
    last = action_reports(work.unit, work.subject, row.id)[-1]
    if answers.get("decision") == CLOSED:
        if last.status != DONE and not text:
            raise AnswersRefused({"text": ("Say why it is closed although it was not done.",)})
        _say(work, row, CLOSED, text)
        Writing.of(work).change(row, status=CLOSED)
        return
    faults: dict[str, tuple[str, ...]] = {}
    if not text:
        faults["text"] = ("Say why it is opened again.",)
    due = date.fromisoformat(str(answers["due"])) if answers.get("due") else None
    if due is None or due < about.day(work.unit.clock()):
        faults["due"] = ("Give a new date, today or later.",)
    if faults or due is None:
        raise AnswersRefused(faults)
    _say(work, row, REOPENED, text, due=due)
    Writing.of(work).change(row, status=REOPENED, due=due)


def _own_condition(work: Work, row: ActionRow) -> None:
    """Raises StepRefused unless whoever set a condition verifies it; once they have left, anybody who has no part in
    it does. Nobody becomes its judge by having the task handed on."""
    setter = set_by(work.unit, work.subject, row.id)
    if setter is None or setter == work.whose:
        return
    if setter in everybody(work.unit, work.subject):
        printed = names(work.unit, [setter])[setter]
        raise StepRefused(f"{printed} set this condition, and says whether it is met. Hand the task back to them.")
    if work.actor.person in of_condition(work.unit, row):
        raise StepRefused("Whoever asked for the change, or met its condition, does not say that it is met.")


def _say(work: Work, row: ActionRow, status: str, text: str, *, evidence: str = "", due: date | None = None) -> None:
    said = ActionStepRow(
        project=row.project, action=row.id, status=status, person=work.actor.person, text=text, evidence=evidence,
        due=due, at=work.unit.clock(), instance=work.instance,
    )  # fmt: skip
    Writing.of(work).add(said, ident=f"{row.project}/{row.id}")


def reopened(work: Work) -> dict[str, Any]:
    """Set the instants anew by the new date; the task goes to whoever reported last."""
    row = of_instance(work.unit, work.instance)
    _entitle(work, row)
    said = [one.person for one in action_reports(work.unit, work.subject, row.id) if one.status in (DONE, NOT_DONE)]
    return {"owner": said[-1], **_instants(work, row)}


def _doer(work: Work, row: ActionRow) -> str:
    """Who has the task now: its owner, or somebody to whom it was handed on."""
    found = engine.tasks(work.unit, instance=work.instance, status="open")
    return next((one.assignee for one in found if one.assignee), row.owner)


def remind(work: Work) -> None:
    """Remind whoever has the action."""
    row = of_instance(work.unit, work.instance)
    tell(Writing.of(work), "action-reminder", key=row.id, to=[_doer(work, row)])


def overdue(work: Work) -> None:
    """Write into the log that nothing was reported in time, and tell whoever has the action."""
    row, person = of_instance(work.unit, work.instance), _doer(work, of_instance(work.unit, work.instance))
    source = "change" if row.meeting.startswith("C") else "claim" if row.meeting.startswith("Q") else "review"
    text = f"Action {row.id} of {source} {row.meeting}, due on {in_words(row.due)}, was not reported as done in time."
    write_gap(work, "late-action", row.id, text, person=person, cause=f"{row.id}:{row.due.isoformat()}")
    tell(Writing.of(work), "action-overdue", key=row.id, to=[_doer(work, row)])


def escalate(work: Work) -> None:
    """Tell the sponsors, or the stakeholders where there is none, and the managers that an action stays undone."""
    row = of_instance(work.unit, work.instance)
    above = holders(work.unit, work.subject, SPONSOR) or holders(work.unit, work.subject, STAKEHOLDER)
    told = dict.fromkeys([*above, *holders(work.unit, work.subject, MANAGER)])
    tell(Writing.of(work), "action-escalated", key=row.id, to=told)


STEPS = {
    "action.open": opened,
    "action.report": report,
    "action.verify": verify,
    "action.reopen": reopened,
    "action.remind": remind,
    "action.overdue": overdue,
    "action.escalate": escalate,
}
