"""The values of settings as people say them, and those that a form offers to choose from."""

from __future__ import annotations

from collections.abc import Mapping

from processes import deciding
from processes.settings import CHOICES, RARE_STEPS
from processes.vocabulary import SPONSOR, STAKEHOLDER

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
COUNTS = tuple(str(count) for count in range(1, 10))

SETTING_UNITS: Mapping[str, str] = {
    "answer_days": "working day",
    "update_close_days": "working day",
    "preread_days": "working day",
    "ratify_days": "working day",
    "escalation_days": "working day",
    "review_after_days": "day",
    "hold_longest": "day",
    "blocker_days": "day",
}
"""Setting -> what its numbers count."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "approval_rule": {"manager only": "the project manager only", "stakeholders": "all stakeholders",
                      "stakeholders and sponsor": "all stakeholders and the sponsor"},
    "initiation": {"baseline": "approved baseline", "planned start": "planned start"},
    "update_weeks": {"1": "week", "2": "second week", "3": "third week", "4": "fourth week"},
    "review_step": {"P7D": "week", "P1W": "week", "P14D": "two weeks", "P2W": "two weeks", "P21D": "three weeks",
                    "P3W": "three weeks", "P28D": "four weeks", "P4W": "four weeks", "P1M": "month",
                    "P5W": "five weeks", "P6W": "six weeks", "P7W": "seven weeks", "P8W": "eight weeks",
                    "P2M": "two months", "P3M": "three months"},
    "quorum": {"half": "half of the stakeholders", "1": "1 stakeholder"}
              | {one: f"{one} stakeholders" for one in COUNTS[1:]},
    "proposed": {"hidden": "hidden until it is approved"},
    "change_completion": {deciding.MATRIX: "those whom the table of approvals names",
                          deciding.UNANIMOUS: "more than half, with nobody against",
                          deciding.MAJORITY: "more than half of those asked",
                          deciding.VETO: "more than half, with nobody against who holds a veto",
                          "1": "one of those asked"} | {one: f"{one} of those asked" for one in COUNTS[1:]},
    "change_order": {deciding.PARALLEL: "all at the same time", deciding.SEQUENTIAL: "one after the other"},
    "change_veto": {SPONSOR: "the sponsor", STAKEHOLDER: "every stakeholder",
                    f"{SPONSOR}, {STAKEHOLDER}": "the sponsor and every stakeholder"},
    "forecasts": {"logged": "logged", "told": "logged, and told to the stakeholders"},
    "newcomers": {"told": "told", "not told": "not told"},
    "log_shows": {"everything": "everything", "current": "only what is current"},
    "sop_approval": {"shown": "shown as missing where there is none", "required": "required before a project begins"},
    "cancelled_closure": {"short": "short form", "full": "full"},
}  # fmt: skip
"""Setting -> value -> the words for it. The words go on from the label of the setting."""

OFFERED: Mapping[str, tuple[str, ...]] = {
    **CHOICES,
    "update_weeks": ("1", "2", "3", "4"),
    "review_step": ("P1W", "P2W", "P3W", "P4W", "P1M"),
    "quorum": ("half", *COUNTS),
    "change_completion": (deciding.MATRIX, deciding.UNANIMOUS, deciding.MAJORITY, deciding.VETO, *COUNTS),
    "change_veto": (SPONSOR, STAKEHOLDER, f"{SPONSOR}, {STAKEHOLDER}"),
}  # fmt: skip
"""Setting -> the values that a form offers; a setting that is not here is typed."""


def setting_words(name: str, value: object) -> str:
    """What a setting is set to, as it goes on from the setting's label; numbers with what they count."""
    text = str(value)
    if name in WORDS:
        return WORDS[name].get(text, text)
    if name == "weekly_due":
        return _weekly(text)
    if name in SETTING_UNITS and text:
        return f"{_listed(text.split())} {SETTING_UNITS[name]}{'' if text == '1' else 's'}"
    return text


def setting_choices(name: str, value: object, *, registered: bool = True) -> list[tuple[str, str]]:
    """The values that a form offers for a setting, each with its words; empty where it is typed.

    `value` is offered, too, whatever it is: the form never changes what nobody touched. What needs the agreement of
    stakeholders is offered once the project is registered: before that there is nobody to agree.
    """
    values = OFFERED.get(name, ())
    if values and str(value) not in values:
        values = (*values, str(value))
    rare = RARE_STEPS if name == "review_step" and registered else ()
    return [(one, setting_words(name, one)) for one in values] + [
        (one, f"{setting_words(name, one)}, if every stakeholder agrees") for one in rare if one not in values
    ]


def _weekly(text: str) -> str:
    """A day and a time, FRI 17:00, in words."""
    day, _, at = text.partition(" ")
    full = next((one for one in WEEKDAYS if one[:3].upper() == day.upper()), None)
    return f"{full}, {at}" if full else text


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
