"""The places where the SOP can be read in more than one way, and the settings by which a project says how it reads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """A setting as people see it: its name, what it is called, and what it takes."""

    name: str
    label: str
    hint: str


@dataclass(frozen=True)
class Reading:
    """An ambiguity of the SOP: A1 to A16, or "" for what the SOP does not speak of; with how it is read here."""

    id: str
    clause: str
    question: str
    reading: str
    options: tuple[Option, ...]


def _reading(id: str, clause: str, question: str, reading: str, *options: tuple[str, str, str]) -> Reading:
    return Reading(id, clause, question, reading, tuple(Option(*one) for one in options))


READINGS = (
    _reading(
        "A1", "5.1a", "Who approves the first plan?",
        "The SOP names nobody. The project manager issues the plan, owners accept their milestones, and stakeholders"
        " sign the baseline.",
        ("approval_rule", "The baseline is signed by", "Owners accept their milestones in any case."),
        ("answer_days", "Owners and approvers answer within", "3 to 20; they are reminded two days before."),
    ),
    _reading(
        "A2", "5.1b", "What is “initiation”?",
        "The approved baseline is the start of the project. One that runs already is entered with a signed deviation.",
        ("initiation", "A project has begun with its", "With the planned start, a baseline after that day is a gap."),
    ),
    _reading(
        "A3", "5.2b", "How often is “weekly or as defined”?",
        "Every ISO week, due on Friday at 17:00 in the project's time zone; a longer rhythm needs a reason.",
        ("update_weeks", "Progress is reported every", ""),
        ("weekly_due", "Updates are due", "A day and a time, such as FRI 17:00"),
        ("update_close_days", "A late update is taken for", "1 to 5; after that it counts as missed."),
    ),
    _reading(
        "A4", "5.3a", "May “appropriate” be rarer than monthly?",
        "No. Reviews may be more frequent; more than a month between two that were held is a gap, unless every"
        " stakeholder has agreed to a longer time.",
        ("review_step", "Reviews are held every", ""),
        ("review_after_days", "The first review is called for after", "Calendar days from the start, 1 to 28."),
        ("quorum", "A review decides only with at least", "Its quorum."),
    ),
    _reading(
        "A5", "5.3b", "How long is “before each meeting”?", "Two working days on the project's calendar.",
        ("preread_days", "A status report goes out before its meeting by", "1 to 10, on the project's calendar."),
    ),
    _reading(
        "A6", "5.3b", "Is the milestone status report a record, and who gets the performance review?",
        "The status report is filed with the agenda and minutes; the performance review goes out in the same pack.",
        ("performance_report", "The performance review goes out", ""),
    ),
    _reading(
        "A7", "5.4d", "Does the plan change before or after its approval?",
        "Only an approved change moves the plan. Until then the plan shows it as proposed.",
        ("proposed", "What is proposed is, in the plan", ""),
    ),
    _reading(
        "A8", "5.5d", "Which approvals are necessary?",
        "Those that the table of approvals asks for by a change's impact; what matches nothing goes to everybody. A"
        " project may ask for more, never for fewer.",
        ("change_completion", "A change is approved by", ""),
        ("change_order", "Approvers of a change are asked", ""),
        ("change_veto", "Where a veto counts, it is held by", ""),
        ("escalation_days", "An approval that nobody gives is taken further after",
         "Four rising numbers, such as 3 5 7 9: a reminder, then deputies, project manager and sponsor are told."),
        ("ratify_days", "An emergency change is ratified within", "1 to 20; not ratified in time is a gap."),
    ),
    _reading(
        "A9", "5.2b", "What may team leads do?",
        "The SOP names them and gives them nothing to do. They are members of the team who may report for others.",
        ("team_leads", "Team leads", "They may report for others. Nobody does if none is chosen."),
    ),
    _reading(
        "A10", "5.5b", "Does a new forecast need approval?",
        "No. A forecast is information, free at any time and always logged; only a target needs a change.",
        ("forecasts", "A forecast that moves beyond its tolerance is", ""),
    ),
    _reading(
        "A11", "5.4e", "Who are “all team members and stakeholders”?",
        "Everybody who takes part at that moment; the list is kept with each communication. Who joins gets the plan.",
        ("newcomers", "Who joins is, of the current plan", ""),
    ),
    _reading(
        "A12", "5.2c", "What is the “centralised log”?",
        "One log for each project. An entry is corrected by a new one, and both stay to be seen.",
        ("log_shows", "The log shows", "Nothing is deleted; what is not shown can still be asked for."),
    ),
    _reading(
        "A13", "8a", "Does an SOP apply that nobody has approved?",
        "It was imported, and that is shown. Nobody is invented who might have approved it; records are never deleted.",
        ("sop_approval", "An approval of the SOP is", ""),
    ),
    _reading(
        "A14", "5.4a", "Who takes the minutes?", "The project manager is accountable, and may give it to somebody.",
        ("minute_taker", "Minutes are drafted by", "Whoever it is, the project manager confirms them."),
    ),
    _reading(
        "A15", "5.2d", "What if there is nothing to report?",
        "It is said: silence is no evidence. An update without achievements and setbacks says so.",
        ("nil_entries", "“Nothing to report” is", ""),
    ),
    _reading(
        "A16", "7a", "What of projects on hold or cancelled?",
        "A hold has a reason and a date of its end, and nothing falls due in it. A cancelled project is closed, too.",
        ("cancelled_closure", "A cancelled project is closed in",
         "The short form asks nothing of what is still open, and feedback sooner."),
        ("hold_longest", "One hold lasts at most", "Calendar days, 1 to 365; a hold can be prolonged."),
    ),
    _reading(
        "", "5.3d", "When is a blocker old?", "Fourteen days after it began, if nobody says otherwise.",
        ("blocker_days", "A blocker is taken further after", "Calendar days, 1 to 90."),
    ),
    _reading(
        "", "", "On which days do people work?", "Monday to Friday, without the holidays and days named here.",
        ("holidays", "Public holidays are those of", "A country such as DE, or with its part: DE-BY; empty for none"),
        ("closed_days", "No work is done on", "Further days, such as 2026-12-24 2026-12-31"),
    ),
)  # fmt: skip
"""The ambiguities in their order, then what the SOP does not speak of. Every setting stands in exactly one."""

OPTIONS = {option.name: option for reading in READINGS for option in reading.options}
"""Option by the name of its setting."""
