"""A letter from its start to its signed record, step by step, through the engine's verbs alone."""

from __future__ import annotations

import pytest

import engine
from engine import Unit
from tests.engine.bpmn import diagrams as d
from tests.engine.conftest import ADA, APOLLO, BOB, EVE, MAL, ROOT, Clock, Letters, bundle, do, open_task, signature

TEXT = {"text": "Dear all, the ship sails."}
YES = {"decision": "approved", "comment": ""}
NO = {"decision": "rejected", "comment": "Which ship?"}


def test_a_letter_is_written_signed_by_both_and_printed(unit: Unit, letter: str, letters: Letters) -> None:
    """The path from the message to the end, with everything it must leave behind."""
    done = do(unit, ADA, TEXT)
    assert done.record
    assert [one.element for one in engine.inbox(unit, BOB)] == ["sign"]
    do(unit, BOB, YES)
    assert letters.printed == []
    assert do(unit, EVE, YES).instance_ended
    assert letters.printed == [letter]
    assert engine.instance(unit, letter).status == "completed"
    assert set(engine.approvals(unit, done.record)) == {"p-bob", "p-eve"}
    assert [one.meaning for one in engine.signatures(unit, done.record)] == ["authored", "approved", "approved"]
    trail = engine.trail(unit, letter)
    assert {one.person for one in trail if one.element == "write"} == {"p-ada"}
    assert {one.person for one in trail if one.element in ("readers", "agreed", "print")} == {engine.SYSTEM}
    passed = [one.element for one in trail if one.state == "completed"]
    assert passed[0] == "begin"
    assert passed[-1] == "done"


def test_a_rejection_goes_back_and_voids_what_was_signed(unit: Unit, letter: str) -> None:
    """The second revision needs every signature anew."""
    first = do(unit, ADA, TEXT).record
    do(unit, BOB, YES)
    do(unit, EVE, NO)
    second = do(unit, ADA, {"text": "Dear all, the Beagle sails."}).record
    assert first
    assert second
    assert engine.approvals(unit, first) == {}
    assert all(one.void for one in engine.signatures(unit, first))
    assert engine.record(unit, second).revision == 2
    do(unit, BOB, YES)
    assert engine.instance(unit, letter).status == "running"


def test_inboxes_hold_only_what_is_theirs(unit: Unit, letter: str) -> None:
    """A role in another subject shows nothing, and an administrator does no work by being one."""
    task = open_task(unit, ADA)
    assert engine.inbox(unit, BOB) == engine.inbox(unit, MAL) == engine.inbox(unit, ROOT) == []
    with pytest.raises(engine.NotFound):
        engine.task(unit, task.id, MAL)
    with pytest.raises(engine.NotAllowed):
        engine.complete(unit, task.id, TEXT, ROOT)
    with pytest.raises(engine.NotAllowed):
        engine.claim(unit, task.id, BOB)
    assert engine.counts(unit, ADA) == {"todo": 1, "claimed": 0, "late": 0, "waiting": 0, "done": 0}
    assert engine.counts(unit, BOB)["waiting"] == 1


def test_claimed_by_one_is_refused_to_the_other_with_who_and_when(unit: Unit, letter: str, clock: Clock) -> None:
    """Two people of one role and one task."""
    other = engine.Actor("p-zoe", "Zoe", {APOLLO: frozenset({"Writer"})})
    task = open_task(unit, ADA)
    engine.claim(unit, task.id, ADA)
    with pytest.raises(engine.TaskClaimed) as refused:
        engine.claim(unit, task.id, other)
    assert (refused.value.who, refused.value.when) == ("p-ada", clock())
    assert engine.inbox(unit, other) == []
    engine.release(unit, task.id, ADA)
    assert len(engine.inbox(unit, other)) == 1


def test_a_second_completion_says_who_and_when(unit: Unit, letter: str, clock: Clock) -> None:
    """Replaying a form changes nothing."""
    task = open_task(unit, ADA)
    do(unit, ADA, TEXT)
    with pytest.raises(engine.TaskClosed) as refused:
        engine.complete(unit, task.id, TEXT, ADA)
    assert (refused.value.who, refused.value.when) == ("p-ada", clock())


def test_a_signing_task_needs_a_signature_that_fits(unit: Unit, letter: str) -> None:
    """None, another's, of another meaning, on another hash: each is refused and nothing is written."""
    do(unit, ADA, TEXT)
    task = open_task(unit, BOB)
    right = signature(unit, task, YES, BOB)
    wrong = [
        None,
        engine.Signature("p-eve", right.meaning, right.shown),
        engine.Signature(right.person, "acknowledged", right.shown),
        engine.Signature(right.person, right.meaning, "0" * 64),
    ]
    for one in wrong:
        with pytest.raises(engine.SignatureRefused):
            engine.complete(unit, task.id, YES, BOB, signature=one)
        unit.session.rollback()
    assert open_task(unit, BOB).id == task.id
    assert len(engine.submissions(unit, letter)) == 1


def test_named_signers_are_not_replaced(unit: Unit, letter: str) -> None:
    """A signature that the procedure asks of a person by name stays with that person."""
    do(unit, ADA, TEXT)
    task = open_task(unit, BOB)
    with pytest.raises(engine.NotAllowed):
        engine.reassign(unit, task.id, EVE, ROOT, "Bob is away")
    with pytest.raises(engine.NotAllowed):
        engine.complete(unit, task.id, YES, EVE, signature=signature(unit, task, YES, EVE))


def test_what_was_handed_on_can_be_handed_on_again(unit: Unit, letter: str) -> None:
    """The procedure names nobody for the writing, so its signature is that of whoever writes, and holds the role."""
    zoe = engine.Actor("p-zoe", "Zoe", {APOLLO: frozenset({"Writer"})})
    task = open_task(unit, ADA)
    engine.reassign(unit, task.id, zoe, ADA, "I am away")
    assert engine.may_perform(zoe, engine.task(unit, task.id, zoe))
    moved = engine.Actor("p-zoe", "Zoe", {APOLLO: frozenset({"Reader"})})
    with pytest.raises(engine.NotAllowed):
        engine.complete(unit, task.id, TEXT, moved)
    engine.reassign(unit, task.id, ADA, ROOT, "Zoe reads letters now")
    assert do(unit, ADA, TEXT).record


def test_drafts_are_kept_as_typed_and_gone_when_done(unit: Unit, letter: str) -> None:
    """Half-filled answers come back to the person who typed them."""
    task = open_task(unit, ADA)
    engine.save_draft(unit, task.id, {"text": "Dear"}, ADA)
    assert engine.task_form(unit, task, ADA).values == {"text": "Dear"}
    do(unit, ADA, TEXT)
    assert engine.draft(unit, task.id, ADA) is None


def test_a_failing_step_is_an_incident_and_loses_nothing(unit: Unit, letter: str, letters: Letters) -> None:
    """The last signature stands; the step is tried again when its cause is mended."""
    letters.jammed = True
    record = do(unit, ADA, TEXT).record
    do(unit, BOB, YES)
    do(unit, EVE, YES)
    (incident,) = engine.incidents(unit)
    assert (incident.element, incident.instance) == ("print", letter)
    assert "out of paper" in incident.cause
    assert record
    assert set(engine.approvals(unit, record)) == {"p-bob", "p-eve"}
    assert not engine.retry(unit, incident.id, ROOT, "tried")
    unit.session.commit()
    letters.jammed = False
    (incident,) = engine.incidents(unit)
    assert engine.retry(unit, incident.id, ROOT, "paper filled in")
    unit.session.commit()
    assert engine.incidents(unit) == []
    assert engine.instance(unit, letter).status == "completed"


def test_timers_are_rows_and_fire_at_their_instant(unit: Unit, letter: str, clock: Clock) -> None:
    """Not a microsecond before; once."""
    do(unit, ADA, TEXT)
    assert engine.due(unit, clock()) == []
    clock.move(days=3, microseconds=-1)
    assert engine.due(unit, clock()) == []
    clock.move(microseconds=1)
    (timer,) = engine.due(unit, clock())
    assert engine.next_timer(unit) == clock()
    assert engine.fire(unit, timer)
    unit.session.commit()
    assert not engine.fire(unit, timer)
    assert engine.due(unit, clock()) == []
    assert open_task(unit, BOB).open


def test_timers_of_one_instance_that_are_due_together_leave_an_event_each(unit: Unit, clock: Clock) -> None:
    """After downtime one step lets all of them elapse: none without its event."""
    watch = d.process(
        "watch",
        [
            d.start("begin"),
            d.user("look", name="Look out"),
            d.boundary("soon", "look", d.timer("Duration", "P1D"), interrupting=False),
            d.boundary("later", "look", d.timer("Duration", "P2D"), interrupting=False),
            d.end("done"),
            d.end("reminded"),
        ],
        "begin -> look -> done; soon -> reminded; later -> reminded",
        {"Writer": ["begin", "look", "soon", "later", "done", "reminded"]},
    )
    engine.deploy(unit, bundle(letter_bpmn=d.diagram(watch)), ROOT)
    instance = engine.start(unit, "watch", APOLLO, {}, ADA)
    unit.session.commit()
    clock.move(days=9)
    timers = engine.due(unit, clock())
    assert [engine.fire(unit, one) for one in timers] == [True, False]
    unit.session.commit()
    assert {one.entity_id for one in engine.events(unit, instance=instance, kind="timer.fired")} == set(timers)
    elapsed = [one.element for one in engine.trail(unit, instance)]
    assert {"soon", "later"} <= set(elapsed)


def test_messages_start_once_wake_who_waits_and_are_kept(unit: Unit, letter: str) -> None:
    """The business key starts nothing twice; a thrown message waits for its reader; a sent one does not."""
    assert engine.send(unit, "letter.needed", APOLLO, {"number": "7"}, ADA) == []
    with pytest.raises(engine.NobodyWaits):
        engine.send(unit, "letter.lost", APOLLO, {}, ADA)
    do(unit, ADA, TEXT)
    do(unit, BOB, YES)
    do(unit, EVE, YES)
    (kept,) = engine.events(unit, kind="message.kept")
    assert (kept.entity_id, kept.instance, kept.person) == ("letter.printed", letter, engine.SYSTEM)
    archive = engine.start(unit, "archive", APOLLO, {}, ADA)
    unit.session.commit()
    assert open_task(unit, ADA).element == "file"
    assert engine.instance(unit, archive).status == "running"
    (delivered,) = engine.events(unit, kind="message.delivered")
    assert (delivered.entity_id, delivered.instance) == ("letter.printed", archive)


def test_cancelling_ends_tasks_timers_and_instance(unit: Unit, letter: str, clock: Clock) -> None:
    """With a reason, by anybody who may; nothing is left waiting."""
    do(unit, ADA, TEXT)
    with pytest.raises(engine.Refused):
        engine.cancel(unit, letter, ROOT, " ")
    engine.cancel(unit, letter, ROOT, "The ship has sailed.")
    unit.session.commit()
    assert engine.instance(unit, letter).status == "cancelled"
    assert engine.inbox(unit, BOB) == []
    assert engine.next_timer(unit) is None
    with pytest.raises(engine.Conflict):
        engine.cancel(unit, letter, ROOT, "again")
