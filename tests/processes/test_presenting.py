"""What sealed records hold, as people read it; what people wrote stays as they wrote it."""

from __future__ import annotations

from typing import Any

import pytest

from processes import readable


@pytest.mark.parametrize(
    ("label", "value", "said"),
    [
        ("Quorum met", True, "Yes"),
        ("Quorum met", False, "No"),
        ("Findings", None, None),
        ("Weight", 3, 3),
        ("Target", "2024-05-01", "1 May 2024"),
        ("Signed at (UTC)", "2024-01-17 08:00:00", "17 January 2024, 08:00:00"),
        ("When", "2024-01-17 14:00 (Europe/Berlin)", "17 January 2024, 14:00 (Europe/Berlin)"),
        ("Value", "2026-11-30 / 2026-12-02", "30 November 2026 / 2 December 2026"),
        ("Week", "2025-W07", "Week 7 of 2025"),
        ("New", "alpha 7, 2024-04-09", "alpha 7, 9 April 2024"),
        ("What happened", "None since 2024-04-09, and no more.", "None since 9 April 2024, and no more."),
        ("Status", "on-track", "On track"),
        ("Status", "dropped", "Taken out of the plan"),
        ("State", "conditional", "In force on conditions"),
        ("Answer", "conditional", "Approved on conditions"),
        ("Leads to a change", "no", "No"),
        ("Standing", "carried in writing", "Carried in writing"),
        ("Name", "final", "final"),
        ("Comment", "on-track", "on-track"),
        ("Comment", "See 2024-04-09.", "See 2024-04-09."),
        ("What", "https://example.org/2024-04-09/x-2024-04-09", "https://example.org/2024-04-09/x-2024-04-09"),
        ("Target", "2024-02-31", "2024-02-31"),
        ("Status", "Something else", "Something else"),
    ],
)
def test_a_value_is_read_as_its_label_says(label: str, value: Any, said: Any) -> None:
    assert readable(value, label) == said
