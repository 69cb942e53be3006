"""The Gap Record: what was not done as the SOP asks, since when, and who says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import Draft, Field, Section, Work, content_of, names
from processes.calendar import local_words
from processes.projects import Project, project
from processes.tables import GapRow
from processes.vocabulary import CLAUSES, GAP, GAP_KINDS, RECORD_TITLES


def gap_record(about: Project, row: GapRow, person: str) -> Draft:
    """A gap as the program itself writes it down; `person` is the name of whoever had to do it, or ""."""
    title = GAP_KINDS[row.kind][0]
    fields = [
        Field("Project", about.title),
        Field("What", title),
        Field("Clause", f"{row.clause}: {CLAUSES[row.clause]}" if row.clause in CLAUSES else row.clause or None),
        Field("About", row.about or None),
        Field("Milestone", row.milestone),
        Field("Who had to do it", person or None),
        Field("Came about", local_words(row.at, about.zone)),
        Field("Written by", "Milepost, by itself"),
    ]
    data = {
        "gap": row.id, "kind": row.kind, "clause": row.clause, "about": row.about, "person": row.person,
        "milestone": row.milestone, "at": row.at.isoformat(), "text": row.text,
    }  # fmt: skip
    sections = [Section("Gap", fields), Section("What happened", text=row.text)]
    heading = f"{RECORD_TITLES[GAP]} {row.id}: {title}"
    return Draft(GAP, about.id, heading, content_of(sections, data), row.id, (row.clause,) if row.clause else ())


def late_words(answers: Mapping[str, Any]) -> str:
    """A declared late start in a sentence: since when, why, and what is done about it."""
    began = f"Running since {answers['since']} without an approved plan."
    return f"{began} Reason: {answers['reason']} Measures: {answers['measures']}"


def late_start(work: Work) -> Draft:
    """What a project manager declares who enters a project that runs already; their signature seals it (5.1b)."""
    answers, about = work.answers or {}, project(work.unit, work.subject)
    kind, clause = "late-start", GAP_KINDS["late-start"][2]
    fields = [
        Field("Project", about.title),
        Field("What", GAP_KINDS[kind][0]),
        Field("Clause", f"{clause}: {CLAUSES[clause]}"),
        Field("Running since", str(answers["since"])),
        Field("Registered", about.day(about.registered_at)),
        Field("Declared by", names(work.unit, [work.actor.person])[work.actor.person]),
    ]
    sections = [
        Section("Gap", fields),
        Section("Why there was no plan", text=str(answers["reason"])),
        Section("What is done about it", text=str(answers["measures"])),
    ]
    data = {"kind": kind, "clause": clause, "about": "plan", "since": answers["since"], "text": late_words(answers)}
    title = f"{RECORD_TITLES[GAP]}: {GAP_KINDS[kind][0]}"
    return Draft(GAP, about.id, title, content_of(sections, data), kind, (clause, "2a"))
