"""Answers that are taken, and the sentence at the field for those that are not."""

from typing import Any

import pytest

from forms import AnswersRefused, Choice, Form, Upload, compile_form
from tests.forms.timing import quick

MEMBERS = {"members": [Choice("ada", "Ada"), Choice("bo", "Bo")]}
FILE = Upload("plan.pdf", "application/pdf", 1200, "a" * 64)


def form(*components: dict[str, Any]) -> Form:
    made = [{"id": f"c{at}", "label": "Label", **component} for at, component in enumerate(components)]
    return compile_form({"type": "default", "id": "f", "components": made})


def field(kind: str, key: str = "x", **more: Any) -> dict[str, Any]:
    if kind in ("radio", "checklist", "taglist", "select") and "valuesKey" not in more:
        more["values"] = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
    return {"type": kind, "key": key, **more}


NEEDED: dict[str, Any] = {"validate": {"required": True}}


@pytest.mark.parametrize(
    ("component", "raw", "answer"),
    [
        (field("textfield"), "  Ada\u0301  ", "Adá"),
        (field("textfield"), "   ", None),
        (field("textfield"), None, None),
        (field("textarea"), "one\r\ntwo\rthree", "one\ntwo\nthree"),
        (field("textfield", validate={"minLength": 2, "maxLength": 3}), " abc ", "abc"),
        (field("textfield", validate={"pattern": r"\d"}), "room 5 east", "room 5 east"),
        (field("textfield", validate={"validationType": "email"}), "ada@example.org", "ada@example.org"),
        (field("textfield", validate={"validationType": "phone"}), "+44 20 7946 0000", "+44 20 7946 0000"),
        (field("number", decimalDigits=0), "3", 3),
        (field("number", decimalDigits=0), "3.0", 3),
        (field("number"), "3.5", 3.5),
        (field("number", decimalDigits=2), "2.345", 2.35),
        (field("number", increment=0.1), 0.3, 0.3),
        (field("number", validate={"required": True, "min": 0}), "0", 0.0),
        (field("number"), " 1e3 ", 1000.0),
        (field("number", serializeToString=True, decimalDigits=2), "7", "7.00"),
        (field("number"), "-0", 0.0),
        (field("datetime"), "2026-11-23", "2026-11-23"),
        (field("datetime", subtype="time"), "09:30", "09:30"),
        (field("datetime", subtype="datetime"), "2026-11-23T14:30", "2026-11-23T14:30"),
        (field("datetime", subtype="datetime"), "2026-11-23 14:30:10", "2026-11-23T14:30:10"),
        (field("checkbox"), "true", True),
        (field("checkbox"), None, False),
        (field("checkbox"), "on", True),
        (field("radio"), "a", "a"),
        (field("select"), "", None),
        (field("select", valuesKey="members"), "bo", "bo"),
        (field("checklist"), ["b", "a", "b"], ["b", "a"]),
        (field("taglist"), "a", ["a"]),
        (field("checklist"), None, []),
        (
            field("filepicker", accept=".pdf,image/*"),
            FILE,
            {"name": "plan.pdf", "media_type": "application/pdf", "size": 1200, "sha256": "a" * 64},
        ),
        (field("filepicker"), None, None),
        (field("filepicker", multiple=True), [], []),
        (
            field("filepicker"),
            ["upload:" + "b" * 64, FILE],
            {"name": "plan.pdf", "media_type": "application/pdf", "size": 1200, "sha256": "a" * 64},
        ),
    ],
)
def test_taken(component: dict[str, Any], raw: Any, answer: Any) -> None:
    answers = form(component).load({"x": raw}, choices=MEMBERS)
    assert answers == {"x": answer}
    assert type(answers["x"]) is type(answer)


@pytest.mark.parametrize(
    ("component", "raw", "part"),
    [
        (field("textfield", **NEEDED), "  ", "Fill this in"),
        (field("textfield"), 5, "Write a text"),
        (field("textfield"), ["a"], "text"),
        (field("textfield"), "a\x07b", "control"),
        (field("textfield"), "a\nb", "line breaks"),
        (field("textarea"), "a\x00", "control"),
        (field("textfield"), "\ud800", "control"),
        (field("textarea"), "a\uffff", "control"),
        (field("textfield", validate={"maxLength": 3}), "abcd", "at most 3"),
        (field("textfield"), "x" * 1_000_000, "Shorten"),
        (field("textfield", validate={"maxLength": 3}), "\U0001f600\U0001f600", "at most 3"),
        (field("textfield", validate={"minLength": 3}), " ab ", "at least 3"),
        (field("textfield", validate={"pattern": r"^\d+$"}), "x", "expected form"),
        (field("textfield", validate={"pattern": "^a", "patternErrorMessage": "Begin with a."}), "b", "Begin with a."),
        (field("textfield", validate={"pattern": "a"}), "a" * 201, "at most 200"),
        (field("textfield", validate={"validationType": "email"}), "ada@", "e-mail"),
        (field("textfield", validate={"validationType": "phone"}), "call me", "telephone"),
        (field("number", **NEEDED), "", "Fill this in"),
        (field("number"), "NaN", "number like"),
        (field("number"), "inf", "number like"),
        (field("number"), float("nan"), "number like"),
        (field("number"), "9" * 5000, "number like"),
        (field("number"), 10**4000, "large"),
        (field("number"), "1e99", "large"),
        (field("number"), "1,5", "3.5"),
        (field("number"), True, "number"),
        (field("number"), "٣", "number"),
        (field("number"), [], "number"),
        (field("number", decimalDigits=0), "1.5", "whole"),
        (field("number", validate={"min": 1}), "0.5", "1 or more"),
        (field("number", validate={"max": 30}), "31", "30 or less"),
        (field("number", increment=0.25), "0.3", "multiple of 0.25"),
        (field("datetime"), "23.11.2026", "Enter a date like 2026-11-23."),
        (field("datetime"), "2026-02-30", "date like"),
        (field("datetime"), 20261123, "date like"),
        (field("datetime"), "２０２６-11-23", "date like"),
        (field("datetime", **NEEDED), "", "Fill this in"),
        (field("datetime", subtype="time"), "25:00", "time like"),
        (field("datetime", subtype="datetime"), "2026-11-23T14:30+01:00", "date and time like"),
        (field("checkbox", **NEEDED), None, "Tick this box"),
        (field("checkbox"), "maybe", "Tick"),
        (field("checkbox"), {}, "Tick"),
        (field("radio"), "c", "Choose one of the options."),
        (field("select", **NEEDED), "", "Choose one"),
        (field("select"), ["a"], "Choose"),
        (field("checklist", **NEEDED), [], "at least one"),
        (field("checklist"), ["a", "z"], "from the options"),
        (field("taglist"), [[]], "from the options"),
        (field("taglist"), {"a": 1}, "from the options"),
        (field("select", valuesKey="milestones"), "a", "“milestones” is not available"),
        (field("filepicker", **NEEDED), None, "Choose a file"),
        (field("filepicker"), "x.pdf", "again"),
        (field("filepicker"), {"name": "x", "media_type": "y", "size": 1, "sha256": "a" * 64}, "again"),
        (field("filepicker", accept=".png"), FILE, "kinds"),
        (field("filepicker"), Upload("a", "b", 1, "zz"), "again"),
    ],
)
def test_refused_at_the_field(component: dict[str, Any], raw: Any, part: str) -> None:
    asked = form(component)
    with pytest.raises(AnswersRefused) as caught:
        asked.load({"x": raw}, choices=MEMBERS)

    def again() -> None:
        with pytest.raises(AnswersRefused):
            asked.load({"x": raw}, choices=MEMBERS)

    assert quick(again, 0.2)
    assert list(caught.value.errors) == ["x"]
    assert part in " ".join(caught.value.errors["x"])


def test_every_error_at_once_by_dotted_name() -> None:
    asked = form(
        field("textfield", "title", **NEEDED),
        {
            "type": "group",
            "path": "plan",
            "components": [{"id": "p", "label": "P", **field("number", "days", **NEEDED)}],
        },
        {
            "type": "dynamiclist",
            "path": "rows",
            "components": [
                {"id": "n", "label": "N", **field("textfield", "name", **NEEDED)},
                {
                    "type": "dynamiclist",
                    "id": "i",
                    "label": "I",
                    "path": "inner",
                    "components": [{"id": "q", "label": "Q", **field("number", "size", **NEEDED)}],
                },
            ],
        },
    )
    with pytest.raises(AnswersRefused) as caught:
        asked.load({"rows": [{"name": "ok"}, {"inner": [{"size": "1"}, {"size": "x"}]}]})
    assert set(caught.value.errors) == {"title", "plan.days", "rows.1.name", "rows.1.inner.1.size"}


def test_rows_have_bounds_and_must_be_rows() -> None:
    asked = form(
        {
            "type": "dynamiclist",
            "path": "rows",
            "properties": {"least": "1", "most": "2"},
            "components": [{"id": "n", "label": "N", **field("textfield", "name")}],
        }
    )
    assert asked.load({"rows": [{"name": "a"}]}) == {"rows": [{"name": "a"}]}
    for raw, part in (
        ([], "at least 1 row."),
        ([{}] * 3, "at most 2"),
        ("x", "could not be read"),
        ([1], "could not be read"),
        ({"name": "a"}, "could not be read"),
    ):
        with pytest.raises(AnswersRefused) as caught:
            asked.load({"rows": raw})
        assert part in caught.value.errors["rows"][0]


def test_initial_values() -> None:
    asked = form(
        field("textfield", "a", defaultValue="d"),
        field("checklist", "b"),
        field("checkbox", "c", defaultValue=True),
        field("number", "n", defaultValue=2, properties={"initial": "count"}),
        {
            "type": "dynamiclist",
            "path": "rows",
            "defaultRepetitions": 2,
            "components": [{"id": "k", "label": "K", **field("textfield", "k", defaultValue="z")}],
        },
    )
    assert asked.initial({}) == {"a": "d", "b": [], "c": True, "n": 2, "rows": [{"k": "z"}, {"k": "z"}]}
    assert asked.initial({"count": 7})["n"] == 7


def test_an_answer_that_no_field_asks_for_is_left_out() -> None:
    assert form(field("textfield")).load({"x": "a", "role": "Sponsor", "_signature": 1}) == {"x": "a"}
