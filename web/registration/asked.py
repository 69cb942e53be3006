"""What somebody typed to register a project: read from a form, checked for its shape, kept as it was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

import processes

SETTINGS = {
    "weekly_due": ("Weekly updates are due", "A day and a time, such as FRI 17:00"),
    "update_close_days": ("A late update is taken for", "Working days, 1 to 5"),
    "review_step": ("Reviews are held every", "P1M for a month, P2W for two weeks"),
    "review_after_days": ("The first review is called for after", "Calendar days from the start, 1 to 28"),
    "preread_days": ("A status report goes out before its meeting by", "Working days, 1 to 10"),
    "quorum": ("Stakeholders who make a review", "half, or a number"),
    "change_completion": ("A change is approved by", "matrix, unanimous, majority, veto, sponsor, or a number"),
    "change_order": ("Approvers of a change are asked", "parallel or sequential"),
    "change_veto": ("Where a veto holds, it is held by", "Sponsor, Stakeholder, or both with a comma"),
    "ratify_days": ("An emergency change is ratified within", "Working days, 1 to 20"),
    "escalation_days": (
        "An approval that nobody gives: reminder, deputies, project manager, sponsor after",
        "Four rising numbers of working days, such as 3 5 7 9",
    ),
    "holidays": ("Public holidays are those of", "A country such as DE, or with its part: DE-BY; empty for none"),
    "closed_days": ("No work is done on", "Further days, such as 2026-12-24 2026-12-31"),
    "approval_rule": ("The baseline is signed by", "manager only, stakeholders, or stakeholders and sponsor"),
}
"""Setting of a project -> what it is called and what it takes."""

MAY_BE_EMPTY = frozenset({"holidays", "closed_days"})
"""Settings that say something by being empty."""

NUMBERS = frozenset({"update_close_days", "review_after_days", "preread_days", "ratify_days"})


@dataclass(frozen=True)
class Asked:
    """The registration as typed; everything is text until `arguments` reads it."""

    title: str = ""
    id: str = ""
    purpose: str = ""
    start: str = ""
    zone: str = "UTC"
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def nothing(cls) -> Asked:
        """An empty form, with the usual settings in it."""
        usual = processes.Settings()
        return cls(settings={name: str(getattr(usual, name)) for name in SETTINGS})

    @classmethod
    def from_form(cls, form: MultiDict[str, str]) -> Asked:
        """What was sent."""
        return cls(
            title=form.get("title", "").strip(),
            id=form.get("id", "").strip(),
            purpose=form.get("purpose", "").strip(),
            start=form.get("start", "").strip(),
            zone=form.get("zone", "").strip(),
            members={role: tuple(form.getlist(f"members.{role}")) for role in processes.ROLES},
            settings={name: form.get(f"settings.{name}", "").strip() for name in SETTINGS},
        )

    def faults(self) -> dict[str, str]:
        """What cannot even be read, by field; what can be is checked by the procedure."""
        found: dict[str, str] = {}
        try:
            date.fromisoformat(self.start)
        except ValueError:
            found["start"] = "Give the day on which work is planned to begin, as year-month-day."
        for name in NUMBERS:
            if not (self.settings[name].isascii() and self.settings[name].isdigit() and len(self.settings[name]) < 4):
                found["settings"] = f"{SETTINGS[name][0]}: give a number ({SETTINGS[name][1].lower()})."
        if len(self.title) > 300:
            found["title"] = "Use at most 300 characters."
        return found

    def arguments(self) -> dict[str, Any]:
        """The values for `processes.register`. Only after `faults` found nothing."""
        return {
            "id": self.id,
            "title": self.title,
            "members": self.members,
            "start": date.fromisoformat(self.start),
            "purpose": self.purpose,
            "zone": self.zone,
            "settings": {name: int(text) if name in NUMBERS else text for name, text in self.settings.items()},
        }
