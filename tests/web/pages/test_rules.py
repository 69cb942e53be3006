"""Every rule has a page that anybody who is signed in can read, and findings lead to it."""

from __future__ import annotations

from io import BytesIO

from markupsafe import escape

import processes
from tests.factories import Visitor
from tests.web.pages.signing_procedure import DIAGRAM

BROKEN = DIAGRAM.replace('sourceRef="approve" targetRef="hand-over"', 'sourceRef="approve" targetRef="nowhere"')


def test_all_rules_are_listed_and_each_has_its_page(paula: Visitor) -> None:
    listed = paula.get("/rules").text
    for name, page in processes.rulebook().items():
        assert f'href="/rules/{name}"' in listed
        shown = paula.get(f"/rules/{name}")
        assert shown.status_code == 200
        assert f"<h1>{escape(page.title)}</h1>" in shown.text
        assert "`" not in shown.text
        assert ("Wrong</h2>" in shown.text) == ("wrong" in page.diagrams)


def test_the_diagrams_of_a_rule_are_drawn_with_the_element_in_question(paula: Visitor) -> None:
    shown = paula.get("/rules/no-default").text
    for case in ("right", "wrong"):
        assert f'data-xml="/rules/no-default/{case}.bpmn"' in shown
        sent = paula.get(f"/rules/no-default/{case}.bpmn")
        assert sent.data == processes.rulebook()["no-default"].diagrams[case]
        assert sent.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert '"element": "g"' in shown
    assert "<code>amount &gt; 100</code>" in paula.get("/rules/expression").text


def test_what_is_no_rule_is_not_there(paula: Visitor, guest: Visitor) -> None:
    for address in ("/rules/nothing", "/rules/no-default/best.bpmn", "/rules/file-empty/wrong.bpmn"):
        assert paula.get(address).status_code == 404
    assert guest.get("/rules").status_code == 302


def test_findings_lead_to_the_pages_of_their_rules(ada: Visitor) -> None:
    ada.get("/processes/upload")
    refused = ada.post("/processes/plan/deploy", {"xml": BROKEN, "reason": "The plan is drafted otherwise."}).text
    assert 'href="/rules/dangling-flow"' in refused
    parts = {"_do": "check", "file": (BytesIO(BROKEN.encode()), "plan.bpmn")}
    assert 'href="/rules/dangling-flow"' in ada.post("/processes/upload", parts).text
    asked = {"content_type": "application/xml", "headers": {"X-CSRFToken": ada.token}}
    answer = ada.client.post("/processes/check?process=plan", data=BROKEN.encode(), **asked)
    assert "/rules/dangling-flow" in [one["page"] for one in answer.get_json()["findings"]]
