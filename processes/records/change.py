"""The Change Request and Approval: what changes, why, which ways there were, and what it means."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from engine import Draft, Field, Record, Section, Table, Unit, Work, content_of, in_instance, names
from forms import AnswersRefused
from processes.amendment import completed, impact, item_faults, shift_days
from processes.changes import of_instance
from processes.people import holders
from processes.plan import plan
from processes.projects import project
from processes.reviews import decision_text, local_time
from processes.vocabulary import CAUSE_WORDS, CHANGE, RECORD_TITLES, TEAM

CLAUSES = ("5.5b", "5.5c", "5.5d", "6e")

LABELS = {
    "forecast": "A forecast only",
    "dates-within-tolerance": "Dates within tolerance",
    "dates": "Dates beyond tolerance",
    "resources": "Resources",
    "budget": "The budget",
    "scope": "Scope or deliverables",
    "contractual": "A contractual or the last milestone",
}


def change_request(work: Work) -> Draft:
    """The change as its requester describes it, on the plan as it stands. Raises AnswersRefused."""
    unit, answers = work.unit, work.answers or {}
    row = of_instance(unit, work.instance)
    base = plan(unit, work.subject)
    asked = [dict(item) for item in answers.get("items") or ()]
    today = project(unit, work.subject).day(unit.clock())
    if faults := item_faults(asked, base, owners=holders(unit, work.subject, TEAM), today=today):
        raise AnswersRefused(faults)
    items = completed(asked, base)
    reach = {name: bool(answers.get(name)) for name in REACH}
    kind = impact(items, base, **reach)
    texts = {name: str(answers.get(name) or "").strip() for name in TEXTS}
    data = {
        "change": row.id,
        "requester": row.raised_by,
        "raised_at": row.raised_at.isoformat(),
        "source": row.source,
        "base_revision": row.base_revision,
        "base_sha256": row.base_sha256,
        "items": items,
        **reach,
        "impact": kind,
        "shift_days": shift_days(items),
        "cause": str(answers.get("cause") or ""),
        "urgency": str(answers.get("urgency") or "normal"),
        "documents": _all_documents(work),
        **texts,
    }
    return _draft(unit, work.subject, data)


def part_of(unit: Unit, record: Record, keep: Collection[int], returned_as: str) -> Draft:
    """The part of a change that everybody approves, as its next revision; the rest goes back as another change.

    `keep` are the places of the items that stay. It is for the same approvers to sign: what they signed was the whole.
    """
    items = [item for at, item in enumerate(record.data["items"]) if at in keep]
    left = [item for at, item in enumerate(record.data["items"]) if at not in keep]
    base = plan(unit, record.subject)
    data = {
        **record.data,
        "items": items,
        "impact": impact(items, base, **{name: bool(record.data.get(name)) for name in REACH}),
        "shift_days": shift_days(items),
        "split": {"revision": record.revision, "sha256": record.sha256, "left_out": left, "returned_as": returned_as},
    }
    return _draft(unit, record.subject, data)


def _draft(unit: Unit, project_id: str, data: Mapping[str, Any]) -> Draft:
    title = f"{RECORD_TITLES[CHANGE]} {data['change']}: {project(unit, project_id).title}"
    content = content_of(_sections(unit, project_id, data), data)
    return Draft(CHANGE, project_id, title, content, data["change"], CLAUSES)


CHANGE_COLUMNS = ["Action", "Milestone", "What", "Old", "New"]
REACH = ("resources", "scope", "budget")
"""What a change is ticked to touch besides what its items say."""
TEXTS = ("reason", "options", "impact_schedule", "impact_scope", "impact_resources", "impact_other")


def _sections(unit: Unit, project_id: str, data: Mapping[str, Any]) -> list[Section]:
    requester, raised = names(unit, [data["requester"]])[data["requester"]], data.get("raised_at")
    about = project(unit, project_id)
    return [
        Section(
            "The change",
            [
                Field("Change", data["change"]),
                Field("Raised by", requester),
                Field("Raised", local_time(about, datetime.fromisoformat(raised)) if raised else None),
                Field("Comes from", decision_text(unit, project_id, data["source"])),
                Field("Reason", data["reason"]),
                Field("Cause", CAUSE_WORDS.get(data["cause"], data["cause"].capitalize())),
                Field("Urgency", data["urgency"].capitalize()),
                Field("Written on plan revision", data["base_revision"]),
                Field("Kind of change", LABELS[data["impact"]]),
                Field("Farthest move of a date (days)", data["shift_days"]),
            ],
        ),
        Section(
            "What changes",
            table=Table(CHANGE_COLUMNS, printed_lines(change_lines(unit, data["items"]))),
        ),
        *_split(unit, data.get("split")),
        Section("Ways that were considered", text=data["options"] or "None given."),
        Section(
            "What it means",
            [
                Field("For the schedule", data["impact_schedule"]),
                Field("For the scope", data["impact_scope"] or None),
                Field("For resources", data["impact_resources"] or None),
                Field("Otherwise", data["impact_other"] or None),
                Field("Needs other resources", data["resources"]),
                Field("Changes the budget", bool(data.get("budget"))),
                Field("Changes scope or deliverables", data["scope"]),
            ],
        ),
        *_documents(data["documents"]),
    ]


def _split(unit: Unit, split: Mapping[str, Any] | None) -> list[Section]:
    """What an earlier revision asked for besides, and as which change that went back."""
    if not split:
        return []
    said = (
        f"This is the part of revision {split['revision']} that its approvers approve. The rest, below, went back to"
        f" its requester as {split['returned_as']}."
    )
    table = Table(CHANGE_COLUMNS, printed_lines(change_lines(unit, split["left_out"])))
    return [Section("Split from the whole", text=said, table=table)]


def _all_documents(work: Work) -> list[dict[str, Any]]:
    """The files handed in with this revision and with those before it: what a decision stood on stays beside it."""
    before = in_instance(work.unit, CHANGE, work.instance)
    files = [*(before.data.get("documents", ()) if before else ()), *((work.answers or {}).get("documents") or ())]
    return list({one["sha256"]: dict(one) for one in files}.values())


def _documents(files: Sequence[Mapping[str, Any]]) -> list[Section]:
    """The files that were handed in with the change, each under its hash."""
    rows = [(one["name"], str(one["size"]), one["sha256"]) for one in files]
    return [Section("Supporting documents", table=Table(["File", "Bytes", "SHA-256"], rows))] if rows else []


def change_lines(unit: Unit, items: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str, str, str]]:
    """Old and new of every field that a change touches: action, milestone, field, old, new."""
    people = {value for item in items for value in (item.get("owner"), item["old"].get("owner")) if value}
    printed = names(unit, people)
    lines = []
    for item in items:
        fields = [name for name in ("name", "deliverable", "criterion", "owner", "target") if item.get(name)]
        if item["action"] == "drop":
            lines.append(
                ("drop", item["milestone"], "milestone", f"{item['old']['name']}, {item['old']['target']}", "")
            )
        for field in fields:
            told = "forecast" if item["action"] == "forecast" else field
            old, new = item["old"].get(field, ""), item[field]
            if field == "owner":
                old, new = printed.get(old, old), printed.get(new, new)
            lines.append((item["action"], item["milestone"], told, old, new))
    return lines


def printed_lines(lines: Sequence[tuple[str, str, str, str, str]]) -> list[tuple[str, str, str, str, str]]:
    """The same lines as documents print them: words with a capital letter, and a target called the date it is."""
    said = {"target": "Date", "forecast": "Forecast"}
    return [
        (action.capitalize(), milestone, said.get(field, field.capitalize()), old, new)
        for action, milestone, field, old, new in lines
    ]
