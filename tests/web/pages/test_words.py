"""Words and values of pages: due dates as people say them, differences, marked search words, the trend chart."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from web.pages.charts import trend_chart
from web.pages.comparing import Change, changes
from web.pages.scales import HEIGHT, LEFT, WIDTH
from web.pages.search import marked
from web.pages.words import due_words, initials, words

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(seconds=-20), ("Moments late", "late")),
        (timedelta(minutes=-5), ("5 minutes late", "late")),
        (timedelta(hours=-1), ("1 hour late", "late")),
        (timedelta(days=-2, hours=-5), ("2 days late", "late")),
        (timedelta(hours=3), ("Today 12:00", "soon")),
        (timedelta(hours=20), ("Tomorrow 05:00", "soon")),
        (timedelta(days=4), ("Fri 6 Mar", "later")),
        (timedelta(days=30), ("1 Apr", "later")),
        (timedelta(days=400), ("6 Apr 2027", "later")),
    ],
)
def test_due_dates_are_said_as_people_say_them(left: timedelta, said: tuple[str, str]) -> None:
    assert due_words(NOW + left, NOW) == said


def test_names_and_statuses() -> None:
    assert initials("Mei-Ling van Tan") == "MT"
    assert initials("") == "?"
    assert words("on-track") == "On track"
    assert words("dates-within-tolerance") == "Dates within tolerance"


def test_differences_name_the_place_and_both_sides() -> None:
    before = [
        {"heading": "Facts", "fields": [{"label": "Purpose", "value": "Land"}, {"label": "Signed", "value": True}]},
        {"heading": "Milestones", "table": {"columns": ["Name", "Date"], "rows": [["A", "1"], ["B", "2"]]}},
    ]
    after = [
        {
            "heading": "Facts",
            "fields": [{"label": "Purpose", "value": "Land softly"}, {"label": "Signed", "value": True}],
        },
        {"heading": "Milestones", "table": {"columns": ["Name", "Date"], "rows": [["A", "3"]]}},
    ]
    assert changes(before, after) == [
        Change("Facts › Purpose", "Land", "Land softly"),
        Change("Milestones › A › Date", "1", "3"),
        Change("Milestones › B › Name", "B", ""),
        Change("Milestones › B › Date", "2", ""),
    ]
    assert changes(after, after) == []


def test_search_words_are_marked_and_everything_is_escaped() -> None:
    assert marked("<b>Plan</b> of plans", "plan <b>") == (
        "<mark>&lt;b&gt;</mark><mark>Plan</mark>&lt;/b&gt; of <mark>plan</mark>s"
    )
    assert marked("Straße", "ss") == "Straße", "folding that changes the length marks nothing and loses nothing"


def _told(id: str, points: list[tuple[date, date]], done: bool = False) -> SimpleNamespace:
    shaped = tuple(SimpleNamespace(report=report, forecast=forecast) for report, forecast in points)
    series = SimpleNamespace(milestone=id, points=shaped, done=done, removed=False)
    return SimpleNamespace(id=id, name=f"Milestone {id}", series=series, trend=None)


def test_a_trend_line_steps_where_the_forecast_moved() -> None:
    points = [
        (date(2026, 1, 1), date(2026, 6, 1)),
        (date(2026, 2, 1), date(2026, 6, 1)),
        (date(2026, 3, 1), date(2026, 7, 1)),
    ]
    chart = trend_chart([_told("M1", points), _told("M2", [])], date(2026, 2, 15))
    assert chart is not None
    (line,) = chart.lines
    assert line.moves == 1
    assert len(line.points) == 2, "the report that said nothing new has no point of its own"
    assert line.path.count("H") == 2
    assert line.first == date(2026, 6, 1)
    assert line.last == date(2026, 7, 1)
    rising = [top for _, top, _ in line.points]
    assert rising[0] > rising[-1], "later dates stand higher"
    assert all(LEFT <= left <= WIDTH and 0 <= top <= HEIGHT for left, top, _ in line.points)
    assert chart.today is not None


def test_a_forecast_holds_until_today_unless_the_milestone_was_reached() -> None:
    points = [(date(2026, 1, 1), date(2026, 6, 1)), (date(2026, 2, 1), date(2026, 6, 1))]
    chart = trend_chart([_told("M1", points), _told("M2", points, done=True)], date(2026, 4, 1))
    assert chart is not None
    open_, done = chart.lines
    assert open_.end == (chart.today, open_.points[-1][1])
    assert done.end == done.points[-1][:2]


def test_a_chart_without_forecasts_is_none() -> None:
    assert trend_chart([], date(2026, 1, 1)) is None
    assert trend_chart([_told("M1", [])], date(2026, 1, 1)) is None
