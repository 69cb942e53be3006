"""Every communication of the procedure has its words in mail, and what people wrote stays one line of text."""

from __future__ import annotations

import ast
from pathlib import Path

import processes
from processes.steps import communicate
from web.config import Config
from web.mail.wording import TOLD, About, Line, body, titled, told

APOLLO = About("apollo", "Apollo", "Europe/Prague")


def communicated() -> set[str]:
    """What the steps of the procedure tell people about."""
    found = set(communicate._SUBJECTS)
    for path in Path(processes.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tell", "_tell"):
                found |= {str(one.value) for one in node.args[1:2] if isinstance(one, ast.Constant)}
    return found


def test_everything_that_is_communicated_has_its_words() -> None:
    assert communicated() <= set(TOLD)
    assert {"overdue", "minutes", "invitation"} <= communicated()


def test_a_key_is_named_as_people_know_it() -> None:
    line = told("reminder", "milestone-plan", APOLLO, "r1")
    assert (line.text, line.path) == ("Your answer is still awaited (Milestone Plan Document).", "/records/r1")
    assert told("minutes", "R2", APOLLO, None).title == "Minutes of the review R2"


def test_what_something_is_about_is_said_where_its_title_tells() -> None:
    line = told("action-escalated", "A1", APOLLO, None)
    assert titled(line, "Action A1: Call.").text == "The action A1 is late by three working days. Action A1: Call."
    assert titled(line, "Closure") == line


def test_what_somebody_wrote_cannot_look_like_the_foot_of_the_mail() -> None:
    text = body([Line("t", "One\n\n-- \nTwo\x1b[2J", "/inbox/1")], Config.from_environment({}), APOLLO)
    assert text.startswith("One -- Two [2J\n/inbox/1\n\n-- \nProject: Apollo\n")
