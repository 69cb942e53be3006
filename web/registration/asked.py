"""What somebody typed to register a project: read from a form, checked for its shape, kept as it was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

import processes
from web.pages.days import day_of

ROLE_HINTS = {
    "Project Manager": "Writes the plan, releases the weekly status, plans the reviews and sees to the documents.",
    "Project Team": "Owns milestones, accepts their dates and reports on them every week. Name at least one owner.",
    "Stakeholder": "Signs the baseline, reads the reports, comes to the reviews and decides on changes.",
    "Sponsor": "Decides where the others are stuck, or may not decide in their own matter.",
}
"""What who holds a role is asked for."""

LATER = frozenset({"team_leads", "minute_taker"})
"""Settings that name people of the team, which is chosen on the same page: they are set afterwards."""

SETTINGS = {name: one for name, one in processes.OPTIONS.items() if name not in LATER}
"""Setting of a project -> what it is called and what it takes."""

MAY_BE_EMPTY = processes.MAY_BE_EMPTY

NUMBERS = frozenset(processes.NUMBERS)


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
            settings={
                name: form.get(f"settings.{name}", str(getattr(processes.Settings(), name))).strip()
                for name in SETTINGS
            },
        )

    def faults(self) -> dict[str, str]:
        """What cannot even be read, by field; what can be is checked by the procedure."""
        found: dict[str, str] = {}
        try:
            day_of(self.start)
        except ValueError:
            found["start"] = "Give the day on which work is planned to begin, as year-month-day."
        for name in NUMBERS:
            if not (self.settings[name].isascii() and self.settings[name].isdigit() and len(self.settings[name]) < 4):
                least, most = processes.NUMBERS[name]
                found["settings"] = f"{SETTINGS[name].label}: give a whole number from {least} to {most}."
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
