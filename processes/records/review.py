"""The Performance Review Report: trends, bottlenecks and improvements, written from the data cut of one meeting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine import Draft, Field, Section, Table, Work, content_of, names
from processes.errors import StepRefused
from processes.projects import Project, project
from processes.reviews import of_instance
from processes.vocabulary import RECORD_TITLES, REVIEW
from processes.writing import digest

CLAUSES = ("5.5a", "6d")
_WAITING = "name n median share"


def performance_review(work: Work) -> Draft:
    """The report of the meeting that the instance prepares. Raises StepRefused before the data are cut."""
    unit, answers = work.unit, work.answers or {}
    row = of_instance(unit, work.instance)
    if row.cut is None:
        raise StepRefused("The data for this review have not been cut yet.")
    about = project(unit, work.subject)
    improvements = [dict(one) for one in answers.get("improvements") or ()]
    cut: Mapping[str, Any] = row.cut
    sections = [
        _basis(about, row.id, cut),
        *_figures(cut),
        Section("Trends", text=str(answers.get("trends") or "")),
        *_bottlenecks(cut, str(answers.get("bottlenecks") or "")),
        _improvements(improvements, names(unit, {str(one.get("owner") or "") for one in improvements})),
        Section("What to bear in mind", text="\n".join(cut["caveats"]) or "Nothing in particular."),
    ]
    data = {"meeting": row.id, "as_of": cut["as_of"], "cut_sha256": digest(cut), "figures": cut["figures"],
            "improvements": improvements}  # fmt: skip
    title = f"{RECORD_TITLES[REVIEW]} {row.id}: {about.title}"
    return Draft(REVIEW, work.subject, title, content_of(sections, data), row.id, CLAUSES)


def _basis(about: Project, meeting: str, cut: Mapping[str, Any]) -> Section:
    lines = [
        Field("Project", about.title),
        Field("Review", meeting),
        Field("As of", cut["as_of"]),
        Field("Data cut (SHA-256)", digest(cut)),
        Field("Compared with", cut["compared_with"] or "nothing: this is the first review"),
        Field("Days", "calendar days, against the first baseline"),
    ]
    return Section("Basis", lines)


def _figures(cut: Mapping[str, Any]) -> list[Section]:
    figures = Table(["Figure", "Value", "How it is counted"], _cells(cut["metrics"], "name value note"))
    columns = ["Milestone", "Name", "Baseline", "Expected before", "Expected now", "Days", "State"]
    trend = Table(columns, _cells(cut["trend"], "milestone name baseline before now change state"))
    return [Section("Figures", table=figures), Section("Trend of the milestones", table=trend)]


def _bottlenecks(cut: Mapping[str, Any], text: str) -> list[Section]:
    """What a person says about them, and where by the data cut work waited and what setbacks came from."""
    found = [Section("Bottlenecks", text=text)]
    if cut.get("waiting"):
        columns = ["Step", "n", "Median", "Part of all waiting"]
        found.append(Section("Where work waited", table=Table(columns, _cells(cut["waiting"], _WAITING))))
    if cut.get("setback_causes"):
        rows = _cells(cut["setback_causes"], "cause n days unmeasured")
        found.append(Section("What setbacks came from", table=Table(["Cause", "n", "Days", "Without days"], rows)))
    return found


def _improvements(said: Sequence[Mapping[str, Any]], printed: Mapping[str, str]) -> Section:
    rows = [
        [
            str(one.get("text") or ""),
            printed.get(str(one.get("owner") or "")),
            one.get("due"),
            str(one.get("effect") or ""),
        ]
        for one in said
    ]
    if not rows:
        return Section("Improvements", text="Nothing needs to improve.")
    return Section("Improvements", table=Table(["What", "Owner", "Due", "Expected effect"], rows))


def _cells(rows: Sequence[Mapping[str, Any]], names_of_columns: str) -> list[list[str]]:
    return [[str(row[name]) for name in names_of_columns.split()] for row in rows]
