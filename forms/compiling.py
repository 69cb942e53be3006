"""Compiles a form-js 1.23 schema: every component checked, all findings gathered, the result kept by digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import orjson

from .attributes import Attributes
from .components import ASKING, CONTAINERS, SHOWING, Component
from .errors import FormRefused
from .form import Form
from .ruling import check_default, rules_of, shown_by
from .schema import schema_of
from .values import FormFinding

MOST_BYTES = 1_000_000
MOST_COMPONENTS = 500
MOST_LEVELS = 6
NEWEST_SCHEMA = 19

_REFUSED = {
    "html": "Raw HTML is not shown: use a text.",
    "iframe": "Other pages are not shown inside a form: write their address in a text.",
    "image": "Images are not shown inside a form.",
    "documentPreview": "Documents are not shown inside a form: name them in a text or a table.",
    "expression": "Calculated fields are not supported: the process calculates.",
}


def compile_form(source: bytes | str | Mapping[str, Any]) -> Form:
    """The compiled form of a form-js schema (JSON text or its mapping); the same content is compiled once.

    Raises:
        FormRefused: with every finding, not only the first.
    """
    if isinstance(source, Mapping):
        content: Any = source
    else:
        if len(source) > MOST_BYTES:
            raise FormRefused((FormFinding("form", "size", f"A form has at most {MOST_BYTES:,} bytes."),))
        try:
            content = orjson.loads(source)
        except ValueError:
            raise FormRefused((FormFinding("form", "json", "This is not JSON text."),)) from None
    try:
        canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    except (TypeError, ValueError, RecursionError):
        raise FormRefused((FormFinding("form", "json", "This holds values that JSON cannot hold."),)) from None
    return _compiled(canonical)


@lru_cache(maxsize=256)
def _compiled(canonical: bytes) -> Form:
    content = orjson.loads(canonical)
    compiling = _Compiling()
    top = Attributes(content if isinstance(content, dict) else {}, "form", compiling.findings)
    if len(canonical) > MOST_BYTES:
        top.find("size", f"A form has at most {MOST_BYTES:,} bytes.")
    if not isinstance(content, dict) or content.get("type", "default") != "default":
        top.find("type", "This is not a form-js schema: its type is “default”.")
    version = top.raw.get("schemaVersion", NEWEST_SCHEMA)
    if not isinstance(version, int) or not 1 <= version <= NEWEST_SCHEMA:
        top.find("version", f"The schema version must be a number up to {NEWEST_SCHEMA}.")
    form_id = top.text("id", 100) or "form"
    title = top.text("title", 200) or form_id.replace("-", " ").replace("_", " ").capitalize()
    components = compiling.level(top, "", None)
    if not any(part.kind in ASKING for component in components for part in component.walk()):
        top.find("empty", "This form names no field, so there is nothing to answer.")
    if compiling.findings:
        raise FormRefused(tuple(compiling.findings))
    return Form(form_id, title, hashlib.sha256(canonical).hexdigest(), components, schema_of(components))


class _Compiling:
    """One run over a schema: what was found, and which ids and keys are taken."""

    def __init__(self) -> None:
        self.findings: list[FormFinding] = []
        self._ids: set[str] = set()
        self._levels = 0
        self._count = 0
        self._conditions = 0

    def level(self, holder: Attributes, where: str, rows: str | None, keys: dict[str, Any] | None = None,
              path: tuple[str, ...] = ()) -> tuple[Component, ...]:
        """The components inside a form or group; `rows` says whether the rows around them are fixed or changing."""
        keys = {} if keys is None else keys
        self._levels += 1
        if self._levels > MOST_LEVELS:
            holder.find("levels", f"Groups are nested deeper than {MOST_LEVELS} levels.")
            self._levels -= 1
            return ()
        made, rows_of_layout = [], []
        for at, raw in enumerate(holder.items("components", MOST_COMPONENTS)):
            name = f"{where}components[{at}]"
            self._count += 1
            if self._count > MOST_COMPONENTS:
                holder.find("size", f"A form has at most {MOST_COMPONENTS} components.")
                break
            component = self._component(raw, name, rows, keys, path)
            if component is not None:
                made.append(component)
                rows_of_layout.append(raw.get("layout"))
        self._levels -= 1
        return _laid_out(made, rows_of_layout)

    def _component(
        self, raw: Any, name: str, rows: str | None, keys: dict[str, Any], path: tuple[str, ...]
    ) -> Component | None:
        attributes = Attributes(raw if isinstance(raw, dict) else {}, name, self.findings)
        own = attributes.raw.get("id") or attributes.raw.get("key")
        if isinstance(own, str) and len(own) <= 100:
            attributes.name = own
        kind = attributes.raw.get("type")
        if kind == "button" and attributes.raw.get("action", "submit") == "submit":
            return None
        if not isinstance(kind, str) or kind not in ASKING | CONTAINERS | SHOWING:
            known = _REFUSED.get(kind, "") if isinstance(kind, str) else ""
            attributes.find("type", known or f"“{str(kind)[:50]}” is not a kind of component that can be used here.")
            return None
        identity = attributes.name
        if identity in self._ids:
            attributes.find("id", "Two components have the same id.")
        self._ids.add(identity)
        return self._built(kind, attributes, rows, keys, path)

    def _built(
        self, kind: str, attributes: Attributes, rows: str | None, keys: dict[str, Any], path: tuple[str, ...]
    ) -> Component:
        properties = attributes.properties()
        found: dict[str, Any] = {"properties": properties, "hide": attributes.inside("conditional").expression("hide")}
        found["label"] = self._label(kind, attributes)
        if kind not in SHOWING:
            found["description"] = attributes.text("description", 1_000)
            found["readonly"], found["disabled"] = attributes.flag("readonly"), attributes.flag("disabled")
            found["initial"] = properties.get("initial", "")
            found |= rules_of(kind, attributes, properties)
            if kind in CONTAINERS:
                mine = attributes.path("path", needed=kind == "dynamiclist")
            else:
                mine = attributes.path("key", needed=True)
                found["default"] = attributes.raw.get("defaultValue")
            found["path"] = path + mine
            if kind != "group" and mine and not _claim(keys, path + mine):
                attributes.find("key", f"Two components ask for “{'.'.join(path + mine)}”.")
        else:
            found |= shown_by(kind, attributes)
        _check_readonly(kind, attributes, found, rows)
        self._conditions += found["hide"] is not None
        found["conditional"] = self._conditions > 0
        inside = self._inside(kind, attributes, found, rows, keys)
        self._conditions -= found["hide"] is not None
        component = Component(attributes.name, kind, components=inside, **found)
        check_default(component, attributes)
        return component

    def _inside(
        self, kind: str, attributes: Attributes, found: dict[str, Any], rows: str | None, keys: dict[str, Any]
    ) -> tuple[Component, ...]:
        if kind == "group":
            return self.level(attributes, f"{attributes.name}.", rows, keys, found["path"])
        if kind != "dynamiclist":
            return ()
        inner_rows = "changing" if found["can_change_rows"] or rows == "changing" else "fixed"
        inside = self.level(attributes, f"{attributes.name}.", inner_rows)
        if not any(part.kind in ASKING for component in inside for part in component.walk()):
            attributes.find("empty", "This repeating group has no field.")
        return inside

    def _label(self, kind: str, attributes: Attributes) -> str:
        label = attributes.text("label")
        if kind == "datetime" and not label:
            label = attributes.text("dateLabel") or attributes.text("timeLabel")
        if not label and (kind in ASKING or kind in ("dynamiclist", "table")) and not attributes.raw.get("label"):
            attributes.find("label", "It needs a label, so that everybody knows what is asked.")
        return label


def _check_readonly(kind: str, attributes: Attributes, found: dict[str, Any], rows: str | None) -> None:
    if kind in CONTAINERS and (found["readonly"] or found["disabled"]):
        attributes.find("readonly", "Make the fields inside read-only, not the group around them.")
    if found.get("readonly") and rows == "changing":
        attributes.find("readonly", "A read-only field in a repeating group needs rows that stay as they are.")
    if found["properties"].get("hidden") == "true" and not found.get("readonly"):
        attributes.find("hidden", "Only a read-only field can be kept out of sight.")


def _claim(keys: dict[str, Any], path: tuple[str, ...]) -> bool:
    """Take a path in the tree of answers; False when it, or a level of it, is an answer already."""
    for name in path[:-1]:
        keys = keys.setdefault(name, {})
        if not isinstance(keys, dict):
            return False
    if path[-1] in keys:
        return False
    keys[path[-1]] = True
    return True


def _laid_out(components: list[Component], layouts: list[Any]) -> tuple[Component, ...]:
    """The components with their twelfths of the width: form-js counts sixteenths, and shares what is left in a row."""
    rows: dict[str, list[int]] = {}
    names, wishes = [], []
    for at, found in enumerate(layouts):
        layout = found if isinstance(found, dict) else {}
        wish, row = layout.get("columns"), layout.get("row")
        wishes.append(wish if isinstance(wish, int) and 1 <= wish <= 16 else 0)
        names.append(row if isinstance(row, str) and row else f"-{at}")
        rows.setdefault(names[-1], []).append(at)
    done = []
    for at, component in enumerate(components):
        together = rows[names[at]]
        left = 16 - sum(wishes[other] for other in together)
        share = wishes[at] or max(4, left // max(1, sum(not wishes[other] for other in together)))
        done.append(replace(component, row=names[at], columns=max(2, min(12, round(share * 12 / 16)))))
    return tuple(done)
