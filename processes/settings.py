"""How a project reads the SOP where the SOP leaves a choice: the settings, and what each of them may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from processes import deciding
from processes.calendar import due_of
from processes.escalating import escalation_steps
from processes.vocabulary import MANAGER_ONLY, PLAN_RULES, SPONSOR, STAKEHOLDERS, STAKEHOLDERS_AND_SPONSOR
from processes.working_days import calendar_of

REVIEW_STEPS = ("P7D", "P1W", "P14D", "P2W", "P21D", "P3W", "P28D", "P4W", "P1M")
"""How often reviews may be called for, from the most to the least often: by the SOP at least monthly."""

RARE_STEPS = ("P5W", "P6W", "P7W", "P8W", "P2M", "P3M")
"""What is rarer than the SOP asks for, from the more to the less often: only where every stakeholder has agreed."""


@dataclass(frozen=True)
class Settings:
    """The settings of a project, each with its default. Days are working days unless said otherwise."""

    approval_rule: str = STAKEHOLDERS
    """Who signs the baseline."""
    answer_days: int = 5
    """In how many days owners and approvers answer; reminded two days before, taken further two days later."""
    initiation: str = "baseline"
    """When a project has begun: with its approved baseline, or on its “planned start”."""
    update_weeks: int = 1
    """Every how many weeks progress is reported."""
    weekly_due: str = "FRI 17:00"
    """When updates are due, in the project's zone."""
    update_close_days: int = 2
    """For how long a late update is still taken."""
    review_step: str = "P1M"
    review_after_days: int = 14
    """Calendar days from the start to the first call for a review, so that it can be held within a month."""
    quorum: str = "half"
    """How many stakeholders make a review: “half” of them, or a number."""
    preread_days: int = 2
    """How long before a meeting its status report goes out."""
    performance_report: str = "with the report"
    """When the performance review goes out: with the status report, or with the minutes."""
    proposed: str = "shown"
    """Whether the plan shows what is proposed before it is approved."""
    change_completion: str = deciding.MATRIX
    """When a change counts as approved, where the matrix asks for no more: “matrix”, “unanimous”, “majority”, “veto”,
    or a number."""
    change_order: str = deciding.PARALLEL
    """Whether approvers of a change are asked at the same time (“parallel”) or in turn (“sequential”)."""
    change_veto: str = SPONSOR
    """Whose objection alone stops a change where a veto holds: roles, separated by commas."""
    ratify_days: int = 5
    """Within how long an emergency change is ratified."""
    escalation_days: str = "3 5 7 9"
    """How long after it was asked for an approval that nobody gives is reminded of, brought to deputies, to the
    project manager, and to the sponsor."""
    team_leads: str = ""
    """Who may report for others of the team: person ids, separated by spaces."""
    forecasts: str = "logged"
    """What follows when a forecast moves beyond its tolerance: it is logged, or stakeholders are told, too."""
    newcomers: str = "told"
    """Whether somebody who joins is told the current plan."""
    log_shows: str = "everything"
    """Whether the log shows entries that later ones took the place of."""
    sop_approval: str = "shown"
    """Whether a project may begin on an SOP that nobody has approved, and only says so."""
    minute_taker: str = ""
    """Who drafts the minutes: a person id, or "" for the project manager."""
    nil_entries: str = "required"
    """Whether “nothing to report” has to be said."""
    cancelled_closure: str = "short"
    """How a cancelled project is closed: in short form, or in full."""
    hold_longest: int = 90
    """Calendar days for which a project may be put on hold at once."""
    blocker_days: int = 14
    """Calendar days after which a blocker is taken further."""
    holidays: str = ""
    """Whose public holidays are kept: an ISO 3166 country, with a subdivision or not; “” for none."""
    closed_days: str = ""
    """Further days without work, as ISO dates."""

    def faults(self) -> dict[str, str]:
        """What is wrong with them: setting -> a sentence for people."""
        found: dict[str, str] = {}
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                found[name] = f"Choose one of: {', '.join(allowed)}."
        for name, (least, most) in NUMBERS.items():
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                found[name] = f"Give a whole number from {least} to {most}."
        if self.review_step not in (*REVIEW_STEPS, *RARE_STEPS):
            found["review_step"] = (
                "Reviews are held at least monthly: write P1M or a number of weeks up to P4W. If every stakeholder"
                " agrees, up to P8W, P2M or P3M."
            )
        if self.quorum != "half" and not (self.quorum.isascii() and self.quorum.isdigit() and int(self.quorum) > 0):
            found["quorum"] = "A quorum is “half” of the stakeholders or a number of them."
        usual = deciding.MATRIX, deciding.PARALLEL, SPONSOR, 5
        for name, said in (
            ("change_completion", deciding.faults(self.change_completion, *usual[1:])),
            ("change_veto", deciding.faults(*usual[:2], self.change_veto, usual[3])),
        ):
            if said:
                found[name] = said[0]
        return found | self._calendar_faults()

    def _calendar_faults(self) -> dict[str, str]:
        found: dict[str, str] = {}
        checks = {
            "weekly_due": lambda: due_of(self.weekly_due),
            "escalation_days": lambda: escalation_steps(self.escalation_days),
            "holidays": lambda: calendar_of(self.holidays, ""),
            "closed_days": lambda: calendar_of("", self.closed_days),
        }
        for name, check in checks.items():
            try:
                check()
            except ValueError as error:
                found[name] = str(error)
        return found


CHOICES: Mapping[str, tuple[str, ...]] = {
    "approval_rule": PLAN_RULES,
    "initiation": ("baseline", "planned start"),
    "performance_report": ("with the report", "with the minutes"),
    "proposed": ("shown", "hidden"),
    "change_order": (deciding.PARALLEL, deciding.SEQUENTIAL),
    "forecasts": ("logged", "told"),
    "newcomers": ("told", "not told"),
    "log_shows": ("everything", "current"),
    "sop_approval": ("shown", "required"),
    "nil_entries": ("required", "optional"),
    "cancelled_closure": ("short", "full"),
}
"""Setting -> the words that it may be."""

NUMBERS: Mapping[str, tuple[int, int]] = {
    "answer_days": (3, 20),
    "update_weeks": (1, 4),
    "update_close_days": (1, 5),
    "review_after_days": (1, 28),
    "preread_days": (1, 10),
    "ratify_days": (1, 20),
    "hold_longest": (1, 365),
    "blocker_days": (1, 90),
}
"""Setting -> the least and the most that it may be."""

PEOPLE = ("team_leads", "minute_taker")
"""Settings that name people of the project."""

MAY_BE_EMPTY = frozenset({"team_leads", "minute_taker", "holidays", "closed_days"})
"""Settings that say something by being empty."""

_FIRM: Mapping[str, tuple[str, ...]] = {
    "approval_rule": (MANAGER_ONLY, STAKEHOLDERS, STAKEHOLDERS_AND_SPONSOR),
    "initiation": ("baseline", "planned start"),
    "review_step": tuple(reversed((*REVIEW_STEPS, *RARE_STEPS))),
    "sop_approval": ("shown", "required"),
    "nil_entries": ("optional", "required"),
    "cancelled_closure": ("short", "full"),
}
"""Setting -> its words, from what asks least to what asks most."""

_MORE_ASKS_LESS = ("answer_days", "update_weeks", "update_close_days", "hold_longest", "blocker_days", "ratify_days")
_NOT_COMPARED = ("change_completion", "change_veto", "escalation_days")


def longest_gap(review_step: str) -> str:
    """How much time may lie between two reviews at most, as a step: a month, or longer where that was agreed to."""
    return review_step if review_step in RARE_STEPS else "P1M"


def asks_everybody(name: str, before: Settings, after: Settings) -> bool:
    """Whether every stakeholder has to agree: to reviews that are to be rarer than monthly, and rarer than before."""
    return name == "review_step" and after.review_step in RARE_STEPS and weakens(name, before, after)


def weakens(name: str, before: Settings, after: Settings) -> bool:
    """Whether a setting asks less than before: then the sponsor has to agree. What cannot be compared asks less."""
    old, new = getattr(before, name), getattr(after, name)
    if old == new:
        return False
    if name in _FIRM:
        order = _FIRM[name]
        return old in order and (new not in order or order.index(new) < order.index(old))
    if name in _MORE_ASKS_LESS:
        return new > old
    if name in _NOT_COMPARED:
        return True
    if name == "preread_days":
        return new < old
    if name == "closed_days":  # each puts off whatever is due by working days
        return not calendar_of("", new).closed <= calendar_of("", old).closed
    if name == "quorum":
        return new == "half" or old == "half" or int(new) < int(old)
    return False
