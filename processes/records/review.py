"""The Performance Review Report: trends, bottlenecks and improvements, written from the data cut of one meeting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine import Draft, Field, Section, Table, Work, content_of, names
from processes.errors import StepRefused
from processes.projects import project
from processes.reviews import of_instance
from processes.vocabulary import RECORD_TITLES, REVIEW
from processes.writing import digest

CLAUSES = ("5.5a", "6d")


def performance_review(work: Work) -> Draft:
    """The report of the meeting that the instance prepares. Raises StepRefused before the data are cut."""
    unit, answers = work.unit, work.answers or {}
    row = of_instance(unit, work.instance)
    if row.cut is None:
        raise StepRefused("The data for this review have not been cut yet.")
    about = project(unit, work.subject)
    improvements = [dict(one) for one in answers.get("improvements") or ()]
    printed = names(unit, {str(one.get("owner") or "") for one in improvements})
    cut: Mapping[str, Any] = row.cut
    sections = [
        Section(
            "Basis",
            [
                Field("Project", about.title),
                Field("Review", row.id),
                Field("As of", cut["as_of"]),
                Field("Data cut (SHA-256)", digest(cut)),
                Field("Compared with", cut["compared_with"] or "nothing: this is the first review"),
                Field("Days", "calendar days, against the first baseline"),
            ],
        ),
        Section(
            "Figures",
            table=Table(["Figure", "Value", "How it is counted"], _cells(cut["metrics"], "name value note")),
        ),
        Section(
            "Trend of the milestones",
            table=Table(
                ["Milestone", "Name", "Baseline", "Expected before", "Expected now", "Days", "State"],
                _cells(cut["trend"], "milestone name baseline before now change state"),
            ),
        ),
        Section("Trends", text=str(answers.get("trends") or "")),
        Section("Bottlenecks", text=str(answers.get("bottlenecks") or "")),
        Section(
            "Improvements",
            text="" if improvements else "None.",
            table=Table(
                ["What", "Owner", "Due", "Expected effect"],
                [
                    [str(one.get("text") or ""), printed.get(str(one.get("owner") or ""), ""), one.get("due"),
                     str(one.get("effect") or "")]
                    for one in improvements
                ],
            ),
        ),
        Section("What to bear in mind", text="\n".join(cut["caveats"]) or "Nothing in particular."),
    ]  # fmt: skip
    data = {"meeting": row.id, "as_of": cut["as_of"], "cut_sha256": digest(cut), "figures": cut["figures"],
            "improvements": improvements}  # fmt: skip
    title = f"{RECORD_TITLES[REVIEW]} {row.id}: {about.title}"
    return Draft(REVIEW, work.subject, title, content_of(sections, data), row.id, CLAUSES)


def _cells(rows: Sequence[Mapping[str, Any]], names_of_columns: str) -> list[list[str]]:
    return [[str(row[name]) for name in names_of_columns.split()] for row in rows]
