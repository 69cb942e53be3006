"""The Closure Evaluation and Feedback: how the procedure worked, what people said, what should change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import engine
from engine import Draft, Field, Section, Table, Unit, Work, content_of
from processes.closures import EVALUATION, end_asked, evaluation, feedback, of_instance
from processes.projects import Project, project
from processes.reviews import local_time
from processes.tables import ClosureRow
from processes.vocabulary import CLOSURE, RECORD_TITLES

CLAUSES = ("7a", "7b", "7c")
VERDICTS = {"effective": "Effective", "partly": "Effective in part", "not-effective": "Not effective"}
WORDS = {"helped": "Helped", "partly": "Partly", "hindered": "Got in the way", "no answer": "No answer"}


def closure_evaluation(work: Work) -> Draft:
    """The evaluation as the project manager seals it. Raises StepRefused before the procedure was evaluated."""
    unit, answers = work.unit, work.answers or {}
    row, about = of_instance(unit, work.instance), project(unit, work.subject)
    said, opinions = evaluation(unit, row), feedback(unit, row)
    lessons = [{"kind": str(one.get("kind")), "text": _text(one, "text")} for one in answers.get("lessons") or ()]
    proposals = [
        {name: _text(one, name) for name in ("text", "reason", "clause")} for one in answers.get("proposals") or ()
    ]
    sections = [
        Section(
            "Project",
            [
                Field("Project", about.title),
                Field("Closed because", row.reason),
                *_asked(unit, about, row),
                Field("Began", about.began_on),
                Field("Evaluation", VERDICTS.get(str(said.get("verdict")), "")),
                *_evaluated(unit, about, row),
            ],
        ),
        _figures(row.cut["effectiveness"]),
        Section("Progress tracking", text=_text(said, "tracking")),
        Section("Reviews and decisions", text=_text(said, "reviews")),
        Section("Changes of the plan", text=_text(said, "changes")),
        _gaps(row.cut["gaps"], row.why_open),
        _feedback(opinions),
        Section("Lessons", table=Table(["Kind", "What"], [[one["kind"].capitalize(), one["text"]] for one in lessons])),
        _proposals(proposals),
    ]
    data = {
        "closure": row.id,
        "verdict": said.get("verdict"),
        "gaps": row.cut["gaps"],
        "effectiveness": row.cut["effectiveness"],
        "feedback": [{**one, "answered": one["change"] != "no answer"} for one in opinions],
        "lessons": lessons,
        "proposals": proposals,
    }
    title = f"{RECORD_TITLES[CLOSURE]} {row.id}: {about.title}"
    return Draft(CLOSURE, work.subject, title, content_of(sections, data), row.id, CLAUSES)


def _asked(unit: Unit, about: Project, row: ClosureRow) -> list[Field]:
    """Who asked for the closing, and until when people could give feedback."""
    asked = end_asked(unit, row.project)
    fields = [Field("Feedback asked for until", local_time(about, row.feedback_until))]
    if asked is None:
        return fields
    who = engine.names(unit, [asked.person])[asked.person]
    return [Field("Closing asked for by", who), Field("Closing asked for", local_time(about, asked.at)), *fields]


def _evaluated(unit: Unit, about: Project, row: ClosureRow) -> list[Field]:
    last = engine.submissions(unit, row.instance, EVALUATION)[-1]
    who = engine.names(unit, [last.person])[last.person]
    return [Field("Evaluated by", who), Field("Evaluated", local_time(about, last.at))]


def _figures(lines: Sequence[Mapping[str, str]]) -> Section:
    rows = [[one["name"], one["value"], one["note"]] for one in lines]
    return Section("How the procedure worked", table=Table(["Figure", "Value", "How it is counted"], rows))


def _gaps(left: Sequence[Mapping[str, str]], why: str) -> Section:
    if not left:
        return Section("Still open", text="Nothing was left open.")
    rows = [[one["kind"], one["id"], one["text"], one["owner"]] for one in left]
    table = Table(["What", "Id", "Which", "Whose"], rows)
    return Section("Still open", [Field("Closed all the same because", why)], table)


def _feedback(said: Sequence[Mapping[str, str]]) -> Section:
    rows = [
        [one["name"], *(WORDS.get(one[name], one[name]) for name in ("tracking", "reviews", "changes")), one["keep"],
         one["change"].capitalize() if one["change"] == "no answer" else one["change"]]
        for one in said
    ]  # fmt: skip
    columns = ["From", "Updates", "Reviews", "Changes", "Keep", "Change"]
    return Section("Feedback of team and stakeholders", table=Table(columns, rows))


def _proposals(said: Sequence[Mapping[str, str]]) -> Section:
    if not said:
        return Section("Proposals to change the SOP", text="No change of the SOP is needed.")
    rows = [[one["clause"], one["text"], one["reason"]] for one in said]
    return Section("Proposals to change the SOP", table=Table(["Clause", "What it should say", "Why"], rows))


def _text(said: Mapping[str, Any], name: str) -> str:
    return str(said.get(name) or "").strip()
