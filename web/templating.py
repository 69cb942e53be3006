"""What every template may use: filters for times and hashes, the built browser assets, and who is looking."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g, has_request_context, request, url_for
from jinja2 import ChoiceLoader
from markupsafe import Markup, escape

import forms
from web.people.kept import page_token
from web.people.sessions import actor_or_none
from web.work import milepost

DIST = Path(__file__).parent / "static" / "dist"
THEMES = ("light", "dark", "auto")
MONTHS = "January February March April May June July August September October November December".split()
SPANS = ((86400, "day"), (3600, "hour"), (60, "minute"))


def prepare_templates(app: Flask) -> None:
    """Add the loader of the forms room, the filters and the names that templates may use."""
    app.jinja_loader = ChoiceLoader([app.jinja_loader, forms.templates()])  # type: ignore[list-item]
    app.jinja_env.filters.update(instant=instant, day=day, relative=relative, short=short)
    app.jinja_env.globals.update(vite=vite, page_token=page_token)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def names() -> dict[str, Any]:
        parts = milepost()
        return {
            "actor": actor_or_none() if has_request_context() else None,
            "now": parts.clock(),
            "organisation": parts.config.organisation,
            "theme": theme(),
        }


def theme() -> str:
    """The looks that this browser chose: light, dark, or as its system says (auto)."""
    chosen = request.cookies.get("theme", "auto") if has_request_context() else "auto"
    return chosen if chosen in THEMES else "auto"


def instant(value: datetime | None, zone: str | None = None) -> Markup:
    """An instant in words, in `zone`, else in the zone that the page set as g.zone, else in the organisation's."""
    if value is None:
        return Markup("")
    local = value.astimezone(ZoneInfo(zone or _zone()))
    text = f"{_date(local.date())}, {local:%H:%M} {local.tzname()}"
    return _time(value, text, local.strftime("%A, ") + text)


def day(value: date | datetime | str | None, zone: str | None = None) -> Markup:
    """A day in words. An instant is placed in the zone first; ISO text is taken as it stands."""
    if value is None or value == "":
        return Markup("")
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return escape(value)
        if value.tzinfo is None:
            value = value.date()
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(zone or _zone())).date()
    return _time(value, _date(value), f"{value:%A}, {_date(value)}")


def relative(value: datetime | None) -> Markup:
    """How long ago or how far ahead an instant is. The browser keeps it current by `data-relative`."""
    if value is None:
        return Markup("")
    title = instant(value).striptags()
    return Markup('<time datetime="{}" title="{}" data-relative>{}</time>').format(
        value.isoformat(), title, distance(value - milepost().clock())
    )


def distance(span: timedelta) -> str:
    """A span in its largest whole unit: `in 3 days`, `2 hours ago`, `now`."""
    seconds = abs(span.total_seconds())
    for size, word in SPANS:
        count = int(seconds // size)
        if count:
            words = f"{count} {word}" if count == 1 else f"{count} {word}s"
            return f"in {words}" if span > timedelta() else f"{words} ago"
    return "now"


def short(value: str | None) -> str:
    """The first twelve characters of a hash or an id: enough to tell two apart by eye."""
    return (value or "")[:12]


def vite(entry: str) -> Markup:
    """The tags of one built entry (app, viewer, modeler) with its style sheets; nothing where nothing is built."""
    manifest = _manifest(_built_at())
    found = manifest.get(f"src/{entry}.js")
    if found is None:
        return Markup("")
    sheets = _sheets(manifest, f"src/{entry}.js", set())
    tags = [Markup('<link rel="stylesheet" href="{}">').format(_asset(sheet)) for sheet in sheets]
    tags.append(Markup('<script type="module" src="{}"></script>').format(_asset(found["file"])))
    return Markup("\n").join(tags)


def _sheets(manifest: dict[str, Any], key: str, seen: set[str]) -> list[str]:
    if key in seen:
        return []
    seen.add(key)
    chunk = manifest.get(key, {})
    inherited = [sheet for name in chunk.get("imports", ()) for sheet in _sheets(manifest, name, seen)]
    return list(dict.fromkeys([*inherited, *chunk.get("css", ())]))


def _asset(file: str) -> str:
    return url_for("static", filename=f"dist/{file}")


def _built_at() -> int:
    try:
        return (DIST / "manifest.json").stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=2)
def _manifest(built_at: int) -> dict[str, Any]:
    """The list of built files, read again when it was built again."""
    return json.loads((DIST / "manifest.json").read_text(encoding="utf-8")) if built_at else {}


def _zone() -> str:
    return g.get("zone") or milepost().config.zone


def _date(value: date) -> str:
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def _time(value: date, text: str, title: str) -> Markup:
    return Markup('<time datetime="{}" title="{}">{}</time>').format(value.isoformat(), title, text)
