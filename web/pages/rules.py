"""The rules that diagrams are checked by: all of them, and each with its text and its right and wrong diagram."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for

import processes
from engine import NotFound, RulePage
from web.people import signed_in

rules = Blueprint("rules", __name__, url_prefix="/rules")
NOT_THERE = "There is no rule of this name. All rules are listed under Processes."


@rules.app_template_global()
def rule_address(rule: str) -> str:
    """Where a rule is explained; empty where there is no more to say than its finding."""
    return url_for("rules.show", rule=rule) if rule in processes.rulebook() else ""


@rules.get("")
@signed_in
def index() -> str:
    """All rules by their names."""
    return render_template("rules/list.html", pages=processes.rulebook().values())


@rules.get("/<rule>")
@signed_in
def show(rule: str) -> str:
    """One rule: what is wrong, what would happen, and how to draw it instead."""
    page = _page(rule)
    marked = [{"element": one, "severity": "error", "sentence": page.title} for one in page.wrong]
    return render_template("rules/rule.html", page=page, marked=marked)


@rules.get("/<rule>/<case>.bpmn")
@signed_in
def diagram(rule: str, case: str) -> Response:
    """The right or the wrong diagram of a rule."""
    found = _page(rule).diagrams.get(case)
    if found is None:
        raise NotFound(NOT_THERE)
    response = Response(found, mimetype="application/xml")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _page(rule: str) -> RulePage:
    found = processes.rulebook().get(rule)
    if found is None:
        raise NotFound(NOT_THERE)
    return found
