"""The Milestone Plan Document: drafted by the project manager, revised by applied changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine import Draft, Field, Section, Table, Unit, Work, content_of, names
from processes import deciding
from processes.calendar import step_words, weekly_words
from processes.errors import StepRefused
from processes.log import entries
from processes.people import members
from processes.plan import baselines, from_answers, has_baseline, milestones
from processes.plan_check import plan_warnings
from processes.projects import Project, project
from processes.records.change import CHANGE_COLUMNS, printed_lines
from processes.revisions import SopVersion, in_force
from processes.vocabulary import ANSWER_WORDS, PLAN, RECORD_TITLES, STATUS_WORDS

CLAUSES = ("5.1a", "5.1b", "5.1c", "5.1d", "5.2a", "6a")


@dataclass(frozen=True)
class Head:
    """What a plan says besides its milestones."""

    purpose: str
    tools: str
    baseline: int


@dataclass(frozen=True)
class Cause:
    """The change that a revision comes from: its id and record, what it did, who approved it, by which rule.

    `others` were asked and did not approve. `conditions` are text, owner, date, and who set it. `note` says why the
    plan went back where a change was taken back.
    """

    change: str
    record: str
    sha256: str
    lines: tuple[tuple[str, str, str, str, str], ...]
    approvals: tuple[tuple[str, str, str, str], ...] = ()
    others: tuple[tuple[str, str, str, str], ...] = ()
    rule: str = ""
    conditions: tuple[tuple[str, str, str, str], ...] = ()
    note: str = ""


def milestone_plan(work: Work) -> Draft:
    """The plan as the project manager hands it in. Raises StepRefused when a baseline has been frozen already."""
    if has_baseline(work.unit, work.subject):
        raise StepRefused("This project has a baseline. Raise a change to move it.")
    answers = work.answers or {}
    head = Head(str(answers.get("purpose") or "").strip(), str(answers.get("tools") or "").strip(), 0)
    return _draft(work.unit, work.subject, from_answers(answers.get("milestones") or ()), head, None)


def revised_plan(unit: Unit, project_id: str, items: Sequence[Mapping[str, Any]], head: Head, cause: Cause) -> Draft:
    """The plan as an applied change leaves it."""
    return _draft(unit, project_id, items, head, cause)


def _draft(unit: Unit, project_id: str, items: Sequence[Mapping[str, Any]], head: Head, cause: Cause | None) -> Draft:
    about = project(unit, project_id)
    deviations = [one for one in entries(unit, project_id, kinds=("deviation",)) if one.clause == "5.1b"]
    printed = names(unit, {item["owner"] for item in items})
    sections = [
        _about(about, head, in_force(unit)),
        Section("Milestones", table=_milestones(items, printed)),
        Section(
            "What each milestone delivers",
            table=Table(
                ["Id", "Deliverable", "Criterion"], [[one["id"], one["deliverable"], one["criterion"]] for one in items]
            ),
        ),
    ]
    if cause is not None:
        sections.append(_dates(unit, project_id))
    if warnings := plan_warnings(items):
        sections.append(Section("Remarks on the milestones", text="\n".join(warnings)))
    for one in deviations:
        sections.append(Section("Deviation from clause 5.1b", text=one.text))
    if cause is not None:
        sections += _change(cause)
    sections.append(_team(unit, project_id))
    data = {
        "project": project_id,
        "purpose": head.purpose,
        "tools": head.tools,
        "planned_start": about.planned_start.isoformat(),
        "zone": about.zone,
        "working_days": about.calendar.words(),
        "baseline": head.baseline,
        "milestones": [dict(item) for item in items],
        "deviations": [one.text for one in deviations],
        "change": {"id": cause.change, "record": cause.record, "sha256": cause.sha256} if cause else None,
    }
    title = f"{RECORD_TITLES[PLAN]}: {about.title}"
    return Draft(PLAN, project_id, title, content_of(sections, data), "", CLAUSES)


def _about(about: Project, head: Head, sop: SopVersion) -> Section:
    chosen = about.settings
    approved = f"approved by {sop.approver}" if sop.approver else "imported, not approved"
    completion = chosen.change_completion
    rule = "" if completion in (deciding.MATRIX, deciding.MAJORITY) else f"; {deciding.words(completion)}"
    quorum = "Half of the stakeholders" if chosen.quorum == "half" else f"{chosen.quorum} stakeholders"
    lines = [
        Field("Project", about.title),
        Field("Purpose", head.purpose),
        Field("Tracking tool besides Milepost", head.tools or None),
        Field("Planned start", about.planned_start),
        Field("Time zone", about.zone),
        Field("Working days", about.calendar.words()),
        Field("Progress updates", f"Weekly, due {weekly_words(chosen.weekly_due)}"),
        Field("Reviews", f"Every {step_words(chosen.review_step)}, at least monthly"),
        Field("Status report before a review", f"{chosen.preread_days} working days"),
        Field("Quorum of a review", quorum),
        Field("Baseline signed by", chosen.approval_rule.capitalize()),
        Field("Changes approved by", f"Those whom the table of approvals names for their impact{rule}"),
        Field("SOP", f"Version {sop.version}, {approved}"),
        Field("Baseline", head.baseline),
    ]
    return Section("Project and plan", lines)


def _milestones(items: Sequence[Mapping[str, Any]], printed: Mapping[str, str]) -> Table:
    columns = ["Id", "Name", "Owner", "Target", "Type", "Tolerance (days)", "Weight", "After", "Reached"]
    rows = [
        [one["id"], one["name"], printed[one["owner"]], one["target"], one["type"].capitalize(), one["tolerance"],
         f"{one['weight']:g}", one["after"], one["actual"]]
        for one in items
    ]  # fmt: skip
    return Table(columns, rows)


def _dates(unit: Unit, project_id: str) -> Section:
    """What was promised first, what is promised now, and what is expected, side by side."""
    first: dict[str, tuple[int, date]] = {}
    for one in baselines(unit, project_id):
        for milestone, day in one.dates.items():
            first.setdefault(milestone, (one.number, day))
    rows = [
        [one.id, *(first[one.id][::-1] if one.id in first else ("", "")), one.target,
         one.actual or one.forecast, "dropped" if one.dropped_on else STATUS_WORDS.get(one.status, one.status)]
        for one in milestones(unit, project_id)
    ]  # fmt: skip
    columns = ["Id", "Baseline", "In baseline no.", "Target", "Expected or reached", "Status"]
    return Section("Dates as agreed and as expected", table=Table(columns, rows))


def _change(cause: Cause) -> list[Section]:
    head = [Field("Change", cause.change), Field("Change request (SHA-256)", cause.sha256)]
    if cause.rule:
        head.append(Field("Approved when", cause.rule.capitalize()))
    found = [Section("What changed", head, Table(CHANGE_COLUMNS, printed_lines(cause.lines)))]
    if cause.note:
        found.append(Section("Why the plan went back", text=cause.note))
    columns = ["Name", "Role", "Meaning", "Signed at (UTC)"]
    if cause.approvals:
        found.append(Section("Approved by", table=Table(columns, _answers(cause.approvals))))
    if cause.others:
        found.append(Section("Asked as well", table=Table(columns, _answers(cause.others))))
    if cause.conditions:
        table = Table(["Condition", "Owner", "To be met by", "Set by"], cause.conditions)
        found.append(Section("Approved on conditions", table=table))
    return found


def _answers(rows: Sequence[tuple[str, str, str, str]]) -> list[tuple[str, str, str, str]]:
    return [(name, role, ANSWER_WORDS.get(answer, answer), at) for name, role, answer, at in rows]


def _team(unit: Unit, project_id: str) -> Section:
    return Section(
        "Team and distribution",
        table=Table(["Role", "Name"], [[one.role, one.name] for one in members(unit, project_id)]),
    )
