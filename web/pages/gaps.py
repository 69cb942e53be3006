"""The gaps of a project: what was not done as the SOP asks, by kind, clause and person, each with its evidence."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Response, jsonify, render_template, request

import processes
from processes import exchange
from web.pages import paging
from web.pages.days import day_of
from web.pages.projects import frame, projects, seen
from web.people import current_actor, signed_in
from web.work import reading

COLUMNS = ("id", "kind", "title", "clause", "about", "name", "milestone", "text", "at", "written_at", "record")
"""What an exported gap says, in this order."""


@projects.get("/projects/<project>/gaps")
@signed_in
def gaps(project: str) -> str:
    """The gaps, newest first, with what is chosen of them."""
    unit, actor = reading(), current_actor()
    found, begin = seen(project, actor), paging.offset()
    chosen = _chosen()
    lines = list(reversed(processes.gaps(unit, project, **chosen)))
    every = processes.gaps(unit, project) if any(chosen.values()) else lines
    return render_template(
        "projects/gaps.html", **frame(found, actor), sheet=paging.sheet(lines[begin : begin + paging.SIZE + 1], begin),
        chosen=chosen, count=len(lines), every=len(every), kinds=sorted({(one.kind, one.title) for one in every}),
        clauses=sorted({one.clause for one in every}),
        people=sorted({(one.name, one.person) for one in every if one.name}),
        asked={name: str(value) for name, value in chosen.items() if value},
    )  # fmt: skip


def _chosen() -> dict[str, Any]:
    asked = request.args
    return {
        **{name: asked.get(name) or None for name in ("kind", "clause", "person")},
        **{name: _day(asked.get(name, "")) for name in ("since", "until")},
    }


def _day(text: str) -> date | None:
    """A day of the address; what is none asks for nothing."""
    try:
        return day_of(text)
    except ValueError:
        return None


@projects.get("/projects/<project>/gaps.<any(csv, json):form>")
@signed_in
def export_gaps(project: str, form: str) -> Response:
    """The same gaps as CSV or JSON, oldest first."""
    seen(project, current_actor())
    lines = [{**asdict(one), "title": one.title} for one in processes.gaps(reading(), project, **_chosen())]
    if form == "json":
        plain = [{name: _text(one[name]) for name in (*COLUMNS, "person", "by", "instance")} for one in lines]
        answer = jsonify(plain)
    else:
        sheet = io.StringIO()
        writer = csv.writer(sheet)
        writer.writerow(COLUMNS)
        writer.writerows([exchange.harmless(str(_text(one[name]) or "")) for name in COLUMNS] for one in lines)
        answer = Response(sheet.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{project}-gaps.{form}"'
    return answer


def _text(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
