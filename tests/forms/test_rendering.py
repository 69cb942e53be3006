"""The page of a form: every input labelled, every error tied to its field, nothing a person wrote ever markup."""

from collections.abc import Mapping
from typing import Any

import pytest
from jinja2 import Environment, StrictUndefined
from lxml import html

from forms import AnswersRefused, Choice, Form, Upload, compile_form, edit_rows, templates, unflatten
from forms.rows import flatten

EVIL = '<script>alert("x")</script>'
CHOICES = {"members": [Choice("ada", "Ada " + EVIL), Choice("bo", "Bo")]}
CONTEXT = {"today": "2026-11-23", "plan": {"name": EVIL}, "rows": [{"a": EVIL, "b": None}, {"a": True}]}
OPTIONS = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
NEEDED = {"validate": {"required": True}}
COMPONENTS: list[dict[str, Any]] = [
    {"type": "text", "text": "# Title\nFor **{{plan.name}}** and <b>more</b>\n\n- one\n- two\n\n1. first\n2. second"},
    {
        "type": "textfield",
        "key": "name",
        "description": "As on the contract",
        "validate": {"required": True, "maxLength": 40, "pattern": "^[A-Z]"},
        "appearance": {"prefixAdorner": "No.", "suffixAdorner": "!"},
    },
    {"type": "textarea", "key": "note", "validate": {"minLength": 5}},
    {"type": "number", "key": "days", "decimalDigits": 0, "validate": {"min": 1, "max": 30}},
    {"type": "datetime", "key": "day", "subtype": "date", "disallowPassedDates": True, **NEEDED},
    {"type": "datetime", "key": "hour", "subtype": "time"},
    {"type": "datetime", "key": "moment", "subtype": "datetime"},
    {"type": "checkbox", "key": "agree", **NEEDED},
    {"type": "radio", "key": "kind", "values": OPTIONS, **NEEDED},
    {"type": "select", "key": "who", "valuesKey": "members", **NEEDED},
    {"type": "checklist", "key": "all", "valuesKey": "members", **NEEDED},
    {"type": "taglist", "key": "tags", "values": OPTIONS},
    {"type": "filepicker", "key": "file", "accept": ".pdf", **NEEDED},
    {"type": "table", "dataSource": "=rows", "columns": [{"label": "A", "key": "a"}, {"label": "B", "key": "b"}]},
    {"type": "separator"},
    {"type": "spacer", "height": 30},
    {"type": "textfield", "key": "why", "conditional": {"hide": '=kind != "b"'}, **NEEDED},
    {
        "type": "group",
        "path": "plan",
        "components": [{"type": "textfield", "key": "start", "id": "ps", "label": "Start"}],
    },
    {
        "type": "dynamiclist",
        "path": "milestones",
        "properties": {"rowLabel": "Milestone"},
        "components": [
            {"type": "textfield", "key": "name", "id": "mn", "label": "Milestone name", **NEEDED},
            {"type": "datetime", "key": "due", "id": "md", "subtype": "date", "dateLabel": "Due"},
            {"type": "radio", "key": "risk", "id": "mr", "label": "Risk", "values": OPTIONS},
        ],
    },
]


def everything() -> Form:
    return compile_form(
        {
            "type": "default",
            "components": [{"id": f"c{at}", "label": f"Label {at}", **part} for at, part in enumerate(COMPONENTS)],
        }
    )


def page(form: Form, values: Mapping[str, Any] | None, errors: Mapping[str, Any] | None = None) -> html.HtmlElement:
    environment = Environment(autoescape=True, undefined=StrictUndefined, loader=templates())
    macros = environment.get_template("forms/fields.html").module
    fields = form.fields(values, errors=errors or {}, choices=CHOICES, context=CONTEXT)
    text = f"<form>{macros.summary(errors or {}, fields)}{macros.render(fields)}</form>"
    return html.fromstring(text)


def refused(raw: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    with pytest.raises(AnswersRefused) as caught:
        everything().load(raw, choices=CHOICES, context=CONTEXT)
    return caught.value.errors


RAW = {
    "name": EVIL,
    "note": EVIL,
    "kind": "b",
    "days": "x",
    "day": "soon",
    "milestones": [{"name": EVIL}, {"due": "y"}],
    "plan": {"start": EVIL},
    "tags": ["a", EVIL],
    "why": "'\"><img src=x onerror=alert(1)>",
}


@pytest.fixture(params=["first", "typed"])
def shown(request: pytest.FixtureRequest) -> html.HtmlElement:
    return page(everything(), None) if request.param == "first" else page(everything(), RAW, refused(RAW))


def test_ids_are_unique_and_every_reference_has_its_target(shown: html.HtmlElement) -> None:
    ids = shown.xpath("//@id")
    assert len(ids) == len(set(ids))
    for attribute in ("for", "aria-describedby", "aria-labelledby"):
        for value in shown.xpath(f"//@{attribute}"):
            assert set(value.split()) <= set(ids), (attribute, value)
    assert {link[1:] for link in shown.xpath("//a/@href")} <= set(ids)


def test_every_input_has_a_label_and_every_fieldset_a_legend(shown: html.HtmlElement) -> None:
    for control in shown.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        labels = shown.xpath("//label[@for=$id]", id=control.get("id") or "-") or control.xpath("ancestor::label")
        assert labels, html.tostring(control)
        assert labels[0].text_content().strip()
    for fieldset in shown.xpath("//fieldset"):
        assert fieldset.xpath("./legend")[0].text_content().strip()


def test_no_script_no_style_no_handler_and_texts_stay_texts(shown: html.HtmlElement) -> None:
    assert not shown.xpath("//script | //img | //b | //style | //@style | //@*[starts-with(name(), 'on')]")


def test_errors_are_marked_at_their_fields_and_linked_from_the_summary() -> None:
    errors = refused(RAW)
    shown = page(everything(), RAW, errors)
    assert {
        "name",
        "note",
        "days",
        "day",
        "milestones.1.name",
        "milestones.1.due",
        "tags",
        "file",
        "agree",
        "who",
        "all",
    } >= set(errors) - {"why"}
    links = shown.xpath("//*[@role='alert']//a/@href")
    assert "#f-milestones-1-due" in links
    assert len(links) == len(errors)
    for name in errors:
        target = shown.xpath("//*[@id=$id]", id="f-" + name.replace(".", "-"))[0]
        assert f"{target.get('id')}-e" in target.get("aria-describedby")
        assert target.get("aria-invalid") == "true" or target.xpath(".//input[@aria-invalid='true']")
    assert "Milestone 2, Due" in shown.xpath("//*[@role='alert']")[0].text_content()


def test_what_was_typed_comes_back() -> None:
    shown = page(everything(), RAW, refused(RAW))
    assert shown.xpath("//input[@name='name']/@value") == [EVIL]
    assert shown.xpath("//input[@name='days']/@value") == ["x"]
    assert shown.xpath("//input[@name='milestones.0.name']/@value") == [EVIL]
    assert shown.xpath("//input[@name='milestones.1.due']/@value") == ["y"]
    assert shown.xpath("//textarea[@name='note']")[0].text_content().strip() == EVIL
    assert shown.xpath("//input[@name='kind'][@checked]/@value") == ["b"]
    assert shown.xpath("//select[@name='tags']/option[@selected]/@value") == ["a"]


def test_browser_rules_say_what_the_server_says() -> None:
    shown = page(everything(), None)

    def attributes(name: str) -> dict[str, str]:
        return dict(shown.xpath("//*[@name=$name]", name=name)[0].attrib)

    assert (
        attributes("name").items()
        >= {"required": "required", "maxlength": "40", "pattern": ".*(?:^[A-Z]).*", "type": "text"}.items()
    )
    assert attributes("days").items() >= {"type": "number", "min": "1", "max": "30", "step": "1"}.items()
    assert attributes("day").items() >= {"type": "date", "min": "2026-11-23", "required": "required"}.items()
    assert (attributes("hour")["type"], attributes("moment")["type"]) == ("time", "datetime-local")
    assert attributes("file")["accept"] == ".pdf"
    assert "(required)" in shown.xpath("//label[@for='f-name']")[0].text_content()


def test_a_field_that_may_be_hidden_is_not_required_by_the_browser() -> None:
    shown = page(everything(), {"kind": "b"})
    assert "required" not in shown.xpath("//input[@name='why']")[0].attrib
    assert not page(everything(), {"kind": "a"}).xpath("//input[@name='why']")


def test_rows_have_buttons_that_edit_rows_understands() -> None:
    raw: dict[str, Any] = {"milestones": [{"name": "1"}, {"name": "2"}]}
    actions = page(everything(), raw).xpath("//button[@name='_rows']/@value")
    assert actions == [
        "down:milestones.0",
        "remove:milestones.0",
        "up:milestones.1",
        "remove:milestones.1",
        "add:milestones",
    ]
    for action in actions:
        raw = edit_rows(raw, action) if "1" not in action else raw
    shown = page(everything(), raw)
    assert all(button.get("formnovalidate") is not None for button in shown.xpath("//button[@name='_rows']"))
    assert shown.xpath("//input[@name='milestones.0._row']")
    assert shown.xpath("(//button)[1]/@name") == []  # the Enter key must not press a row's button


def test_rows_of_a_first_page_and_of_an_emptied_list() -> None:
    assert len(page(everything(), None).xpath("//*[@role='group']")) == 1
    assert not page(everything(), {"milestones": []}).xpath("//*[@role='group']")


def test_a_table_scrolls_inside_its_own_labelled_frame() -> None:
    shown = page(everything(), None)
    frame = shown.xpath("//*[contains(@class, 'table-responsive')]")[0]
    assert (frame.get("tabindex"), frame.get("role")) == ("0", "region")
    assert [cell.text_content() for cell in frame.xpath(".//td")] == [EVIL, "", "Yes", ""]


def test_a_kept_file_is_named_and_not_asked_again() -> None:
    shown = page(everything(), {"file": Upload("plan.pdf", "application/pdf", 1200, "a" * 64)})
    assert shown.xpath("//input[@name='file'][@type='checkbox']/@value") == ["upload:" + "a" * 64]
    assert "required" not in shown.xpath("//input[@name='file'][@type='file']")[0].attrib


def test_a_missing_list_of_choices_is_said_at_the_field() -> None:
    who = next(field for field in everything().fields(None) if field.name == "who")
    assert "“members” is not available" in who.errors[0]


def test_a_list_too_long_for_a_page_is_shown_by_its_first_rows_and_nothing_of_it_is_lost() -> None:
    form = compile_form({"type": "default", "id": "long", "components": [
        {"type": "dynamiclist", "id": "l", "path": "rows", "label": "Rows", "components": [
            {"type": "textfield", "id": "n", "key": "name", "label": "Name"},
            {"type": "select", "id": "w", "key": "who", "label": "Who", "valuesKey": "people"},
        ]},
    ]})  # fmt: skip
    people = {"people": [Choice(f"p{n}", f"Person {n}") for n in range(1000)]}
    rows = {"rows": [{"name": f"<{n}>", "who": "p1"} for n in range(201)]}
    errors = {"rows.7.name": ("Too odd.",), "rows": ("Too many.",)}
    (kept,) = form.fields(rows, choices=people, errors=errors)
    (typed,) = form.fields(rows, choices=people, typed=["rows"])
    (small,) = form.fields({"rows": rows["rows"][:200]}, choices=people)
    assert (kept.whole, len(kept.cells), kept.rows, small.whole, len(small.rows)) == (201, 20, (), 0, 200)
    assert kept.errors == ("Too many.", "Rows 8, Name: Too odd.")
    assert unflatten(typed.carried) == rows
    odd = [{"a": "", "b": {"c": ["1", "2"]}}, {}]
    assert unflatten(flatten(odd, "x")) == {"x": odd}
    for field, names in ((kept, {"_whole"}), (typed, {name for name, _ in typed.carried})):
        environment = Environment(autoescape=True, undefined=StrictUndefined, loader=templates())
        text = str(environment.get_template("forms/fields.html").module.render((field,)))
        assert {one.get("name") for one in html.fromstring(text).xpath("//input")} == names
        assert ("&lt;20&gt;" in text) == (field is typed)
