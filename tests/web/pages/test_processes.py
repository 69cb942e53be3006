"""Processes by page: versions, the editor's check and deployment, uploads, and what is refused of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from io import BytesIO

import pytest
from flask import Flask

import engine
from tests.factories import SmallProcedure, Visitor
from tests.web.pages.signing_procedure import DIAGRAM, Walk
from web.pages.editing import MOST_BYTES
from web.work import milepost, reading

REASON = "The plan is drafted under another name."
BETTER = DIAGRAM.replace('name="Draft the plan"', 'name="Write the plan"')
BROKEN = DIAGRAM.replace('sourceRef="approve" targetRef="hand-over"', 'sourceRef="approve" targetRef="nowhere"')


def versions(app: Flask) -> list[int]:
    with app.app_context():
        return [one.version for one in engine.definitions(reading(), "plan")]


def base(app: Flask) -> str:
    with app.app_context():
        return engine.newest(reading(), "plan").bundle


def test_a_process_shows_its_elements_with_role_form_and_clause(paula: Visitor) -> None:
    page = paula.get("/processes/plan").text
    assert "Why Draft the plan is done." in page
    assert "Milestone Plan Document" in page
    assert "SOP 5.1a" in page
    assert "/processes/plan/edit" not in page
    assert paula.get("/processes/plan/7").status_code == 404
    assert paula.get("/processes/nothing").status_code == 404


MULTIPART = "multipart/form-data; boundary=edge"


def multipart(token: str, content: str) -> bytes:
    """A file of this content as a browser sends it, without the temporary file that the test client would make."""
    head = "Content-Disposition: form-data; name="
    parts = [
        f'--edge\r\n{head}"csrf_token"\r\n\r\n{token}',
        f'--edge\r\n{head}"reason"\r\n\r\n{REASON}',
        f'--edge\r\n{head}"file"; filename="plan.bpmn"\r\nContent-Type: application/xml\r\n\r\n{content}',
        "--edge--\r\n",
    ]
    return "\r\n".join(parts).encode()


@pytest.mark.parametrize("path", ["/processes/plan/edit", "/processes/upload"])
def test_only_process_admins_change_processes(paula: Visitor, path: str) -> None:
    assert paula.get(path).status_code == 403


def test_only_process_admins_deploy(app: Flask, paula: Visitor) -> None:
    paula.get("/inbox")
    assert paula.post("/processes/plan/deploy", {"xml": BETTER, "reason": REASON}).status_code == 403
    assert paula.post("/processes/upload", {"reason": REASON}).status_code == 403
    assert versions(app) == [1]


def test_an_edited_diagram_becomes_the_next_version_and_running_instances_stay(
    app: Flask, walk: Walk, ada: Visitor
) -> None:
    assert ada.get("/processes/plan/edit").status_code == 200
    sent = ada.post("/processes/plan/deploy", {"xml": BETTER, "reason": REASON, "base": base(app)})
    assert sent.status_code == 302
    assert versions(app) == [2, 1]
    page = ada.get("/processes/plan").text
    assert "Write the plan" in page
    assert REASON in page
    assert "Draft the plan" in ada.get(f"/inbox/{walk.task().id}").text
    assert "version 1" in ada.get(f"/instances/{walk.instance}").text


def test_a_short_reason_keeps_the_edited_diagram(app: Flask, ada: Visitor) -> None:
    ada.get("/processes/plan/edit")
    refused = ada.post("/processes/plan/deploy", {"xml": BETTER, "reason": "because", "base": base(app)})
    assert refused.status_code == 422
    assert 'data-xml="/processes/kept/plan-plan.bpmn"' in refused.text
    assert "because" in refused.text
    assert b"Write the plan" in ada.get("/processes/kept/plan-plan.bpmn").data
    assert versions(app) == [1]


def test_what_somebody_else_kept_is_not_there(app: Flask, ada: Visitor, paula: Visitor) -> None:
    ada.get("/processes/plan/edit")
    ada.post("/processes/plan/deploy", {"xml": BETTER, "reason": "because", "base": base(app)})
    assert paula.get("/processes/kept/plan-plan.bpmn").status_code == 403


def test_a_diagram_with_findings_is_refused_and_comes_back(app: Flask, ada: Visitor) -> None:
    ada.get("/processes/plan/edit")
    refused = ada.post("/processes/plan/deploy", {"xml": BROKEN, "reason": REASON, "base": base(app)})
    assert refused.status_code == 422
    assert "Nothing was deployed" in refused.text
    assert 'class="finding is-error"' in refused.text
    assert versions(app) == [1]


def test_somebody_elses_newer_version_is_not_overwritten(app: Flask, ada: Visitor) -> None:
    ada.get("/processes/plan/edit")
    first = base(app)
    assert ada.post("/processes/plan/deploy", {"xml": BETTER, "reason": REASON, "base": first}).status_code == 302
    late = ada.post("/processes/plan/deploy", {"xml": DIAGRAM, "reason": REASON, "base": first})
    assert late.status_code == 409
    assert versions(app) == [2, 1]


@pytest.mark.parametrize(
    "body",
    [b"this is not XML", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "boom">]><x>&e;</x>', b"", BROKEN.encode()],
)
def test_the_check_answers_with_findings(ada: Visitor, body: bytes) -> None:
    ada.get("/processes/plan/edit")
    answer = ada.client.post(
        "/processes/check?process=plan", data=body, content_type="application/xml", headers={"X-CSRFToken": ada.token}
    )
    assert answer.status_code == 200
    findings = answer.get_json()["findings"]
    assert findings
    assert all(one["sentence"] and one["severity"] in ("error", "warning", "note") for one in findings)


def test_the_check_of_a_sound_diagram_has_no_errors(ada: Visitor) -> None:
    ada.get("/processes/plan/edit")
    answer = ada.client.post(
        "/processes/check?process=plan",
        data=BETTER.encode(),
        content_type="application/xml",
        headers={"X-CSRFToken": ada.token},
    )
    assert [one for one in answer.get_json()["findings"] if one["severity"] == "error"] == []


def test_a_diagram_larger_than_two_megabytes_is_refused(app: Flask, ada: Visitor) -> None:
    ada.get("/processes/plan/edit")
    huge = DIAGRAM + f"<!--{'x' * MOST_BYTES}-->"
    answer = ada.client.post("/processes/check?process=plan", data=huge.encode(), headers={"X-CSRFToken": ada.token})
    assert answer.status_code == 422
    assert "2 MB" in answer.get_json()["findings"][0]["sentence"]
    refused = ada.client.post("/processes/upload", data=multipart(ada.token, huge), content_type=MULTIPART)
    assert refused.status_code == 422
    assert "2 MB" in refused.text
    assert versions(app) == [1]


def test_others_write_while_a_diagram_is_being_checked(
    ada: Visitor, app: Flask, procedure: SmallProcedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.get("/processes/plan/edit")
    wrote: list[int] = []

    def meanwhile(_files: object) -> tuple[engine.Finding, ...]:
        with closing(sqlite3.connect(milepost().config.database_file, timeout=0)) as other:
            wrote.append(other.execute("UPDATE person SET name = name").rowcount)
            other.commit()
        return ()

    monkeypatch.setattr(procedure, "check", meanwhile)
    token = {"X-CSRFToken": ada.token}
    answer = ada.client.post("/processes/check?process=plan", data=BETTER.encode(), headers=token)
    assert answer.status_code == 200
    assert wrote


def test_an_uploaded_form_takes_the_place_of_its_namesake(app: Flask, ada: Visitor) -> None:
    ada.get("/processes/upload")
    with app.app_context():
        form = engine.bundle(reading(), base_id := engine.newest(reading(), "plan").bundle).files["handover.form"]
    changed = form.replace(b'"Note"', b'"What is handed over"')
    sent = ada.post("/processes/upload", {"file": (BytesIO(changed), "handover.form"), "reason": REASON})
    assert sent.status_code == 302
    with app.app_context():
        newest = engine.newest(reading(), "plan").bundle
        assert newest != base_id
        assert engine.bundle(reading(), newest).files["handover.form"] == changed


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("notes.txt", b"hello", "Only .bpmn, .dmn, .form"),
        ("plan.bpmn", b"", "is empty"),
        ("plan.bpmn", b"not XML", "plan.bpmn"),
        ("handover.form", b'{"type": "default", "id": "x", "components": []}', "names no field"),
    ],
)
def test_files_that_cannot_be_deployed_are_refused_with_a_reason(
    app: Flask, ada: Visitor, name: str, content: bytes, said: str
) -> None:
    ada.get("/processes/upload")
    refused = ada.post("/processes/upload", {"file": (BytesIO(content), name), "reason": REASON})
    assert refused.status_code == 422
    assert said in refused.text
    assert versions(app) == [1]


def test_only_checking_an_upload_deploys_nothing(app: Flask, ada: Visitor) -> None:
    ada.get("/processes/upload")
    checked = ada.post("/processes/upload", {"file": (BytesIO(BETTER.encode()), "plan.bpmn"), "_do": "check"})
    assert checked.status_code == 200
    assert "It can be deployed as it is." in checked.text or "finding" in checked.text
    assert versions(app) == [1]
