"""Cron texts: the forms of crontab, Quartz and Spring, time zones, and what is refused with a sentence."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from engine.bpmn.cron import is_cron, next_cron
from engine.bpmn.timers import cycle_of, passed_over
from engine.errors import StepFailed

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("0 9 * * MON", "2026-01-12T09:00"), ("30 9 * * 1-5", "2026-01-05T09:30"), ("0 0 1 * *", "2026-02-01T00:00"),
        ("0 0 * * 0", "2026-01-11T00:00"), ("0 0 * * 7", "2026-01-11T00:00"), ("0 0 13 * FRI", "2026-01-09T00:00"),
        ("0 0/5 * * * ?", "2026-01-05T09:05"), ("0/10 * * * * ?", "2026-01-05T09:00:10"),
        ("0 0 9 ? * MON-FRI", "2026-01-06T09:00"), ("0 15 10 L * ?", "2026-01-31T10:15"),
        ("0 0 9 ? * mon#2", "2026-01-12T09:00"), ("0 0 0 1 1 ? 2030", "2030-01-01T00:00"),
        ("0 0 0 13 * FRI", "2026-02-13T00:00"), ("@daily", "2026-01-06T00:00"), ("0 0 29 2 *", "2028-02-29T00:00"),
        ("TZ=Europe/Prague 0 9 * * *", "2026-01-06T08:00"), ("CRON_TZ=America/New_York @daily", "2026-01-06T05:00"),
    ],
)  # fmt: skip
def test_the_next_time_is_strictly_after_now(text: str, due: str) -> None:
    assert is_cron(text)
    assert next_cron(text, MONDAY) == datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert cycle_of(text) == (None, None, text)


def test_the_time_of_day_stays_over_a_change_of_clocks() -> None:
    now, found = datetime(2026, 3, 28, 12, tzinfo=UTC), []
    for _ in range(2):
        now = next_cron("TZ=Europe/Prague 0 9 * * *", now)
        found.append(now.isoformat())
    assert found == ["2026-03-29T07:00:00+00:00", "2026-03-30T07:00:00+00:00"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("0 0 9 ? * 2-6", "MON, TUE"), ("0 0 30 2 *", "ever comes"), ("61 * * * *", "ever comes"),
     ("TZ=Mars/Olympus 0 9 * * *", "time zone"), ("0 0 9 ? * L5", "MON, TUE")],
)  # fmt: skip
def test_what_means_no_time_is_refused_with_a_sentence_and_soon(text: str, said: str) -> None:
    begun = time.process_time()
    with pytest.raises(StepFailed, match=said):
        next_cron(text, MONDAY)
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("text", ["a if b else c", "1 - 2 * 3", "P1D", "R/P1D", "next_due(anchor, 'P7D')", "* " * 400])
def test_expressions_and_iso_texts_are_no_cron(text: str) -> None:
    assert not is_cron(text)


def test_what_was_missed_is_counted_up_to_a_thousand() -> None:
    assert passed_over(MONDAY, "P1D", MONDAY, datetime(2026, 1, 25, 10, tzinfo=UTC)) == 20
    assert passed_over(MONDAY, "* * * * *", MONDAY, datetime(2026, 3, 1, tzinfo=UTC)) == 1000
