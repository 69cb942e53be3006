"""Records: sealed under the hash that was shown, superseded and never edited."""

import hashlib
import json
from dataclasses import replace

import pytest

from engine.errors import NotFound, Refused, SignatureVoid
from engine.ledger import (
    canonical,
    current,
    events,
    in_instance,
    preview,
    record,
    records,
    revisions,
    seal,
    sign,
    signatures,
)
from engine.tables import RecordRow
from engine.values import Signature


def test_sealing_gives_the_hash_that_was_shown(unit, draft, sealing):
    shown = preview(unit, draft(), definition=sealing["definition"], instance=sealing["instance"])
    sealed = seal(unit, draft(), **sealing, shown=shown.sha256)
    assert sealed.sha256 == shown.sha256 == hashlib.sha256(canonical(dict(shown.document))).hexdigest()
    assert sealed.text == canonical(dict(shown.document)).decode()
    assert (sealed.revision, sealed.supersedes, sealed.clauses, sealed.intact) == (1, None, ("5.1a",), True)


def test_sealing_something_else_than_was_shown_is_refused(unit, session, draft, sealing):
    shown = preview(unit, draft(), definition=sealing["definition"], instance=sealing["instance"])
    with pytest.raises(SignatureVoid):
        seal(unit, draft(due="2027-01-01"), **sealing, shown=shown.sha256)
    session.commit()
    assert current(unit, "milestone-plan", "apollo") is None


def test_a_new_revision_names_the_hash_of_the_one_it_replaces(unit, session, draft, sealing):
    first = seal(unit, draft(), **sealing)
    second = seal(unit, draft(due="2026-04-01"), **sealing)
    session.commit()
    assert (second.revision, second.supersedes) == (2, first.id)
    assert json.loads(second.text)["supersedes"] == first.sha256
    assert [one.superseded for one in revisions(unit, "milestone-plan", "apollo")] == [True, False]
    assert record(unit, first.id).data == {"due": "2026-03-01"}
    assert current(unit, "milestone-plan", "apollo") == second


def test_revisions_count_for_each_key(unit, draft, sealing):
    assert [seal(unit, draft(key=key), **sealing).revision for key in ("a", "b", "a")] == [1, 1, 2]


def test_the_same_content_sealed_again_is_another_revision_with_another_hash(unit, draft, sealing):
    assert seal(unit, draft(), **sealing).sha256 != seal(unit, draft(), **sealing).sha256


def test_the_record_that_an_instance_sealed_last_is_found_while_the_clock_stands(unit, session, draft, sealing):
    seal(unit, draft(key="z"), **sealing)
    last = seal(unit, draft(key="a"), **sealing)
    session.commit()
    assert in_instance(unit, "milestone-plan", sealing["instance"]) == last
    assert in_instance(unit, "minutes", sealing["instance"]) is None


def test_records_are_listed_last_sealed_first(unit, session, draft, sealing):
    first, second = seal(unit, draft(), **sealing), seal(unit, draft(due="2026-05-01"), **sealing)
    elsewhere = seal(unit, replace(draft(), subject="gemini", type="minutes"), **sealing)
    session.commit()
    assert [one.id for one in records(unit)] == [elsewhere.id, second.id, first.id]
    assert [one.id for one in records(unit, subjects=["apollo"], newest=True)] == [second.id]
    assert [one.id for one in records(unit, type="minutes")] == [elsewhere.id]
    assert records(unit, subjects=[]) == records(unit, instance="none") == []
    assert [one.id for one in records(unit, limit=1, offset=1)] == [second.id]


def test_sealing_a_revision_voids_the_signatures_on_the_older_one(unit, session, draft, sealing, signing):
    first = seal(unit, draft(), **sealing)
    sign(unit, first, Signature("p-bob", "approved", first.sha256), **signing, task="t" * 32)
    seal(unit, draft(due="2026-05-01"), **sealing)
    seal(unit, draft(due="2026-06-01"), **sealing)
    session.commit()
    [signed] = signatures(unit, first.id)
    assert (signed.valid, signed.void, signed.voided_at) == (False, "superseded by revision 2", unit.clock())
    [voided] = events(unit, kind="signature.voided")
    assert (voided.entity_id, voided.old, voided.new) == (signed.id, "approved", "void")


def test_a_record_altered_beyond_reading_is_refused(unit, session, draft, sealing):
    sealed = seal(unit, draft(), **sealing)
    session.flush()
    session.get(RecordRow, sealed.id).content = "{"
    with pytest.raises(Refused, match="altered"):
        record(unit, sealed.id)


def test_an_unknown_id_is_not_found(unit):
    with pytest.raises(NotFound):
        record(unit, "f" * 32)


def test_a_first_record_costs_five_statements_at_most_and_signing_it_one_more(
    unit, session, draft, sealing, signing, statements, databases
):
    sealed = seal(unit, draft(), **sealing)
    sign(unit, sealed, Signature("p-bob", "approved", sealed.sha256), **signing, task="t" * 32)
    session.commit()
    writing = ["WITH"] if databases.name == "postgresql" else ["INSERT"] * 4
    assert [statement.split()[0] for statement in statements] == ["SELECT"] * 2 + writing


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"sections": []}, "exactly two parts"),
        ({"sections": [], "data": {}}, "at least one section"),
        ({"sections": [{"heading": "A"}], "data": []}, "JSON object"),
        ({"sections": [{"heading": ""}], "data": {}}, "sections[0].heading"),
        ({"sections": [{"heading": "A", "html": "<b>"}], "data": {}}, "sections[0]"),
        ({"sections": [{"heading": "A", "text": 1}], "data": {}}, "sections[0].text"),
        ({"sections": [{"heading": "A", "fields": [{"label": "x"}]}], "data": {}}, "fields[0]"),
        ({"sections": [{"heading": "A", "fields": [{"label": "x", "value": []}]}], "data": {}}, "fields[0]"),
        ({"sections": [{"heading": "A", "table": {"columns": [], "rows": []}}], "data": {}}, "table.columns"),
        ({"sections": [{"heading": "A", "table": {"columns": ["x"], "rows": [["a", "b"]]}}], "data": {}}, "rows[0]"),
        ({"sections": [{"heading": "A", "table": {"columns": ["x"], "rows": [[1]]}}], "data": {}}, "rows[0]"),
        ({"sections": [{"heading": "A"}], "data": {"n": float("nan")}}, "content.data.n is not a finite number"),
    ],
)
def test_content_of_another_shape_is_refused_by_its_place(unit, draft, sealing, content, words):
    with pytest.raises(Refused) as refused:
        seal(unit, replace(draft(), content=content), **sealing)
    assert words in str(refused.value)
