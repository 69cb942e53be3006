"""What goes wrong with changes in real projects, each trouble by its number."""

from __future__ import annotations

import pytest

from tests.databases import Databases
from tests.stories import changes
from tests.stories.office import Office


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: what the steps do is tried on both elsewhere."""
    return sqlite


@pytest.fixture
def sound(office: Office):
    """An office in which nothing fails and nothing is altered."""
    yield office
    assert office.incidents() == []
    assert office.verdict().findings == ()


def test_trouble_11_a_change_edited_after_one_of_three_signatures(sound: Office) -> None:
    """11: CR edited after 1 of 3 signatures."""
    changes.edited_after_the_first_of_three_signatures(sound)


def test_trouble_12_two_changes_on_the_same_milestone(sound: Office) -> None:
    """12: two CRs on the same milestone."""
    changes.two_changes_on_the_same_milestone(sound)


def test_trouble_13_a_partial_approval(sound: Office) -> None:
    """13: partial/conditional approval: the rest goes back as a change of its own."""
    changes.approved_in_part(sound)


def test_trouble_13_a_condition_that_lapses(sound: Office) -> None:
    """13: partial/conditional approval, condition lapses."""
    changes.a_condition_that_lapses(sound)


def test_trouble_13_conditions_that_are_met(sound: Office) -> None:
    """13: partial/conditional approval: the conditions are met in time."""
    changes.conditions_that_are_met(sound)


def test_trouble_14_an_emergency_that_nobody_ratifies(sound: Office) -> None:
    """14: emergency change never ratified."""
    changes.an_emergency_that_nobody_ratifies(sound)


def test_trouble_15_milestones_dropped_inserted_renamed_renumbered(sound: Office) -> None:
    """15: milestone dropped (and removed from PV), inserted, renamed, renumbered."""
    changes.dropped_inserted_renamed_renumbered(sound)
