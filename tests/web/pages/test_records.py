"""Records by page: read, downloaded as the very bytes of the hash, printed; and to nobody else there."""

from __future__ import annotations

import hashlib

from flask import Flask

from tests.factories import Visitor
from tests.web.pages.signing_procedure import PLAN, Walk, approve, author

SCRIPT = "<script>alert(1)</script>"


def test_a_record_is_shown_with_its_signatures_and_where_it_comes_from(app: Flask, walk: Walk, paula: Visitor) -> None:
    author(app, walk, {**PLAN, "purpose": SCRIPT})
    approve(app, walk)
    record = walk.record()
    page = paula.get(f"/records/{record.id}")
    assert page.status_code == 200
    assert SCRIPT not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "Paula Manager" in page.text
    assert "Sam Stake" in page.text
    assert record.sha256 in page.text
    assert f"/instances/{walk.instance}" in page.text
    assert record.title in paula.get("/records").text


def test_the_json_of_a_record_has_the_hash_that_was_signed(app: Flask, walk: Walk, paula: Visitor) -> None:
    author(app, walk)
    record = walk.record()
    sent = paula.get(f"/records/{record.id}.json")
    assert sent.mimetype == "application/json"
    assert hashlib.sha256(sent.data).hexdigest() == record.sha256
    again = paula.get(f"/records/{record.id}.json", headers={"If-None-Match": sent.headers["ETag"]})
    assert again.status_code == 304


def test_the_pdf_is_the_same_until_somebody_signs(app: Flask, walk: Walk, paula: Visitor) -> None:
    author(app, walk)
    record = walk.record()
    first = paula.get(f"/records/{record.id}.pdf")
    assert first.data.startswith(b"%PDF-")
    assert paula.get(f"/records/{record.id}.pdf").data == first.data
    assert paula.get(f"/records/{record.id}.pdf", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    approve(app, walk)
    assert paula.get(f"/records/{record.id}.pdf").headers["ETag"] != first.headers["ETag"]


def test_another_projects_record_is_not_there(app: Flask, walk: Walk, eve: Visitor) -> None:
    author(app, walk)
    record = walk.record()
    for ending in ("", ".pdf", ".json"):
        assert eve.get(f"/records/{record.id}{ending}").status_code == 404
    assert record.id not in eve.get("/records").text
    assert record.id not in eve.get(f"/search?q={record.sha256[:16]}").text


def test_a_record_is_found_by_its_hash(app: Flask, walk: Walk, paula: Visitor) -> None:
    author(app, walk)
    record = walk.record()
    page = paula.get(f"/search?q={record.sha256[:16]}").text
    assert f"/records/{record.id}" in page
    assert f"<mark>{record.sha256[:16]}</mark>" in page
