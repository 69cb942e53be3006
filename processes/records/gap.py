"""The Gap Record: what was not done as the SOP asks, since when, and who says so."""

from __future__ import annotations

from engine import Draft, Field, Section, content_of
from processes.calendar import local_words
from processes.projects import Project
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
