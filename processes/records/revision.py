"""The Revision of the SOP: what changes, why, from when, for whom; or that nothing does (clauses 7c, 8a)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine import Draft, Field, Section, Work, content_of
from processes.calendar import add_months
from processes.revisions import in_force, of_instance
from processes.tables import ProposalRow, RevisionRow
from processes.vocabulary import RECORD_TITLES, REVISION, SOP

CLAUSES = ("7c", "8a")
REVIEW_MONTHS = 12
"""The SOP is reviewed within so many months (A13), as its diagram says."""
POLICIES = {"finish": "Running projects finish on the version that they began on", "follow": "Running projects follow"}


def sop_revision(work: Work) -> Draft:
    """The revision as its author writes it, or the owner's statement that the SOP stays as it is."""
    row, answers = of_instance(work.unit, work.instance), work.answers or {}
    before = in_force(work.unit)
    stays = "version" not in answers
    facts = [
        Field("Supersedes" if not stays else "Version that stays", before.version),
        Field("Version", None if stays else str(answers["version"])),
        Field("Effective from", None if stays else str(answers["effective_on"])),
        Field("Training", None if stays else str(answers.get("training") or "none")),
        Field("Running projects", None if stays else POLICIES.get(str(answers.get("running")), "")),
        Field("Reviewed again by", add_months(_begins(work, answers), REVIEW_MONTHS)),
    ]
    sections = [Section("Revision", [one for one in facts if one.value is not None]), *_cause(work, row)]
    if stays:
        sections.append(Section("Reviewed, no change", text=str(answers.get("statement") or "")))
    else:
        sections.append(Section("What changes", text=str(answers.get("description") or "")))
        sections.append(Section("The new wording", text=str(answers.get("wording") or "")))
    data: Mapping[str, Any] = {
        "revision": row.id, "proposal": row.proposal, "changes": not stays, "supersedes": before.version,
        **{name: answers.get(name) for name in ("version", "effective_on", "description", "wording", "training",
                                                "running", "statement")},
    }  # fmt: skip
    name = f"{before.version} stays" if stays else f"version {answers['version']}"
    return Draft(REVISION, SOP, f"{RECORD_TITLES[REVISION]}: {name}", content_of(sections, dict(data)), row.id, CLAUSES)


def _begins(work: Work, answers: Mapping[str, Any]) -> date:
    """The day from which the year to the next review counts: when the revision becomes effective, or today."""
    return date.fromisoformat(str(answers["effective_on"])) if "version" in answers else work.unit.clock().date()


def _cause(work: Work, row: RevisionRow) -> list[Section]:
    proposal = work.unit.session.get(ProposalRow, row.proposal) if row.proposal else None
    if proposal is None:
        return [Section("Cause", text="A review of the SOP.")]
    fields = [
        Field("Proposal", proposal.id),
        Field("Clause", proposal.clause or None),
        Field("What it should say", proposal.text),
        Field("Why", proposal.reason),
        Field("From the project", proposal.project),
        Field("What its owner says", proposal.why or None),
    ]
    return [Section("Cause", [one for one in fields if one.value is not None])]
