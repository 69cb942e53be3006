"""The Decision on a Change: what was said to which revision of it, by whom and when, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import engine
from engine import Draft, Field, Record, Section, Table, Unit, content_of, names
from processes import deciding
from processes.approvals import naming
from processes.conditions import Condition, conditions
from processes.projects import Project, project
from processes.reviews import local_time
from processes.tables import ChangeRow
from processes.verdicts import Verdict, verdicts
from processes.vocabulary import ANSWER_WORDS, CHANGE_WORDS, DECISION, RECORD_TITLES

CLAUSES = ("5.5c", "5.5d", "6e")


def change_decision(unit: Unit, row: ChangeRow, request: Record, *, outcome: str, note: str) -> Draft:
    """What has become of a change so far. `outcome` is its state, or what was decided on this round; `note` says more.

    Raises ApproversAltered.
    """
    about, asked = project(unit, row.project), naming(unit, request)
    given = verdicts(unit, request, asked.people)
    silent = [person for person in asked.people if person not in given]
    held = conditions(unit, row.project, row.id)
    data = {
        "change": row.id,
        "outcome": outcome,
        "note": note,
        "request": {"record": request.id, "revision": request.revision, "sha256": request.sha256},
        "rule": asked.rule,
        "completion": asked.completion,
        "said": [_said(person, one) for person, one in given.items()],
        "silent": silent,
        "conditions": [{"text": one.text, "owner": one.owner, "due": one.due.isoformat(), "set_by": one.set_by,
                        "state": one.state} for one in held],
        "applied": _plan(unit, row.applied_as),
        "taken_back": _plan(unit, row.reverted_as),
    }  # fmt: skip
    sections = [
        Section(
            "The decision",
            [
                Field("Project", about.title),
                Field("Change", row.id),
                Field("Decided on", f"Revision {request.revision} of the request"),
                Field("Request (SHA-256)", request.sha256),
                Field("What became of it", _words(outcome)),
                Field("Note", note or None),
                Field("Who decides", asked.rule.capitalize() or "Nobody: it moves nothing that was agreed"),
                Field("Counts as approved", _capital(deciding.words(asked.completion)) if asked.completion else None),
                Field("Written by", "Milepost, by itself"),
            ],
        ),
        _verdicts(about, given, names(unit, silent), asked.people),
        *_conditions(held),
        _came(unit, about, row),
    ]
    title = f"{RECORD_TITLES[DECISION]} {row.id}: {about.title}"
    return Draft(DECISION, row.project, title, content_of(sections, data), row.id, CLAUSES)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _words(outcome: str) -> str:
    known = {"partly": "Approved in part", "returned": "Sent back to whoever asked for it"}
    return known.get(outcome) or CHANGE_WORDS.get(outcome) or outcome.capitalize()


def _said(person: str, one: Verdict) -> dict[str, Any]:
    return {
        "person": person, "signed_by": one.signed.person, "role": one.role, "answer": one.answer,
        "meaning": one.signed.meaning, "comment": one.comment, "at": one.signed.at.isoformat(),
        "sha256": one.signed.sha256, "items": list(one.items),
    }  # fmt: skip


def _plan(unit: Unit, record: str | None) -> dict[str, Any] | None:
    found = engine.record(unit, record) if record else None
    return {"record": found.id, "revision": found.revision, "sha256": found.sha256} if found else None


def _verdicts(
    about: Project, given: Mapping[str, Verdict], silent: Mapping[str, str], roles: Mapping[str, str]
) -> Section:
    rows = [
        [one.name, one.role, ANSWER_WORDS.get(one.answer, one.answer).capitalize(), one.comment, one.signed.meaning,
         local_time(about, one.signed.at)]
        for one in given.values()
    ]  # fmt: skip
    rows += [[name, roles[person], "No answer", "", "", ""] for person, name in silent.items()]
    if not rows:
        return Section("What was said", text="Nobody had to be asked.")
    return Section("What was said", table=Table(["Name", "Role", "Answer", "Comment", "Meaning", "Signed"], rows))


def _conditions(held: list[Condition]) -> list[Section]:
    rows = [[one.text, one.owner_name, one.due, one.set_by_name, one.state] for one in held]
    return [Section("Conditions", table=Table(["Condition", "Owner", "Due", "Set by", "State"], rows))] if rows else []


def _came(unit: Unit, about: Project, row: ChangeRow) -> Section:
    """The revisions of the plan that followed, and when it was confirmed as made."""
    fields = []
    for label, record, at in (
        ("Applied", row.applied_as, row.applied_at), ("Taken back", row.reverted_as, row.reverted_at),
    ):  # fmt: skip
        if record and at:
            plan = engine.record(unit, record)
            fields.append(Field(label, local_time(about, at)))
            fields.append(Field(f"{label}: revision of the plan", plan.revision))
            fields.append(Field(f"{label}: baseline", plan.data.get("baseline")))
            fields.append(Field(f"{label}: plan (SHA-256)", plan.sha256))
    if row.implemented_at:
        fields.append(Field("Confirmed as made", local_time(about, row.implemented_at)))
    return Section("What came of it", fields, text="" if fields else "The plan has not moved by it.")
