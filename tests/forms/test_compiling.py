"""Schemas that compile, and every finding about those that do not."""

import json
from typing import Any

import pytest

from forms import FormFinding, FormRefused, compile_form


def schema(*components: dict[str, Any], **top: Any) -> dict[str, Any]:
    return {"type": "default", "id": "a-form", "schemaVersion": 19, "components": list(components), **top}


def text(**more: Any) -> dict[str, Any]:
    return {"type": "textfield", "id": "t", "key": "t", "label": "Text", **more}


def findings(source: Any) -> tuple[FormFinding, ...]:
    with pytest.raises(FormRefused) as caught:
        compile_form(source)
    assert all(found.sentence.endswith((".", "…")) for found in caught.value.findings)
    return caught.value.findings


def test_the_same_content_is_the_same_form_whatever_its_layout() -> None:
    content = schema(text())
    form = compile_form(content)
    assert compile_form(json.dumps(content, indent=4)) is form
    assert compile_form(json.dumps(dict(reversed(content.items()))).encode()) is form
    assert compile_form(schema(text(label="Other"))).digest != form.digest
    assert (form.id, form.title) == ("a-form", "A form")


def test_names_choices_tables_and_context() -> None:
    form = compile_form(
        schema(
            {"type": "text", "id": "x", "text": "For {{ project.name }}"},
            {
                "type": "table",
                "id": "y",
                "label": "Rows",
                "dataSource": "=plan.rows",
                "columns": [{"label": "A", "key": "a"}],
            },
            text(key="plan.name", properties={"initial": "old.name"}, conditional={"hide": "=closed and not(t2)"}),
            {"type": "checkbox", "id": "t2", "key": "t2", "label": "Tick"},
            {
                "type": "group",
                "id": "g",
                "path": "dates",
                "label": "Dates",
                "components": [
                    {
                        "type": "datetime",
                        "id": "d",
                        "key": "due",
                        "subtype": "date",
                        "label": "Due",
                        "disallowPassedDates": True,
                        "properties": {"latest": "project_end"},
                    },
                ],
            },
            {"type": "select", "id": "s", "key": "who", "label": "Who", "valuesKey": "members"},
        )
    )
    assert form.names() == ("plan", "t2", "dates", "who")
    assert form.choices() == {"members"}
    assert form.tables() == {"project", "plan"}
    assert form.context_names() == {"project", "old", "closed", "today", "project_end"}


def test_all_findings_at_once_never_the_first_only() -> None:
    found = findings(
        schema(
            {"type": "html", "id": "a", "content": "<b>"},
            {"type": "iframe", "id": "b", "url": "https://example.org"},
            text(id="c", key="1x"),
            text(id="d", validate={"pattern": "(a+)+$", "minLength": 9, "maxLength": 3}),
            {"type": "hologram", "id": "e"},
        )
    )
    assert [(finding.component, finding.rule) for finding in found] == [
        ("a", "type"),
        ("b", "type"),
        ("c", "key"),
        ("d", "validate"),
        ("d", "pattern"),
        ("e", "type"),
    ]


@pytest.mark.parametrize(
    ("component", "rule"),
    [
        ({"type": "html", "content": "x"}, "type"),
        ({"type": "image", "source": "x"}, "type"),
        ({"type": "documentPreview"}, "type"),
        ({"type": "expression", "key": "e", "expression": "=1"}, "type"),
        ({"type": "iframe"}, "type"),
        ({"type": "button", "action": "reset"}, "type"),
        ({"type": 7}, "type"),
        ({}, "type"),
        (text(key=""), "key"),
        (text(key="a..b"), "key"),
        (text(key="__class__"), "key"),
        (text(key="this"), "key"),
        (text(key="a b"), "key"),
        (text(key=5), "key"),
        (text(key="_rows"), "key"),
        (text(label=""), "label"),
        (text(label="=x"), "expression"),
        (text(label="{{x}}"), "expression"),
        (text(description="\x00"), "description"),
        (text(readonly="=x"), "readonly"),
        (text(disabled=1), "disabled"),
        (text(validate=[]), "validate"),
        (text(validate={"required": "yes"}), "required"),
        (text(validate={"minLength": "=x"}), "minLength"),
        (text(validate={"maxLength": 10**9}), "maxLength"),
        (text(validate={"min": 3}), "validate"),
        (text(validate={"pattern": "(a|b)*c"}), "pattern"),
        (text(validate={"pattern": "a" * 201}), "pattern"),
        (text(validate={"pattern": "("}), "pattern"),
        (text(validate={"pattern": "(?=x)"}), "pattern"),
        (text(validate={"pattern": r"(a)\1"}), "pattern"),
        (text(validate={"pattern": "a?" * 30 + "a" * 30}), "pattern"),
        (text(validate={"pattern": ".*.*.*.*x"}), "pattern"),
        (text(validate={"pattern": 5}), "pattern"),
        (text(validate={"validationType": "iban"}), "validate"),
        (text(conditional={"hide": "=foo("}), "expression"),
        (text(conditional={"hide": "x"}), "expression"),
        (text(conditional={"hide": "=x.__y"}), "expression"),
        (text(properties={"a": {}}), "properties"),
        (text(properties={"hidden": "true"}), "hidden"),
        (text(defaultValue=5), "default"),
        (text(defaultValue="ab", validate={"maxLength": 1}), "default"),
        ({"type": "number", "key": "n", "label": "N", "validate": {"min": 5, "max": 1}}, "validate"),
        ({"type": "number", "key": "n", "label": "N", "increment": 0}, "increment"),
        ({"type": "number", "key": "n", "label": "N", "decimalDigits": 1.5}, "decimalDigits"),
        ({"type": "number", "key": "n", "label": "N", "defaultValue": "x"}, "default"),
        ({"type": "datetime", "key": "d", "label": "D", "subtype": "year"}, "subtype"),
        (
            {"type": "datetime", "key": "d", "label": "D", "subtype": "time", "timeSerializingFormat": "utc_offset"},
            "time",
        ),
        ({"type": "datetime", "key": "d", "label": "D", "defaultValue": "2026-02-30"}, "default"),
        ({"type": "datetime", "key": "d", "label": "D", "properties": {"earliest": "now()"}}, "earliest"),
        ({"type": "select", "key": "s", "label": "S"}, "choices"),
        ({"type": "radio", "key": "s", "label": "S", "values": {}}, "values"),
        ({"type": "select", "key": "s", "label": "S", "valuesExpression": "=x"}, "choices"),
        ({"type": "select", "key": "s", "label": "S", "values": [{"value": 1, "label": "One"}]}, "choices"),
        ({"type": "select", "key": "s", "label": "S", "values": [{"value": "a", "label": "A"}] * 2}, "choices"),
        (
            {"type": "select", "key": "s", "label": "S", "values": [{"value": "a", "label": "A"}], "defaultValue": "b"},
            "default",
        ),
        ({"type": "filepicker", "key": "f", "label": "F", "accept": "=x"}, "expression"),
        ({"type": "filepicker", "key": "f", "label": "F", "accept": "<script>"}, "accept"),
        ({"type": "table", "label": "T", "columns": []}, "source"),
        ({"type": "table", "label": "T", "dataSource": "=a", "columnsExpression": "=b"}, "columns"),
        ({"type": "text", "text": "{{ a( }}"}, "expression"),
        ({"type": "text", "text": "=a"}, "text"),
        ({"type": "dynamiclist", "label": "L", "components": [text(id="u")]}, "key"),
        ({"type": "dynamiclist", "label": "L", "path": "l", "components": []}, "empty"),
        ({"type": "dynamiclist", "label": "L", "path": "l", "components": [text(id="u", readonly=True)]}, "readonly"),
        (
            {"type": "dynamiclist", "label": "L", "path": "l", "isRepeating": False, "components": [text(id="u")]},
            "rows",
        ),
        (
            {
                "type": "dynamiclist",
                "label": "L",
                "path": "l",
                "properties": {"least": "3", "most": "2"},
                "components": [text(id="u")],
            },
            "rows",
        ),
        ({"type": "group", "label": "G", "readonly": True, "components": [text(id="u", key="u")]}, "readonly"),
    ],
)
def test_finding(component: dict[str, Any], rule: str) -> None:
    found = findings(schema({**component, "id": "bad"}, {"type": "checkbox", "id": "ok", "key": "ok", "label": "Ok"}))
    assert rule in {finding.rule for finding in found}
    assert {finding.component for finding in found} <= {"bad", "u"}


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (b"not json", "json"),
        ("[]", "type"),
        ("7", "type"),
        ({"type": "other", "components": [text()]}, "type"),
        ({"a": float}, "json"),
        ({1: 2}, "json"),
        (schema(), "empty"),
        (schema({"type": "text", "id": "x", "text": "only text"}), "empty"),
        (schema(text(), schemaVersion=99), "version"),
        (schema(text(), components="x"), "components"),
        (schema(text(), text(id="u")), "key"),
        (schema(text(), text(id="u", key="t.inner")), "key"),
        (schema(text(), text(key="u")), "id"),
        (b" " * 1_000_001, "size"),
        ('{"a": NaN}', "json"),
        ("[" * 5000, "json"),
    ],
)
def test_a_schema_as_a_whole(source: Any, rule: str) -> None:
    assert rule in {finding.rule for finding in findings(source)}


def test_groups_nested_too_deep() -> None:
    inner: dict[str, Any] = text()
    for level in range(12):
        inner = {"type": "group", "id": f"g{level}", "label": "G", "components": [inner]}
    assert "levels" in {finding.rule for finding in findings(schema(inner))}


def test_columns_of_sixteen_become_twelfths_and_share_a_row() -> None:
    form = compile_form(
        schema(
            text(id="a", key="a", layout={"row": "r", "columns": 8}),
            text(id="b", key="b", layout={"row": "r", "columns": None}),
            text(id="c", key="c", layout={"row": "s"}),
            text(id="d", key="d", layout={"row": 5, "columns": "x"}),
            text(id="e", key="e"),
        )
    )
    assert [field.columns for field in form.fields()] == [6, 6, 12, 12, 12]
    assert len({field.row for field in form.fields()}) == 4


@pytest.mark.parametrize(
    "pattern", [r"^\d{2}-[A-Z]+$", r"^\S+@\S+\.\S+$", "(abc)+", "cat|dog", "[^a-z]{2,5}", r"^(?:CR|RR)-\d+$"]
)
def test_ordinary_patterns_are_taken(pattern: str) -> None:
    assert compile_form(schema(text(validate={"pattern": pattern}))).names() == ("t",)
