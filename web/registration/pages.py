"""Pages that register a project with its team, and change the team afterwards."""

from __future__ import annotations

from flask import Blueprint

from web.people import needs, signed_in

registration = Blueprint("registration", __name__)


@registration.get("/register")
@needs("Administrator")
def register() -> str:
    return ""


@registration.get("/projects/<project>/team")
@signed_in
def team(project: str) -> str:
    return ""
