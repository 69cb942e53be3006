"""Repairs by page: proposed by one, approved by another, and told wherever the instance is shown."""

from __future__ import annotations

import re
from io import BytesIO

import pikepdf
import pytest
from flask import Flask

import engine
from tests.factories import Visitor, add_account, visitor
from tests.paper import text_of
from tests.web.pages.signing_procedure import Walk, author
from web.work import reading

WHY = "The hand-over is done by the post"


@pytest.fixture
def pia(app: Flask, walk: Walk) -> Visitor:
    """The browser of a second process admin."""
    with app.app_context():
        add_account("pia", "Pia Process", "Process Admin")
    browser = visitor(app)
    assert browser.sign_in("pia").status_code == 302
    return browser


@pytest.fixture
def handing(app: Flask, walk: Walk) -> Walk:
    """The instance once its plan is authored and approved: it waits for the hand-over."""
    author(app, walk)
    approve(app, walk)
    return walk


def squeezed(paper: bytes) -> str:
    """What a print says, without spaces."""
    return "".join(text_of(paper).split())


def approve(app: Flask, walk: Walk) -> None:
    sam = visitor(app)
    sam.sign_in("sam")
    task = walk.task()
    page = sam.get(f"/inbox/{task.id}").text
    shown = dict(re.findall(r'name="(_[a-z]+)" value="([^"]*)"', page))
    answer = sam.post(
        f"/tasks/{task.id}", {**shown, "decision": "approved", "comment": "", "password": "seven wooden boats",
                              "_do": "complete"}
    )  # fmt: skip
    assert answer.status_code == 302, answer.text


def proposed(who: Visitor, walk: Walk, **said: str) -> str:
    """Propose to pass over what is open; give the address of the proposal."""
    address = f"/instances/{walk.instance}"
    who.get(f"{address}/repair")
    sent = {"what": f"skip|{walk.task().id}", "reason": WHY, **said}
    assert who.post(f"{address}/repair", sent).status_code == 302
    page = who.get(address).text
    found = re.search(r"/instances/[0-9a-f]+/repairs/[0-9a-f]+/(?:refuse|approve)", page)
    assert found
    return found[0].rpartition("/")[0]


def test_a_repair_takes_two_people_and_is_told_everywhere(
    app: Flask, handing: Walk, ada: Visitor, pia: Visitor, paula: Visitor
) -> None:
    address = f"/instances/{handing.instance}"
    assert "Pass over it" in ada.get(f"{address}/repair").text
    repair = proposed(ada, handing)
    assert "Somebody else has to approve it" in ada.get(address).text
    own = ada.post(f"{repair}/approve")
    assert own.status_code == 403 or "yourself" in own.text
    assert "Repaired" not in paula.get(address).text
    assert "Approve and carry out" in pia.get(address).text
    assert pia.post(f"{repair}/approve").status_code == 302
    told = paula.get(address).text
    assert "This instance was repaired" in told
    assert "Repaired: Pass over “Hand over”" in told
    assert "Not done: a repair passed over it." in told
    for name in ("Ada Admin", "Pia Process", WHY):
        assert name in told
    assert ">Repaired<" in ada.get("/instances").text
    assert ">Repaired<" in ada.get("/compliance").text
    proof = ada.get(f"/compliance/{handing.instance}").text
    assert "Ada Admin proposed it and Pia Process approved it" in proof
    record = handing.record().id
    assert ">Repaired<" in ada.get(f"/records/{record}").text
    with app.app_context():
        assert engine.verify(reading().session).ok


def test_the_print_of_a_record_says_that_its_instance_was_repaired(
    handing: Walk, ada: Visitor, pia: Visitor
) -> None:
    address = f"/records/{handing.record().id}.pdf"
    before = ada.get(address)
    assert "wasrepaired" not in squeezed(before.data)
    pia.get("/inbox")
    repair = proposed(ada, handing)
    pia.get(f"/instances/{handing.instance}")
    pia.post(f"{repair}/approve")
    after = ada.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "wasrepaired" in squeezed(after.data)
    with pikepdf.open(BytesIO(after.data)) as paper:
        assert paper.attachments


def test_a_signature_is_out_of_reach(app: Flask, walk: Walk, ada: Visitor) -> None:
    author(app, walk)
    address = f"/instances/{walk.instance}/repair"
    ada.get(address)
    for said in (
        {"what": f"skip|{walk.task().id}"},
        {"what": f"move|{walk.task().id}", f"target-{walk.task().id}": "hand-over"},
    ):
        refused = ada.post(address, {**said, "reason": WHY})
        assert refused.status_code == 422
        assert "No repair passes over a signature" in refused.text
        assert WHY in refused.text, "nothing that was typed is lost"
    assert walk.task().element == "approve"


def test_a_refusal_has_a_reason_and_changes_nothing(handing: Walk, ada: Visitor, pia: Visitor) -> None:
    repair = proposed(ada, handing)
    pia.get(f"/instances/{handing.instance}")
    assert pia.post(f"{repair}/refuse", {"reason": " "}).status_code == 422
    assert pia.post(f"{repair}/refuse", {"reason": "The post is closed"}).status_code == 302
    told = pia.get(f"/instances/{handing.instance}").text
    assert "The post is closed" in told
    assert "This instance was repaired" not in told
    assert pia.post(f"{repair}/approve").status_code == 409


def test_what_the_instance_has_outrun_is_refused_with_a_sentence(
    app: Flask, walk: Walk, ada: Visitor, pia: Visitor
) -> None:
    author(app, walk)
    ada.get("/inbox")
    address = f"/instances/{walk.instance}"
    set_it = {"what": "set|", "variable": "size", "kind": "number", "value": "3", "reason": WHY}
    assert ada.post(f"{address}/repair", set_it).status_code == 302
    found = re.search(r"/instances/[0-9a-f]+/repairs/[0-9a-f]+", ada.get(address).text)
    assert found
    pia.get(address)
    approve(app, walk)
    late = pia.post(f"{found[0]}/approve")
    assert late.status_code == 409
    assert "moved on since this repair was proposed" in late.text
    assert "No longer fits" in ada.get(address).text


def test_what_makes_no_sense_is_said_and_kept(walk: Walk, ada: Visitor) -> None:
    address = f"/instances/{walk.instance}/repair"
    ada.get(address)
    for said, sentence in (
        ({"kind": "number", "value": "many"}, "is not a number"),
        ({"kind": "truth", "value": "perhaps"}, "yes or no"),
        ({"kind": "json", "value": "{"}, "is not JSON"),
        ({"variable": "1st", "value": "x"}, "called by letters"),
        ({"reason": " "}, "Say why"),
        ({"what": "delete|"}, "is one of"),
    ):
        sent = {"what": "set|", "variable": "size", "kind": "text", "value": "large", "reason": WHY, **said}
        refused = ada.post(address, sent)
        assert refused.status_code == 422
        assert sentence in refused.text


def test_only_stewards_repair(walk: Walk, paula: Visitor) -> None:
    address = f"/instances/{walk.instance}"
    assert "Propose a repair" not in paula.get(address).text
    assert paula.get(f"{address}/repair").status_code == 403
    assert paula.post(f"{address}/repair", {"what": "set|", "reason": WHY}).status_code == 403
    assert paula.post(f"{address}/repairs/x/approve").status_code == 403
