"""What can be wrong with a plan, and whether a criterion can be measured."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.gantt import chart
from processes.measurability import measure
from processes.plan import Milestone, from_answers
from processes.plan_check import field_faults, plan_faults, plan_warnings


def rows(**after: str):
    given_rows = [
        {"id": id_, "name": id_, "deliverable": "x", "criterion": "10 tests pass", "owner": "tom",
         "target": f"2026-05-{at:02d}", "after": before}
        for at, (id_, before) in enumerate(after.items(), start=1)
    ]  # fmt: skip
    return from_answers(given_rows)


@pytest.mark.parametrize(
    "criterion",
    [
        "All 40 acceptance tests pass", "Contract is signed by both parties", "Report published",
        "At most 3 open faults",
        "The test protocol is accepted", "Version 1.0 is tagged", "Customer has approved the design",
    ],
)  # fmt: skip
def test_what_can_be_checked_is_measurable(criterion):
    assert measure(criterion).sound
    assert measure(criterion).sentences == ()


@pytest.mark.parametrize("criterion", ["", "mostly done", "good progress", "Things work nicely", "The team is happy"])
def test_what_nobody_can_check_is_not(criterion):
    assert not measure(criterion).sound


def test_weak_words_warn_even_where_something_can_be_checked():
    found = measure("Mostly done, 3 tests pass")
    assert found.sound
    assert "mostly" in found.sentences[0]
    plan = rows(M1="")
    plan[0]["criterion"] = "Mostly done, 3 tests pass"
    assert plan_warnings(plan)[0].startswith("M1: ")


def test_two_milestones_of_one_name_are_pointed_out():
    plan = rows(M1="", M2="", M3="")
    for row, name in zip(plan, ("Design", "Build", " design "), strict=True):
        row["name"] = name
    assert plan_warnings(plan) == ["M3: is called like M1. Can people tell them apart?"]


def test_a_circle_is_named_with_its_members():
    (found,) = [one for one in plan_faults(rows(A="C", B="A", C="B"), owners=["tom"]) if "itself" in one]
    assert "A waits for C waits for B waits for A" in found


def test_what_comes_after_is_not_due_before():
    (found,) = plan_faults(rows(A="B", B=""), owners=["tom"])
    assert found == "A: is due before B, which it comes after."


def test_an_owner_who_left_makes_the_plan_unsound():
    assert "M1: its owner" in plan_faults(rows(M1=""), owners=[])[0]


def test_a_sound_plan_has_no_faults():
    plan = rows(A="", B="A", C="A, B")
    assert plan[2]["after"] == "A B"
    assert field_faults(plan, owners=["tom"], today=date(2026, 1, 1)) == {}
    assert plan_faults(plan, owners=["tom"]) == []


def test_ids_differ_in_more_than_case():
    plan = rows(m1="", M1="")
    assert "milestones.1.id" in field_faults(plan, owners=["tom"], today=date(2026, 1, 1))


def test_an_empty_plan_and_one_that_is_over_are_none():
    assert "milestones" in field_faults([], owners=["tom"], today=date(2026, 1, 1))
    plan = rows(A="")
    plan[0]["actual"] = "2026-01-01"
    assert "milestones" in field_faults(plan, owners=["tom"], today=date(2026, 1, 1))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_a_circle_is_found_exactly_when_there_is_one(edges):
    after = {f"N{n}": " ".join(f"N{b}" for a, b in edges if a == n and b != n) for n in range(10)}
    found = [one for one in plan_faults(rows(**after), owners=["tom"]) if "itself" in one]
    left = {id_: set(before.split()) for id_, before in after.items()}
    while free := [id_ for id_, before in left.items() if not before & set(left)]:
        for id_ in free:
            del left[id_]
    assert bool(found) == bool(left)


def milestone(id_: str, at: int, **more):
    day = date.fromordinal(date(2026, 1, 1).toordinal() + at)
    given_values = {
        "id": id_, "sequence": 1, "name": id_, "deliverable": "", "criterion": "", "owner": "tom", "owner_name": "Tom",
        "type": "internal", "tolerance": 0, "weight": 1, "after": (), "target": day, "baseline": day, "forecast": day,
        "actual": None, "status": "on-track", "percent": 0, "added_on": None, "dropped_on": None,
    }  # fmt: skip
    return Milestone(**given_values | more)


@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(-200, 200)), min_size=1, max_size=12), st.integers(-100, 1200)
)
def test_a_chart_holds_everything_within_its_ends(plan, today):
    start = date(2026, 1, 1)
    made = tuple(
        milestone(f"M{n}", at, forecast=date.fromordinal(start.toordinal() + max(0, at + slip)))
        for n, (at, slip) in enumerate(plan)
    )
    found = chart(made, start, date.fromordinal(start.toordinal() + today))
    for bar in found.bars:
        assert 0 <= bar.start <= bar.end <= 1
        assert 0 <= bar.baseline_start <= bar.baseline_end <= 1
    places = [tick.at for tick in found.ticks]
    assert places == sorted(places)
    assert len(places) <= 20


def test_a_bar_begins_where_what_it_waits_for_ends_and_says_how_late_it_is():
    late = date(2026, 3, 1)
    found = chart(
        (milestone("A", 31, forecast=late), milestone("B", 90, after=("A",))), date(2026, 1, 1), date(2026, 1, 15)
    )
    first, second = found.bars
    assert second.start == first.end
    assert first.baseline_end < first.end
    assert (first.state, first.days) == ("late", 28)
    assert "28 days later than the baseline" in first.label
