"""Whatever comes in, nothing but this room's errors comes out."""

import contextlib
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from forms import (
    AnswersRefused,
    Choice,
    FormRefused,
    FormsError,
    compile_expression,
    compile_form,
    feel,
    templates,
    unflatten,
)

from .test_rendering import CHOICES, CONTEXT, everything

LEAF = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(10**400), 10**400),
    st.floats(),
    st.text(st.characters(), max_size=20),
    st.sampled_from(["a", "true", "2026-11-23", "1.5", "\ud800", "\x00", "=x", "{{x}}"]),
)
ANY = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = [
    "type",
    "id",
    "key",
    "path",
    "label",
    "components",
    "validate",
    "values",
    "valuesKey",
    "conditional",
    "properties",
    "layout",
    "defaultValue",
    "subtype",
    "decimalDigits",
    "increment",
    "dataSource",
    "columns",
    "text",
    "readonly",
    "accept",
    "description",
    "allowAddRemove",
    "defaultRepetitions",
    "appearance",
    "multiple",
]
KINDS = [
    "textfield",
    "textarea",
    "number",
    "datetime",
    "checkbox",
    "radio",
    "select",
    "checklist",
    "taglist",
    "filepicker",
    "group",
    "dynamiclist",
    "text",
    "table",
    "separator",
    "html",
    "button",
]
PART = st.recursive(
    st.dictionaries(st.sampled_from(NAMES), ANY, max_size=6).flatmap(
        lambda part: st.sampled_from(KINDS).map(
            lambda kind: {"id": "i", "key": "k", "label": "L", **part, "type": kind}
        )
    ),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(
        lambda parts: {"type": "dynamiclist", "id": "l", "path": "p", "label": "L", "components": parts}
    ),
    max_leaves=4,
)
MACROS: Any = Environment(autoescape=True, loader=templates()).get_template("forms/fields.html").module
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FORM_NAMES = [
    "name",
    "note",
    "days",
    "day",
    "hour",
    "moment",
    "agree",
    "kind",
    "who",
    "all",
    "tags",
    "file",
    "why",
    "plan",
    "milestones",
    "start",
    "due",
    "risk",
]
ANSWERS = st.recursive(
    st.dictionaries(st.sampled_from(FORM_NAMES), ANY, max_size=8),
    lambda inner: st.dictionaries(st.sampled_from(FORM_NAMES), inner | st.lists(inner, max_size=3), max_size=5),
    max_leaves=8,
)


@QUICK
@given(ANY)
def test_any_value_as_a_schema(source: Any) -> None:
    with contextlib.suppress(FormRefused):
        compile_form({"components": source} if not isinstance(source, dict) else source)


@QUICK
@given(st.lists(PART, max_size=3), ANSWERS)
def test_any_components_and_any_answers(components: list[Any], raw: Any) -> None:
    with contextlib.suppress(FormRefused):
        form = compile_form({"type": "default", "components": components})
        form.fields(raw, context={"x": raw})
        with contextlib.suppress(AnswersRefused):
            form.load(raw, context={"x": raw, "today": "2026-11-23"})


@QUICK
@given(ANSWERS)
def test_any_answers_are_taken_as_json_or_refused_and_shown_again(raw: Any) -> None:
    form = everything()
    errors: Any = {}
    try:
        json.dumps(form.load(raw, choices=CHOICES, context=CONTEXT), allow_nan=False).encode()
    except AnswersRefused as refusal:
        errors = refusal.errors
    fields = form.fields(raw, errors=errors, choices=CHOICES, context=CONTEXT)
    assert str(MACROS.render(fields)).encode()
    assert str(MACROS.summary(errors, fields)).encode()


@QUICK
@given(ANY)
def test_any_context(context: Any) -> None:
    form = everything()
    names = {"today": context, "plan": context, "rows": context}
    form.fields(None, context=names, choices={"members": [Choice("a", "A")]})
    with contextlib.suppress(FormsError):
        form.load({}, context=names)


@QUICK
@given(
    st.lists(st.tuples(st.text(alphabet="ab01._", max_size=12) | st.text(max_size=5), st.text(max_size=3)), max_size=12)
)
def test_any_posted_names(pairs: list[tuple[str, str]]) -> None:
    with contextlib.suppress(FormsError):
        everything().load(unflatten(pairs), choices=CHOICES, context=CONTEXT)


@QUICK
@given(st.text(max_size=40) | st.text(alphabet='ab1.()[]"=<>+-*/, notidr', max_size=40))
def test_any_text_as_an_expression(text: str) -> None:
    for compiled in (compile_expression, feel):
        with contextlib.suppress(FormsError):
            compiled(text).evaluate({"a": {"b": [1, "x"]}, "b": 2})
