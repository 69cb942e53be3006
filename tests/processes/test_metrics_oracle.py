"""The figures against a second reading of their definitions, written without looking at the first."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import mean, median
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from processes.metrics import from_csv, summary

START = date(2024, 1, 1)
Row = tuple[str, date, date | None, str]


def planned_time(planned: list[int], ev: int) -> float:
    """C + I: the last day by which no more than was earned was planned, and the share of the way to the next one."""
    sums = {day: sum(one <= day for one in planned) for day in [0, *planned]}
    c = max((day for day, value in sums.items() if value <= ev), default=0)
    if sums[c] >= ev:
        return c
    ahead = min(day for day in sums if day > c)
    return c + (ev - sums[c]) / (sums[ahead] - sums[c]) * (ahead - c)


def second_reading(rows: list[Row], as_of: date, tolerance: int) -> dict[str, Any]:
    """The figures of rows in the order of recording, whose first day is the plan."""
    plan: dict[str, date] = {}
    came: set[str] = set()
    past, forecast, actual, gone, moved = set(), {}, {}, set(), 0
    for name, told, day, kind in rows:
        if told > as_of:
            continue
        if told == START and kind == "expected":
            plan[name] = day
        elif told == START and kind == "actual" and name not in plan:
            past.add(name)
        came |= set() if kind == "removed" else {name}
        gone.discard(name)
        if kind == "expected":
            moved += forecast.get(name, day) != day
            forecast[name] = day
            actual.pop(name, None)
        elif kind == "actual":
            actual[name] = day
        else:
            gone.add(name)
    kept = {name: day for name, day in plan.items() if name not in gone}
    done = {name for name in kept if name in actual}
    good = {name for name in done if actual[name] <= kept[name] + timedelta(tolerance)}
    due = {name for name, day in kept.items() if day <= as_of and (name in done or day + timedelta(tolerance) < as_of)}
    slips = [(actual[n] if n in done else max(forecast[n], as_of), day) for n, day in kept.items()]
    late = [(reached - day).days for reached, day in slips]
    curve, ev = sorted(kept.values()), len(done)
    pv, at = sum(day <= as_of for day in curve), (as_of - START).days
    es = planned_time([(day - START).days for day in curve], ev)
    added, dropped = came - set(plan) - past, gone & (came | set(plan))
    return {
        "milestones": {"baseline": len(plan), "completed": ev, "dropped": len(dropped), "added": len(added)},
        "on_time": {
            "tolerance_days": tolerance,
            "completed": {"n": len(good), "of": ev},
            "due": {"n": len(good & due), "of": len(due)},
        },
        "slip_days": {
            "n": len(late), "mean": mean(late) if late else None, "median": median(late) if late else None,
            "max": max(late, default=None),
        },
        "reforecasts": moved,
        "earned_schedule": {
            "pv": pv, "ev": ev, "spi": ev / pv if pv else None, "es_days": es, "at_days": at,
            "spi_t": es / at if at > 0 else None, "sv_t_days": es - at,
        },
    }  # fmt: skip


NEWS = st.tuples(
    st.sampled_from("abcde"), st.integers(0, 90), st.sampled_from(["expected", "actual", "removed"]),
    st.integers(-20, 60),
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=4), st.lists(NEWS, max_size=20), st.integers(0, 120),
       st.integers(0, 7))  # fmt: skip
def test_two_readings_of_the_definitions_agree(planned: Any, news: Any, at: int, tolerance: int) -> None:
    rows: list[Row] = [
        (name, START, START + timedelta(day), "expected") for name, day in zip("abcd", planned, strict=False)
    ]
    for name, told, kind, moved in sorted(news, key=lambda one: one[1]):
        day = min(moved, 0) if kind == "actual" else moved
        recorded = START + timedelta(told)
        rows.append((name, recorded, None if kind == "removed" else recorded + timedelta(day), kind))
    text = "".join(f"{name},{told},{day or ''},{kind}\n" for name, told, day, kind in rows)
    as_of = START + timedelta(at)
    found = summary(from_csv(f"milestone,recorded_on,date,state\n{text}", START), as_of, tolerance).plain()
    expected = second_reading(rows, as_of, tolerance)
    if found["slip_days"]["mean"] is not None:
        found["slip_days"]["mean"] = round(found["slip_days"]["mean"], 9)
        expected["slip_days"]["mean"] = round(expected["slip_days"]["mean"], 9)
    assert {name: found[name] for name in expected} == expected
