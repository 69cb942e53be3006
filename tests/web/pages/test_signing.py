"""Signing by page: what is shown is what is signed, with the password, and wrong ones lose nothing."""

from __future__ import annotations

from flask import Flask

import engine
from tests.factories import PASSWORD, Visitor, visitor
from tests.web.pages.signing_procedure import PLAN, Walk, author, begin, hidden
from web.work import work


def test_a_plan_is_read_as_it_will_be_sealed_and_then_signed(paula: Visitor, walk: Walk) -> None:
    task = walk.task()
    paula.get(f"/inbox/{task.id}")
    to_sign = paula.post(f"/tasks/{task.id}", {**PLAN, "_do": "review"})
    assert to_sign.location == f"/tasks/{task.id}/sign"
    page = paula.get(to_sign.location)
    assert "Land softly" in page.text
    assert "I wrote this, and it says what I mean." in page.text
    done = paula.post(to_sign.location, {"_shown": hidden(page.text, "_shown"), "password": PASSWORD})
    assert done.status_code == 302
    told = paula.get(done.location).text
    assert "“Draft the plan” is done." in told
    assert "Milestone Plan Document, revision 1, is sealed." in told
    assert "“Sign the baseline” now waits for Stakeholder." in told
    record = walk.record()
    assert record.sha256 == hidden(page.text, "_shown")
    assert [(one.name, one.meaning) for one in walk.signatures()] == [("Paula Manager", "authored")]


def test_a_wrong_password_signs_nothing_and_keeps_the_document(paula: Visitor, walk: Walk) -> None:
    task = walk.task()
    paula.get(f"/inbox/{task.id}")
    paula.post(f"/tasks/{task.id}", {**PLAN, "_do": "review"})
    page = paula.get(f"/tasks/{task.id}/sign").text
    for password in ("", "not this one"):
        refused = paula.post(f"/tasks/{task.id}/sign", {"_shown": hidden(page, "_shown"), "password": password})
        assert refused.status_code == 422
        assert "Land softly" in refused.text
        assert "not this one" not in refused.text
    assert walk.task().id == task.id
    assert "Land softly" in paula.get(f"/inbox/{task.id}").text


def test_a_document_that_changed_in_another_window_must_be_read_again(paula: Visitor, walk: Walk) -> None:
    task = walk.task()
    paula.get(f"/inbox/{task.id}")
    paula.post(f"/tasks/{task.id}", {**PLAN, "_do": "review"})
    first = hidden(paula.get(f"/tasks/{task.id}/sign").text, "_shown")
    paula.post(f"/tasks/{task.id}", {**PLAN, "purpose": "Land hard", "_do": "review"})
    refused = paula.post(f"/tasks/{task.id}/sign", {"_shown": first, "password": PASSWORD})
    assert refused.status_code == 422
    assert "has changed since" in refused.text
    assert "Land hard" in refused.text
    assert walk.task().id == task.id


def test_a_signing_task_is_not_completed_by_its_plain_form(paula: Visitor, walk: Walk) -> None:
    task = walk.task()
    paula.get(f"/inbox/{task.id}")
    refused = paula.post(f"/tasks/{task.id}", PLAN)
    assert refused.status_code == 422
    assert "Land softly" in refused.text
    assert walk.task().id == task.id


def test_a_stakeholder_reads_the_record_and_signs_on_one_page(app: Flask, walk: Walk, sam: Visitor) -> None:
    author(app, walk)
    task = walk.task()
    page = sam.get(f"/inbox/{task.id}").text
    assert "Land softly" in page
    assert "Design review" in page
    assert hidden(page, "_shown") == walk.record().sha256
    sent = {"decision": "approved", "comment": "Fine by me", "_signing": "1", "_shown": hidden(page, "_shown")}
    wrong = sam.post(f"/tasks/{task.id}", {**sent, "password": "guess"})
    assert wrong.status_code == 422
    assert "This is not your password" in wrong.text
    assert "Fine by me" in wrong.text
    assert "checked" in wrong.text
    assert sam.post(f"/tasks/{task.id}", {**sent, "password": PASSWORD}).status_code == 302
    assert [(one.name, one.meaning, one.comment) for one in walk.signatures()][-1] == (
        "Sam Stake",
        "approved",
        "Fine by me",
    )


def test_a_signature_without_a_decision_names_the_field(app: Flask, walk: Walk, sam: Visitor) -> None:
    author(app, walk)
    task = walk.task()
    page = sam.get(f"/inbox/{task.id}").text
    refused = sam.post(f"/tasks/{task.id}", {"_signing": "1", "_shown": hidden(page, "_shown"), "password": PASSWORD})
    assert refused.status_code == 422
    assert "Your decision" in refused.text
    assert walk.task().id == task.id


def test_a_signature_on_a_hash_that_was_not_shown_is_refused(app: Flask, walk: Walk, sam: Visitor) -> None:
    author(app, walk)
    task = walk.task()
    sam.get(f"/inbox/{task.id}")
    refused = sam.post(
        f"/tasks/{task.id}", {"decision": "approved", "_signing": "1", "_shown": "0" * 64, "password": PASSWORD}
    )
    assert refused.status_code == 422
    assert "has changed since" in refused.text
    assert len(walk.signatures()) == 1


def test_a_second_completion_of_the_same_task_says_who_was_first(app: Flask, walk: Walk, sam: Visitor) -> None:
    author(app, walk)
    task = walk.task()
    page = sam.get(f"/inbox/{task.id}").text
    sent = {"decision": "approved", "_signing": "1", "_shown": hidden(page, "_shown"), "password": PASSWORD}
    assert sam.post(f"/tasks/{task.id}", sent).status_code == 302
    again = sam.post(f"/tasks/{task.id}", sent)
    assert again.status_code == 409
    assert "Sam Stake" in again.text
    assert len(walk.signatures()) == 2


def test_a_new_revision_shows_what_changed_and_that_old_signatures_are_void(
    app: Flask, walk: Walk, procedure, people
) -> None:
    author(app, walk)
    first = walk.record()
    other = begin(app, procedure, people["ada"])
    author(app, other, {**PLAN, "purpose": "Land in water"})
    browser = visitor(app)
    browser.sign_in("sam")
    page = browser.get(f"/inbox/{other.task().id}").text
    assert "What has changed since revision 1" in page
    assert "<ins>Land in water</ins>" in page
    old = browser.get(f"/records/{first.id}").text
    assert "This revision has been superseded" in old
    assert "No longer counts" in old


def test_the_seen_digest_of_another_version_is_stale(paula: Visitor, walk: Walk, app: Flask) -> None:
    task = walk.task()
    paula.get(f"/inbox/{task.id}")
    response = paula.post(f"/tasks/{task.id}", {**PLAN, "_seen": "0" * 64})
    assert response.status_code == 409
    with app.app_context(), work() as unit:
        assert engine.task(unit, task.id, engine.THE_SYSTEM).open
