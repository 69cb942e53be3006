"""The troubles that every project meets sooner or later, and where each of them is lived through."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path

TROUBLES: Mapping[int, tuple[str, tuple[str, ...]]] = {
    1: (
        "A plan is rejected twice, then accepted",
        (
            "test_trouble_1_a_plan_is_rejected_twice_and_then_accepted",
        ),
    ),
    2: (
        "An owner declines the date",
        (
            "test_trouble_2_an_owner_declines_the_date",
        ),
    ),
    3: (
        "Updates are missed three weeks running",
        (
            "test_trouble_3_updates_are_missed_three_weeks_running",
        ),
    ),
    4: (
        "A forecast lies in the past",
        (
            "test_trouble_4_a_forecast_in_the_past_is_refused_at_its_field",
        ),
    ),
    5: (
        "A stakeholder never answers, neither to a report nor to an approval",
        (
            "test_trouble_5_an_approval_that_is_never_given_goes_up_step_by_step",
            "test_trouble_5_an_approval_that_is_given_is_escalated_no_further",
            "test_trouble_5_a_stakeholder_never_answers_a_report",
        ),
    ),
    6: (
        "An approver is on leave, and the deputy decides",
        (
            "test_trouble_6_an_approver_on_leave_is_stood_in_for",
        ),
    ),
    7: (
        "The deputy is the requester",
        (
            "test_trouble_7_the_requester_is_told_off_as_a_deputy",
        ),
    ),
    8: (
        "A quorum is missed",
        (
            "test_trouble_8_a_quorum_is_missed_and_the_decisions_are_made_in_writing",
            "test_trouble_8_what_is_only_informed_cannot_decide_by_whatever_is_posted",
        ),
    ),
    9: (
        "A meeting is moved after its report was sent",
        (
            "test_trouble_9_the_meeting_is_moved_after_the_report_was_sent",
            "test_trouble_9_data_that_would_be_too_old_are_cut_anew",
            "test_trouble_9_a_meeting_is_called_off_with_and_without_another_date",
        ),
    ),
    10: (
        "A report is sent too late; the meeting may proceed",
        (
            "test_trouble_10_the_report_is_sent_too_late",
        ),
    ),
    11: (
        "A change is edited after one of three has signed",
        (
            "test_trouble_11_a_change_edited_after_one_of_three_signatures",
        ),
    ),
    12: (
        "Two changes are about the same milestone",
        (
            "test_trouble_12_two_changes_on_the_same_milestone",
        ),
    ),
    13: (
        "A change is approved in part or on conditions, and a condition lapses",
        (
            "test_trouble_13_a_partial_approval",
            "test_trouble_13_a_condition_that_lapses",
            "test_trouble_13_conditions_that_are_met",
        ),
    ),
    14: (
        "An emergency is never ratified",
        (
            "test_trouble_14_an_emergency_that_nobody_ratifies",
        ),
    ),
    15: (
        "A milestone is dropped, inserted, renamed, renumbered",
        (
            "test_trouble_15_milestones_dropped_inserted_renamed_renumbered",
        ),
    ),
    16: (
        "Somebody leaves the organisation with open tasks",
        (
            "test_trouble_16_what_somebody_leaves_behind_comes_to_the_project_manager",
        ),
    ),
    17: (
        "A project is on hold over a timer",
        (
            "test_trouble_17_a_hold_over_a_timer",
            "test_trouble_17_what_somebody_does_in_a_hold_is_due_after_it",
        ),
    ),
    18: (
        "Clocks are put forward, a holiday, a leap day",
        (
            "test_trouble_18_clocks_are_put_forward",
            "test_trouble_18_a_holiday_and_a_leap_day",
        ),
    ),
    19: (
        "Nothing runs over several timers: one is caught up with, not seven",
        (
            "test_trouble_19_nothing_runs_for_seven_weeks",
        ),
    ),
    20: (
        "The SOP is revised while a review is under way",
        (
            "test_trouble_20_the_sop_is_revised_while_a_review_is_under_way",
        ),
    ),
    21: (
        "A closure is requested with an open change",
        (
            "test_trouble_21_a_closure_is_requested_with_an_open_change",
        ),
    ),
    22: (
        "A signer's account is disabled between review and signature",
        (
            "test_trouble_22_a_signer_who_was_deactivated_is_replaced_by_name",
        ),
    ),
    23: (
        "The clock is set back",
        (
            "test_trouble_23_the_clock_is_set_back",
        ),
    ),
    24: (
        "One person holds all roles: allowed, and said wherever somebody confirms what is their own",
        (
            "test_trouble_24_one_person_with_all_roles_runs_a_project_and_approves_no_change",
        ),
    ),
}
"""Number -> the trouble, and the tests of `test_troubles_*.py` that live through it."""


def lived_through() -> dict[int, list[str]]:
    """Number -> the tests that carry it in their names, in the order of files and lines."""
    found: dict[int, list[str]] = {}
    for file in sorted(Path(__file__).parent.glob("test_troubles_*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            named = re.match(r"test_trouble_(\d+)_", node.name) if isinstance(node, ast.FunctionDef) else None
            if named is not None and isinstance(node, ast.FunctionDef):
                assert ast.get_docstring(node), f"{node.name} does not say what it shows"
                found.setdefault(int(named[1]), []).append(node.name)
    return found


def test_every_trouble_is_lived_through_and_listed() -> None:
    assert list(TROUBLES) == list(range(1, 25))
    assert {number: sorted(tests) for number, (_, tests) in TROUBLES.items()} == {
        number: sorted(tests) for number, tests in lived_through().items()
    }
