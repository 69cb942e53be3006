"""Reads the rules of each kind of component from form-js: lengths, patterns, ranges, choices, dates, files, tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from .answers import Surroundings, read_answer
from .attributes import Attributes
from .components import MOST_LINE, MOST_ROWS, MOST_TEXT, ONE_OF, SOME_OF, TEXTS, Component, Rules
from .dates import iso_moment
from .errors import ExpressionRefused
from .patterns import PatternRefused, compile_pattern
from .prose import places
from .values import Choice

_KNOWN = {
    "textfield": {"required", "minLength", "maxLength", "pattern", "patternErrorMessage", "validationType"},
    "textarea": {"required", "minLength", "maxLength"},
    "number": {"required", "min", "max"},
}
_ACCEPT = re.compile(r"\.[a-z0-9]{1,10}|[a-z]{1,20}/(?:\*|[a-z0-9.+-]{1,80})")
_KEYED = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,100}")


def rules_of(kind: str, attributes: Attributes, properties: Mapping[str, str]) -> dict[str, Any]:
    """The fields of Component that depend on its kind, `rules` among them."""
    validate = attributes.inside("validate")
    for name in sorted(set(validate.raw) - _KNOWN.get(kind, {"required"})):
        validate.find("validate", f"The rule “{str(name)[:50]}” is not supported for this kind of field.")
    rules: dict[str, Any] = {"required": validate.flag("required")}
    found: dict[str, Any] = {}
    if kind in TEXTS:
        _texts(kind, validate, rules)
    elif kind == "number":
        _numbers(attributes, validate, rules)
    elif kind == "datetime":
        found = _dates(attributes, properties, rules)
    elif kind in ONE_OF | SOME_OF:
        found = _choices(attributes)
    elif kind == "filepicker":
        _files(attributes, rules)
    elif kind == "dynamiclist":
        found = _row_rules(attributes, properties, rules)
    if kind in ("textfield", "number"):
        look = attributes.inside("appearance")
        found |= {"prefix": look.text("prefixAdorner", 50), "suffix": look.text("suffixAdorner", 50)}
    return {**found, "rules": Rules(**rules)}


def _texts(kind: str, validate: Attributes, rules: dict[str, Any]) -> None:
    most = MOST_LINE if kind == "textfield" else MOST_TEXT
    low, high = validate.whole("minLength", 0, most), validate.whole("maxLength", 1, most)
    if low is not None and high is not None and low > high:
        validate.find("validate", "The shortest length is above the longest.")
    rules |= {"min_length": low, "max_length": high}
    if kind == "textarea":
        return
    rules["text_kind"] = validate.text("validationType", 20)
    if rules["text_kind"] not in ("", "email", "phone", "custom"):
        validate.find("validate", "The kind of text must be email, phone or custom.")
    rules["pattern_message"] = validate.text("patternErrorMessage", 200)
    pattern = validate.raw.get("pattern")
    if pattern not in (None, ""):
        try:
            rules["pattern"] = compile_pattern(pattern if isinstance(pattern, str) else "(")
        except PatternRefused as refusal:
            validate.find("pattern", str(refusal))


def _numbers(attributes: Attributes, validate: Attributes, rules: dict[str, Any]) -> None:
    low, high = validate.amount("min"), validate.amount("max")
    if low is not None and high is not None and low > high:
        validate.find("validate", "The smallest number is above the largest.")
    step = attributes.amount("increment")
    if step is not None and step <= 0:
        attributes.find("increment", "The increment must be above 0.")
        step = None
    rules |= {"minimum": low, "maximum": high, "increment": step, "digits": attributes.whole("decimalDigits", 0, 9)}
    rules["as_text"] = attributes.flag("serializeToString")


def _dates(attributes: Attributes, properties: Mapping[str, str], rules: dict[str, Any]) -> dict[str, Any]:
    subtype = attributes.text("subtype", 20) or "date"
    if subtype not in ("date", "time", "datetime"):
        attributes.find("subtype", "The subtype must be date, time or datetime.")
        subtype = "date"
    if subtype != "date" and attributes.text("timeSerializingFormat", 40) not in ("", "no_timezone"):
        attributes.find("time", "Times are kept as local times: set the time format to “no_timezone”.")
    rules["not_past"] = attributes.flag("disallowPassedDates") and subtype != "time"
    for name in ("earliest", "latest"):
        rules[name] = properties.get(name, "")
        if rules[name] and not _KEYED.fullmatch(rules[name]):
            attributes.find(name, f"“{name}” must name another field or a value of the context.")
    return {"subtype": subtype}


def _choices(attributes: Attributes) -> dict[str, Any]:
    if attributes.raw.get("valuesExpression"):
        attributes.find("choices", "Choices cannot come from an expression; list them, or name a list of the project.")
    key = attributes.text("valuesKey", 100)
    if key and not _KEYED.fullmatch(key):
        attributes.find("choices", "The name of a list of choices has letters, digits and underscores only.")
    options = []
    for entry in attributes.items("values"):
        value, label = (entry.get("value"), entry.get("label")) if isinstance(entry, Mapping) else (None, None)
        inner = Attributes({"value": value, "label": label}, attributes.name, attributes.findings)
        if inner.text("value") and inner.text("label") and value == value.strip():
            options.append(Choice(value, label.strip()))
        else:
            attributes.find("choices", "Every choice needs a value and a label: texts without blanks around them.")
    if not key and not options:
        attributes.find("choices", "It offers nothing to choose: list choices or name a list of the project.")
    if len({option.value for option in options}) < len(options):
        attributes.find("choices", "Two choices have the same value.")
    return {"options": tuple(options), "choices_key": key}


def _files(attributes: Attributes, rules: dict[str, Any]) -> None:
    accept = tuple(part.strip().lower() for part in attributes.text("accept").split(",") if part.strip())
    if not all(_ACCEPT.fullmatch(part) for part in accept):
        attributes.find("accept", "“accept” lists extensions like .pdf or media types like image/*, between commas.")
    rules |= {"accept": accept, "multiple": attributes.flag("multiple")}


def _row_rules(attributes: Attributes, properties: Mapping[str, str], rules: dict[str, Any]) -> dict[str, Any]:
    if attributes.raw.get("isRepeating", True) is not True:
        attributes.find("rows", "A list that does not repeat is a group: use a group.")
    bounds = Attributes(properties, attributes.name, attributes.findings)
    least, most = bounds.whole("least", 0, MOST_ROWS), bounds.whole("most", 1, MOST_ROWS)
    rules |= {"least_rows": least or (1 if rules["required"] else 0), "most_rows": most or MOST_ROWS}
    if rules["least_rows"] > rules["most_rows"]:
        attributes.find("rows", "It asks for more rows than it allows.")
    first = attributes.whole("defaultRepetitions", 0, 100)
    return {"can_change_rows": attributes.flag("allowAddRemove", True), "first_rows": 1 if first is None else first}


def shown_by(kind: str, attributes: Attributes) -> dict[str, Any]:
    """The fields of Component for what only shows something: texts and tables."""
    if kind == "text":
        text = attributes.raw.get("text", "")
        if not isinstance(text, str) or len(text) > 20_000 or text.startswith("="):
            attributes.find("text", "The text must be plain text of at most 20,000 characters.")
            return {}
        try:
            places(text)
        except ExpressionRefused as refusal:
            attributes.find("expression", f"A place in double braces cannot be read. {refusal.detail}")
        return {"text": text}
    if kind != "table":
        return {}
    if attributes.raw.get("columnsExpression"):
        attributes.find("columns", "Columns cannot come from an expression; list them.")
    source = attributes.raw.get("dataSource")
    source = source.strip().removeprefix("=").strip() if isinstance(source, str) else ""
    if not _KEYED.fullmatch(source):
        attributes.find("source", "“dataSource” must name a value of the context, such as “=milestones”.")
    columns = []
    for entry in attributes.items("columns", 30):
        inner = Attributes(entry if isinstance(entry, Mapping) else {}, attributes.name, attributes.findings)
        columns.append((inner.text("label", 100), inner.text("key", 100)))
    if not columns or not all(label and key for label, key in columns):
        attributes.find("columns", "A table needs columns, each with a label and a key.")
    return {"source": source, "shown_columns": tuple(columns)}


def check_default(component: Component, attributes: Attributes) -> None:
    """Note a finding when the default value would itself be refused."""
    value = component.default
    if value is None or component.choices_key or not component.asks or component.kind == "dynamiclist":
        return
    if component.kind == "datetime":
        fits = iso_moment(component.subtype, value) is not None
    else:
        try:
            read_answer(component, value, Surroundings({}, {}, {}))
            fits = True
        except ValidationError:
            fits = False
    if not fits:
        attributes.find("default", "The default value is not an answer that the field accepts.")
