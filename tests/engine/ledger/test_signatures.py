"""Signatures: one's own, with a meaning, on the newest revision and on exactly what was shown."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from engine.errors import NotFound, SignatureRefused, SignatureVoid
from engine.ledger import approvals, events, seal, sign, signatures, void
from engine.values import THE_SYSTEM, Actor, Signature

TASK = "t" * 32


@pytest.fixture
def sealed(unit, session, draft, sealing):
    found = seal(unit, draft(), **sealing)
    session.flush()
    return found


@pytest.fixture
def approval(sealed):
    return Signature("p-bob", "approved", sealed.sha256)


def test_a_signature_carries_name_meaning_time_and_hash(unit, session, sealed, approval, signing, clock):
    made = sign(unit, sealed, approval, **signing, task=TASK, comment="Well done")
    session.commit()
    assert signatures(unit, sealed.id) == [made]
    assert (made.name, made.meaning, made.at, made.sha256, made.comment, made.method) == (
        "Bob Kahn",
        "approved",
        clock.now,
        sealed.sha256,
        "Well done",
        "password",
    )
    [event] = events(unit, kind="record.signed")
    assert (event.new, event.facts["sha256"], event.name, event.task) == ("approved", sealed.sha256, "Bob Kahn", TASK)


def test_nobody_signs_for_somebody_else(unit, sealed, approval, signing, ada):
    with pytest.raises(SignatureRefused, match="own name"):
        sign(unit, sealed, approval, **{**signing, "by": ada}, task=TASK)


def test_the_program_never_signs(unit, sealed, signing):
    with pytest.raises(SignatureRefused, match="Only a person"):
        sign(unit, sealed, Signature("system", "approved", sealed.sha256), **{**signing, "by": THE_SYSTEM}, task=TASK)


def test_a_meaning_is_one_of_five(unit, sealed, approval, signing):
    with pytest.raises(SignatureRefused, match="authored, reviewed"):
        sign(unit, sealed, replace(approval, meaning="liked"), **signing, task=TASK)


@pytest.mark.parametrize("pending", [True, False])
def test_another_hash_than_the_one_shown_is_void(unit, sealed, session, draft, sealing, approval, signing, pending):
    record = seal(unit, draft(key="b"), **sealing) if pending else sealed
    with pytest.raises(SignatureVoid):
        sign(unit, record, replace(approval, shown="0" * 64), **signing, task=TASK)


@pytest.mark.parametrize("written", [True, False])
def test_a_superseded_revision_cannot_be_signed(unit, session, draft, sealing, sealed, approval, signing, written):
    seal(unit, draft(due="2026-09-01"), **sealing)
    if written:
        session.flush()
    with pytest.raises(SignatureVoid, match="superseded"):
        sign(unit, sealed, approval, **signing, task=TASK)


@pytest.mark.parametrize("written", [True, False])
@pytest.mark.parametrize("second", ["approved", "rejected"])
def test_a_decision_is_given_once(unit, session, sealed, approval, signing, written, second):
    sign(unit, sealed, replace(approval, meaning="rejected"), **signing, task=TASK)
    if written:
        session.flush()
    with pytest.raises(SignatureRefused, match="already decided"):
        sign(unit, sealed, replace(approval, meaning=second), **signing, task="u" * 32)


@pytest.mark.parametrize("written", [True, False])
def test_a_record_sealed_a_moment_ago_is_held_to_the_same_rules(unit, session, draft, sealing, signing, written):
    first = seal(unit, draft(key="b"), **sealing)
    approval = Signature("p-bob", "approved", first.sha256)
    sign(unit, first, approval, **signing, task=TASK)
    if written:
        session.flush()
    with pytest.raises(SignatureRefused, match="already decided"):
        sign(unit, first, approval, **signing, task="u" * 32)
    seal(unit, draft(key="b", due="2026-09-01"), **sealing)
    with pytest.raises(SignatureVoid, match="superseded"):
        sign(unit, first, approval, **signing, task="v" * 32)


def test_reviewing_does_not_keep_one_from_deciding(unit, sealed, approval, signing):
    sign(unit, sealed, replace(approval, meaning="reviewed"), **signing, task=TASK)
    assert sign(unit, sealed, approval, **signing, task="u" * 32).valid


def test_approvals_count_what_is_approved_and_nothing_else(unit, session, sealed, approval, signing):
    eve = Actor("p-eve", "Eve")
    sign(unit, sealed, approval, **signing, task=TASK)
    sign(unit, sealed, Signature("p-eve", "rejected", sealed.sha256), **{**signing, "by": eve}, task="u" * 32)
    session.commit()
    assert set(approvals(unit, sealed.id)) == {"p-bob"}


def test_voided_signatures_are_no_approvals_and_may_be_given_again(unit, session, sealed, approval, signing, ada):
    sign(unit, sealed, approval, **signing, task=TASK)
    assert void(unit, sealed.id, "the request was withdrawn", ada) == 1
    session.commit()
    assert approvals(unit, sealed.id) == {}
    assert void(unit, sealed.id, "again", ada) == 0
    sign(unit, sealed, approval, **signing, task="u" * 32)
    assert [one.void for one in signatures(unit, sealed.id)] == ["the request was withdrawn", None]
    assert set(approvals(unit, sealed.id)) == {"p-bob"}
    with pytest.raises(NotFound):
        void(unit, "f" * 32, "no such record", ada)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE record SET content = replace(content, '2026-03-01', '2026-03-02')",
        "UPDATE record SET sha256 = '00'",
        "UPDATE signature SET sha256 = '00'",
        "UPDATE signature SET meaning = 'rejected'",
    ],
)
def test_what_was_tampered_with_has_no_approvals(unit, session, sealed, approval, signing, tampering):
    sign(unit, sealed, approval, **signing, task=TASK)
    session.commit()
    session.execute(text(tampering))
    session.expire_all()
    assert approvals(unit, sealed.id) == {}


def test_a_superseded_record_has_no_approvals(unit, session, draft, sealing, sealed, approval, signing):
    sign(unit, sealed, approval, **signing, task=TASK)
    seal(unit, draft(due="2026-09-01"), **sealing)
    assert approvals(unit, sealed.id) == {}
