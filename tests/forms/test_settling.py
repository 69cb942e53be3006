"""What is asked depends on conditions, limits and read-only values, settled before anything is validated."""

import pytest

from forms import AnswersRefused

from .test_loading import NEEDED, field, form


def test_a_hidden_field_is_dropped_and_not_required() -> None:
    asked = form(
        field("select", "x"),
        field("textfield", "why", conditional={"hide": '=x != "b"'}, **NEEDED),
        {
            "type": "group",
            "conditional": {"hide": "=closed"},
            "components": [{"id": "g", "label": "G", **field("textfield", "in", **NEEDED)}],
        },
    )
    assert asked.load({"x": "a", "why": "typed", "in": "y"}, context={"closed": True}) == {"x": "a"}
    with pytest.raises(AnswersRefused) as caught:
        asked.load({"x": "b", "closed": True}, context={"closed": False})
    assert set(caught.value.errors) == {"why", "in"}


def test_a_condition_in_a_row_sees_its_row_first_and_the_form_as_parent() -> None:
    asked = form(
        field("number", "limit"),
        {
            "type": "dynamiclist",
            "path": "rows",
            "components": [
                {"id": "n", "label": "N", **field("number", "size")},
                {
                    "id": "w",
                    "label": "W",
                    **field("textfield", "why", conditional={"hide": "=size <= parent.limit and this.size > 0"}),
                },
            ],
        },
    )
    rows = asked.load({"limit": "5", "rows": [{"size": "3", "why": "a"}, {"size": "8", "why": "b"}]})["rows"]
    assert rows == [{"size": 3.0}, {"size": 8.0, "why": "b"}]


def test_dates_keep_to_today_another_field_and_the_context() -> None:
    asked = form(
        field("datetime", "start", disallowPassedDates=True),
        field("datetime", "end", properties={"earliest": "start", "latest": "project.end"}),
    )
    context = {"today": "2026-11-23", "project": {"end": "2026-12-31"}}
    assert asked.load({"start": "2026-11-23", "end": "2026-12-31"}, context=context)["end"] == "2026-12-31"
    assert asked.load({"start": "", "end": "2020-01-01"}, context=context)["start"] is None
    for raw, name, part in (
        ({"start": "2026-11-22"}, "start", "has not passed"),
        ({"start": "2026-12-02", "end": "2026-12-01"}, "end", "2026-12-02 or later"),
        ({"end": "2027-01-01"}, "end", "2026-12-31 or earlier"),
    ):
        with pytest.raises(AnswersRefused) as caught:
            asked.load(raw, context=context)
        assert part in caught.value.errors[name][0]
    with pytest.raises(AnswersRefused) as caught:
        asked.load({"start": "2026-11-24", "end": "2026-11-24"})
    assert "“today” is not available" in caught.value.errors["start"][0]
    assert "“project.end” is not available" in caught.value.errors["end"][0]


def test_read_only_values_come_from_the_form_never_from_the_page() -> None:
    asked = form(
        field("textfield", "name", readonly=True, properties={"initial": "project.name"}),
        field("textfield", "off", disabled=True),
        {
            "type": "dynamiclist",
            "path": "rows",
            "allowAddRemove": False,
            "properties": {"initial": "open"},
            "components": [
                {"id": "k", "label": "K", **field("textfield", "id", readonly=True, properties={"hidden": "true"})},
                {"id": "s", "label": "S", **field("checkbox", "done")},
            ],
        },
    )
    context = {"project": {"name": "Apollo"}, "open": [{"id": "M1", "secret": 1}, {"id": "M2"}]}
    raw = {"name": "forged", "off": "x", "rows": [{"id": "M9", "done": "true"}]}
    assert asked.load(raw, context=context) == {
        "name": "Apollo",
        "rows": [{"id": "M1", "done": True}, {"id": "M2", "done": False}],
    }
    with pytest.raises(AnswersRefused) as caught:
        asked.load({"rows": [{}] * 3}, context=context)
    assert "fixed" in caught.value.errors["rows"][0]
