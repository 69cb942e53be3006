"""Settings in words: whatever one may be is said and offered, so that people need no code to read or change it."""

from __future__ import annotations

import dataclasses

import pytest

from processes import OPTIONS, Settings, setting_choices, setting_words


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("weekly_due", "FRI 17:00", "Friday, 17:00"),
        ("review_step", "P1M", "month"),
        ("review_step", "P14D", "two weeks"),
        ("update_weeks", 1, "week"),
        ("quorum", "half", "half of the stakeholders"),
        ("quorum", "1", "1 stakeholder"),
        ("quorum", "25", "25"),
        ("preread_days", 1, "1 working day"),
        ("preread_days", "2", "2 working days"),
        ("escalation_days", "3 5 7 9", "3, 5, 7 and 9 working days"),
        ("change_completion", "matrix", "those whom the table of approvals names"),
        ("holidays", "DE-BY", "DE-BY"),
        ("closed_days", "", ""),
    ],
)
def test_a_value_goes_on_from_its_label(name: str, value: object, said: str) -> None:
    assert setting_words(name, value) == said


@pytest.mark.parametrize("name", OPTIONS)
def test_what_is_offered_may_be_chosen_and_says_something_of_its_own(name: str) -> None:
    usual = getattr(Settings(), name)
    offered = setting_choices(name, usual)
    for value, _ in offered:
        chosen = dataclasses.replace(Settings(), **{name: type(usual)(value)})
        assert name not in chosen.faults(), value
    assert len({words for _, words in offered}) == len(offered)


def test_what_nobody_touched_is_offered_as_it_is() -> None:
    assert ("P21D", "three weeks") in setting_choices("review_step", "P21D")
    assert ("25", "25") in setting_choices("quorum", "25")
    assert setting_choices("weekly_due", "FRI 17:00") == []
