"""The task's page: what it shows, what it keeps when answers are refused, and what others cannot do."""

from __future__ import annotations

from html import unescape
from io import BytesIO

import pytest
from flask import Flask

import engine
from tests.factories import TestClock, Visitor, visitor
from tests.web.pages.signing_procedure import PLAN, Walk, approve, author, hidden
from web.work import reading, work

SCRIPT = "<script>alert(1)</script>"


def test_the_inbox_shows_the_task_of_ones_role_and_to_others_only_that_it_waits(
    paula: Visitor, sam: Visitor, walk: Walk
) -> None:
    task = walk.task()
    assert "Draft the plan" in paula.get("/inbox").text
    assert "You are done for now" in sam.get("/inbox").text
    assert "Draft the plan" in sam.get("/inbox?view=waiting").text
    page = sam.get(f"/inbox/{task.id}").text
    assert "This task waits for Project Manager" in page
    assert 'name="purpose"' not in page


def test_a_task_says_why_it_is_done_and_which_clause_asks_for_it(paula: Visitor, walk: Walk) -> None:
    page = paula.get(f"/inbox/{walk.task().id}").text
    assert page.count("<h1>") == 1
    assert "Why Draft the plan is done." in page
    assert "SOP 5.1a" in page
    assert "Milestones are clear and measurable" in page


def test_unknown_filters_fall_back_to_the_whole_inbox(paula: Visitor) -> None:
    response = paula.get("/inbox?view=everything&sort=colour&from=x")
    assert response.status_code == 200
    assert "Draft the plan" in response.text


@pytest.mark.parametrize(
    "query",
    [
        "_external=1&_scheme=javascript&x=%0aalert(1)//&from=50",
        "endpoint=x&from=50",
        "_method=NO&from=50",
        "_anchor=x&from=50",
        f"from={'9' * 5000}",
    ],
)
def test_an_address_cannot_make_the_links_to_other_sheets_lead_elsewhere(paula: Visitor, query: str) -> None:
    for path in ("/inbox", "/records", "/instances"):
        response = paula.get(f"{path}?{query}")
        assert response.status_code == 200
        assert 'href="javascript:' not in response.text


def test_a_filter_that_fits_nothing_offers_to_show_all(paula: Visitor) -> None:
    assert "Nothing fits these filters" in paula.get("/inbox?role=Stakeholder").text


def test_refused_answers_come_back_with_every_value_and_an_error_at_the_field(paula: Visitor, walk: Walk) -> None:
    url = f"/tasks/{walk.task().id}"
    paula.get(f"/inbox/{walk.task().id}")
    response = paula.post(url, {**PLAN, "purpose": SCRIPT, "milestones.0.name": "", "_do": "review"})
    assert response.status_code == 422
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.text
    assert SCRIPT not in response.text
    assert 'value="2026-06-01"' in response.text
    assert 'href="#f-milestones-0-name"' in response.text
    assert 'id="f-milestones-0-name-e"' in response.text
    assert walk.task().open


def test_rows_are_added_and_removed_without_a_script(paula: Visitor, walk: Walk) -> None:
    url = f"/tasks/{walk.task().id}"
    paula.get(f"/inbox/{walk.task().id}")
    added = paula.post(url, {**PLAN, "_rows": "add:milestones"})
    assert added.status_code == 200
    assert 'name="milestones.1.name"' in added.text
    assert "Land softly" in added.text
    removed = paula.post(url, {**PLAN, "milestones.1.name": "Second", "_rows": "remove:milestones.0"})
    assert 'value="Second"' in removed.text
    assert "Design review" not in removed.text


def test_a_field_under_a_condition_appears_when_the_page_asks_again(paula: Visitor, walk: Walk) -> None:
    url = f"/tasks/{walk.task().id}"
    assert 'name="contract"' not in paula.get(f"/inbox/{walk.task().id}").text
    assert 'name="contract"' in paula.post(url, {**PLAN, "kind": "external", "_do": "refresh"}).text


def test_a_draft_is_kept_for_its_author_only(
    paula: Visitor, walk: Walk, app: Flask, people: dict[str, str], procedure
) -> None:
    task = walk.task()
    paula.get(f"/inbox/{task.id}")
    assert paula.post(f"/tasks/{task.id}", {"purpose": "Half a sent", "_do": "save"}).status_code == 302
    assert "Half a sent" in paula.get(f"/inbox/{task.id}").text
    procedure.join(people["tom"], "Project Manager")
    other = visitor(app)
    other.sign_in("tom")
    assert "Half a sent" not in other.get(f"/inbox/{task.id}").text


def test_a_claimed_task_can_be_done_by_nobody_else(
    paula: Visitor, walk: Walk, app: Flask, people: dict[str, str], procedure
) -> None:
    task = walk.task()
    paula.get("/inbox")
    assert paula.post(f"/tasks/{task.id}/claim").status_code == 302
    procedure.join(people["tom"], "Project Manager")
    other = visitor(app)
    other.sign_in("tom")
    response = other.post(f"/tasks/{task.id}", {**PLAN, "_do": "review"})
    assert response.status_code == 409
    assert "Paula Manager" in response.text
    paula.post(f"/tasks/{task.id}/release")
    assert other.post(f"/tasks/{task.id}", {**PLAN, "_do": "review"}).status_code == 302


def test_what_another_project_does_is_not_there(eve: Visitor, walk: Walk) -> None:
    task = walk.task()
    for path in (
        f"/inbox/{task.id}",
        f"/inbox/{task.id}?tab=history",
        f"/instances/{walk.instance}",
        f"/tasks/{task.id}/sign",
    ):
        assert eve.get(path).status_code == 404, path
    assert "Setup of apollo" not in eve.get("/instances").text
    assert "Setup of apollo" not in eve.get("/search?q=setup").text
    for path in (
        f"/tasks/{task.id}",
        f"/tasks/{task.id}/claim",
        f"/tasks/{task.id}/comment",
        f"/tasks/{task.id}/reassign",
    ):
        assert eve.post(path, {**PLAN, "text": "hello"}).status_code == 404, path


def test_another_role_may_look_and_not_act(sam: Visitor, walk: Walk) -> None:
    task = walk.task()
    sam.get(f"/inbox/{task.id}")
    assert sam.post(f"/tasks/{task.id}", PLAN).status_code == 403
    assert sam.post(f"/tasks/{task.id}/claim").status_code == 403
    assert walk.task().open


@pytest.mark.parametrize(
    "path", ["/inbox/nothing", "/instances/nothing", "/records/nothing", "/attachments/nothing", "/records/nothing.pdf"]
)
def test_unknown_ids_are_not_found(paula: Visitor, path: str) -> None:
    assert paula.get(path).status_code == 404


def test_comments_are_text_and_an_empty_one_is_refused(paula: Visitor, sam: Visitor, walk: Walk) -> None:
    task = walk.task()
    paula.get(f"/inbox/{task.id}?tab=comments")
    assert paula.post(f"/tasks/{task.id}/comment", {"text": "   "}).status_code == 422
    assert paula.post(f"/tasks/{task.id}/comment", {"text": SCRIPT}).status_code == 302
    for page in (f"/inbox/{task.id}?tab=comments", f"/instances/{walk.instance}"):
        shown = sam.get(page).text
        assert SCRIPT not in shown
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_without_a_token_nothing_is_sent_and_everything_typed_comes_back(paula: Visitor, walk: Walk) -> None:
    task = walk.task()
    page = paula.get(f"/inbox/{task.id}").text
    sent = {**PLAN, "purpose": "Typed for an hour", "_page": hidden(page, "_page"), "csrf_token": "stale"}
    response = paula.post(f"/tasks/{task.id}", sent)
    assert response.status_code == 422
    assert "Typed for an hour" in response.text
    assert walk.task().open


def test_after_the_session_ran_out_the_answers_come_back_with_the_sign_in(
    paula: Visitor, walk: Walk, clock: TestClock
) -> None:
    task = walk.task()
    page = paula.get(f"/inbox/{task.id}").text
    clock.turn(hours=13)
    refused = paula.post(f"/tasks/{task.id}", {**PLAN, "purpose": "Typed for an hour", "_page": hidden(page, "_page")})
    assert refused.status_code == 422
    kept = {name: hidden(refused.text, name) for name in ("_page", "_kept")}
    back = paula.post("/sign-in", {"login": "paula", "password": "seven wooden boats", **_unescaped(kept)})
    assert back.status_code == 422
    assert "Typed for an hour" in back.text
    assert "Design review" in back.text


def _unescaped(values: dict[str, str]) -> dict[str, str]:
    return {name: unescape(value) for name, value in values.items()}


def test_a_task_is_handed_on_with_a_reason_to_a_holder_of_its_role_only(
    paula: Visitor, walk: Walk, people: dict[str, str], app: Flask
) -> None:
    task = walk.task()
    paula.get(f"/inbox/{task.id}")
    response = paula.post(f"/tasks/{task.id}/reassign", {"to": people["sam"], "reason": "I am away."})
    assert response.status_code == 403
    with app.app_context():
        assert engine.task(reading(), task.id, engine.THE_SYSTEM).assignee is None


def test_files_are_kept_when_answers_are_refused_and_never_run(
    walk: Walk, app: Flask, people: dict[str, str], tom: Visitor
) -> None:
    author(app, walk)
    approve(app, walk)
    task = walk.task()
    tom.get(f"/inbox/{task.id}")
    refused = tom.post(f"/tasks/{task.id}", {"note": "", "proof": (BytesIO(b"<script>x</script>"), "proof.html")})
    assert refused.status_code == 422
    kept = hidden(refused.text.replace("\n", " "), "proof") if 'name="proof" value="' in refused.text else ""
    assert kept.startswith("upload:")
    done = tom.post(f"/tasks/{task.id}", {"note": "Here it is", "proof": kept})
    assert done.status_code == 302
    with app.app_context():
        given = engine.submissions(reading(), walk.instance, "hand-over")[0].answers
        stored = engine.attachment_of(reading(), task.id, given["proof"]["sha256"])
    assert given["proof"]["name"] == "proof.html"
    shown = tom.get(f"/attachments/{stored.id}")
    assert shown.mimetype == "application/octet-stream"
    assert shown.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in shown.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["Prüfung – Entwurf.pdf", "日本.pdf", 'a"b;c\r\nSet-Cookie: x.pdf', "\x00\x07"])
def test_a_file_can_be_opened_whatever_it_is_called(
    walk: Walk, app: Flask, people: dict[str, str], tom: Visitor, name: str
) -> None:
    author(app, walk)
    approve(app, walk)
    task = walk.task()
    with app.app_context(), work() as unit:
        by = engine.Actor(people["tom"], "Tom", {task.subject: frozenset({task.role})})
        sha256 = engine.attach(unit, task.id, name, "application/pdf", b"%PDF-1.7", by).sha256
        stored = engine.attachment_of(unit, task.id, sha256).id
    response = tom.get(f"/attachments/{stored}")
    assert response.status_code == 200
    assert response.data == b"%PDF-1.7"
    said = response.headers["Content-Disposition"]
    assert said.startswith("inline; filename")
    assert said.isascii(), "a header that is not ASCII does not leave the server"
    assert said.isprintable()
    assert response.headers["Cache-Control"] == "no-store"
