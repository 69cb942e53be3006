"""Instances follow to another version: what a plan says, what stays as it was, who is told, and what proves it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

import engine
from engine import Conflict, Stale, Unit
from tests.engine.bpmn import diagrams as d
from tests.engine.conftest import (
    ADA,
    APOLLO,
    BOB,
    EVE,
    LETTER,
    ROOT,
    Clock,
    Letters,
    bundle,
    do,
    form,
    open_task,
    signature,
)

TEXT = {"text": "Dear all, the ship sails."}
YES = {"decision": "approved", "comment": ""}
PEN = form("pen", {"type": "textarea", "key": "text", "label": "Text", "id": "c1"})
WHY = "The post office asks for a stamp"


def with_stamp(content: bytes = LETTER) -> bytes:
    """The letter's diagram with a stamp put on before it is told that it is printed."""
    stamp = d.user("stamp", name="Put a stamp on", clause="2a").encode()
    content = content.replace(b'sourceRef="print" targetRef="tell"', b'sourceRef="print" targetRef="stamp"')
    flow = b'<bpmn:sequenceFlow id="stamp_tell" sourceRef="stamp" targetRef="tell"/>'
    lane = b"<bpmn:flowNodeRef>write</bpmn:flowNodeRef>"
    return content.replace(b"</bpmn:process>", stamp + flow + b"</bpmn:process>").replace(
        lane, lane + b"<bpmn:flowNodeRef>stamp</bpmn:flowNodeRef>"
    )


def deploy(unit: Unit, content: bytes, **files: bytes) -> str:
    """The id of the letter's definition in the next version."""
    made = engine.deploy(unit, bundle(letter_bpmn=content, **files), ROOT)
    unit.session.commit()
    return made.definitions["letter"]


def follow(unit: Unit, letter: str, target: str, mapping: dict[str, str] | None = None) -> engine.Outcome:
    done = engine.migrate(unit, letter, target, ROOT, WHY, mapping)
    unit.session.commit()
    return done


def verified(unit: Unit) -> None:
    assert engine.verify(unit.session).findings == ()


def test_a_letter_under_way_follows_and_keeps_what_was_begun(unit: Unit, letter: str, clock: Clock) -> None:
    """A draft, who claimed it, what has been signed, timers and due instants: all as they were."""
    do(unit, ADA, TEXT)
    do(unit, BOB, YES)
    task = open_task(unit, EVE)
    engine.claim(unit, task.id, EVE)
    engine.save_draft(unit, task.id, {"decision": "approved"}, EVE)
    timers = unit.session.execute(text("SELECT id, element, due FROM timer ORDER BY id")).all()
    assert timers
    clock.move(hours=5)
    target = deploy(unit, with_stamp())
    plan = engine.plan(unit, letter, target)
    assert plan.possible
    assert [(one.element, one.to) for one in plan.kept] == [("sign", "sign")]
    assert plan.notes == ("It will also have to do “Put a stamp on” (SOP 2a).",)
    assert engine.instance(unit, letter).version == 1, "a plan changes nothing"
    done = follow(unit, letter, target)
    assert (done.outcome, done.source_version) == ("migrated", 1)
    assert done.notes == plan.notes
    assert engine.instance(unit, letter).version == 2
    again = open_task(unit, EVE)
    assert (again.id, again.claimed_by, again.due, again.definition) == (task.id, EVE.person, task.due, target)
    assert engine.task_form(unit, again, EVE).values == {"decision": "approved"}
    assert unit.session.execute(text("SELECT id, element, due FROM timer ORDER BY id")).all() == timers
    do(unit, EVE, YES)
    do(unit, ADA, {}, "stamp")
    assert engine.instance(unit, letter).status == "completed"
    verified(unit)


def test_its_story_belongs_to_the_version_that_was_in_force(unit: Unit, letter: str) -> None:
    record = do(unit, ADA, TEXT).record
    assert record
    first = engine.instance(unit, letter).definition
    target = deploy(unit, with_stamp())
    follow(unit, letter, target)
    do(unit, BOB, YES)
    by_element = {one.element: one.definition for one in engine.trail(unit, letter)}
    assert by_element["write"] == by_element["readers"] == first
    closed = {one.element: one.definition for one in engine.tasks(unit, instance=letter, status="completed")}
    assert closed == {"write": first, "sign": target}
    assert engine.record(unit, record).definition == first
    stays = engine.stays(unit, letter)
    assert [(one.version, one.person, one.reason) for one in stays] == [(1, ROOT.person, WHY), (2, "", "")]
    (event,) = engine.events(unit, kind="instance.migrated", instance=letter)
    assert (event.person, event.reason) == (ROOT.person, WHY)
    assert event.old["definition"] == engine.digest(unit, first)
    assert event.new["definition"] == engine.digest(unit, target)
    follow(unit, letter, first)
    assert [one.version for one in engine.stays(unit, letter)] == [1, 2, 1]
    assert {one.definition for one in engine.trail(unit, letter)} == {first, target}
    verified(unit)


def test_what_is_told_of_a_migration_cannot_be_changed_unnoticed(unit: Unit, letter: str, database: Engine) -> None:
    follow(unit, letter, deploy(unit, with_stamp()))
    for change in ("UPDATE migration SET reason = 'None'", "UPDATE migration_outcome SET outcome = 'blocked'",
                   "DELETE FROM migration_outcome"):  # fmt: skip
        unit.session.execute(text(change))
        assert engine.verify(unit.session).findings
        unit.session.rollback()
    verified(unit)


def test_an_instance_put_on_another_version_by_hand_is_found(unit: Unit, letter: str) -> None:
    first = engine.instance(unit, letter).definition
    follow(unit, letter, deploy(unit, with_stamp()))
    by_hand = text("UPDATE instance SET definition_id = :first WHERE id = :id")
    unit.session.execute(by_hand, {"first": first, "id": letter})
    (fault,) = engine.verify(unit.session).findings
    assert (fault.table, fault.key) == ("instance", letter)
    unit.session.rollback()
    verified(unit)


def test_a_blocked_instance_stays_and_says_why(unit: Unit, letter: str) -> None:
    renamed = with_stamp().replace(b'"write"', b'"pen"').replace(b">write<", b">pen<")
    target = deploy(unit, renamed, pen_form=PEN)
    plan = engine.plan(unit, letter, target)
    assert [one.rule for one in plan.blockers] == ["ElementGone"]
    assert "“Write the letter”" in plan.blockers[0].sentence
    done = follow(unit, letter, target)
    assert done.outcome == "blocked"
    assert done.blockers[0]["rule"] == "ElementGone"
    assert engine.instance(unit, letter).version == 1
    (event,) = engine.events(unit, kind="instance.stayed", instance=letter)
    assert event.facts["blockers"] == ["ElementGone"]
    assert engine.events(unit, kind="instance.migrated", instance=letter) == []
    verified(unit)
    assert follow(unit, letter, target, {"write": "pen"}).outcome == "migrated"
    assert open_task(unit, ADA).element == "pen"
    verified(unit)


LETTER_SIGNED = b'name="signs" value="letter"'


@pytest.mark.parametrize(
    ("changed", "signed", "rule"),
    [
        (LETTER.replace(LETTER_SIGNED, b'name="signs" value="envelope"'), True, "SignedRecordChanged"),
        (LETTER.replace(LETTER_SIGNED, b'name="signs" value="envelope"'), False, None),
        (LETTER.replace(b'value="=decision"', b'value="acknowledged"'), False, "SignatureDropped"),
        (LETTER.replace(b'<spiffworkflow:property name="signature" value="=decision"/>', b""), True,
         "SignatureDropped"),
    ],
)  # fmt: skip
def test_a_round_of_signatures_that_has_begun_is_not_changed(
    unit: Unit, letter: str, letters: Letters, changed: bytes, signed: bool, rule: str | None
) -> None:
    letters.records = {**letters.records, "envelope": letters.compose}
    do(unit, ADA, TEXT)
    if signed:
        do(unit, BOB, YES)
    plan = engine.plan(unit, letter, deploy(unit, changed))
    assert [one.rule for one in plan.blockers] == ([rule] if rule else [])
    if rule is None:
        assert any("another record signed" in note for note in plan.notes)


def test_a_failed_step_is_mended_before_an_instance_follows(unit: Unit, letter: str, letters: Letters) -> None:
    letters.jammed = True
    do(unit, ADA, TEXT)
    do(unit, BOB, YES)
    do(unit, EVE, YES)
    (blocker,) = engine.plan(unit, letter, deploy(unit, with_stamp())).blockers
    assert blocker.rule == "IncidentOpen"
    assert "“print”" in blocker.sentence


def test_what_has_ended_stays_where_it_ended(unit: Unit, letter: str) -> None:
    engine.cancel(unit, letter, ROOT, "Not needed")
    (blocker,) = engine.plan(unit, letter, deploy(unit, with_stamp())).blockers
    assert blocker.rule == "Ended"


def test_another_role_and_another_form_are_told(unit: Unit, letter: str) -> None:
    changed = LETTER.replace(b'name="Writer"', b'name="Author"').replace(b'value="write"', b'value="pen"')
    target = deploy(unit, changed, pen_form=PEN)
    engine.save_draft(unit, open_task(unit, ADA).id, {"text": "Dear"}, ADA)
    plan = engine.plan(unit, letter, target)
    assert "“Write the letter” is for Author instead of Writer." in plan.notes
    assert any("asks for other answers" in note for note in plan.notes)
    follow(unit, letter, target)
    assert engine.inbox(unit, ADA) == []
    author = engine.Actor(ADA.person, ADA.name, {APOLLO: frozenset({"Author"})})
    assert open_task(unit, author).form == "pen"
    assert engine.draft(unit, open_task(unit, author).id, ADA) == {"text": "Dear"}


def test_nobody_but_a_steward_asks_and_never_without_a_reason(unit: Unit, letter: str) -> None:
    target = deploy(unit, with_stamp())
    with pytest.raises(engine.NotAllowed):
        engine.migrate(unit, letter, target, ADA, WHY)
    with pytest.raises(engine.Refused, match="why"):
        engine.migrate(unit, letter, target, ROOT, " ")
    archive = engine.newest(unit, "archive").id
    with pytest.raises(engine.Refused, match="own process"):
        engine.migrate(unit, letter, archive, ROOT, WHY)
    with pytest.raises(engine.Refused, match="already"):
        engine.migrate(unit, letter, engine.instance(unit, letter).definition, ROOT, WHY)
    unit.session.rollback()
    assert engine.instance(unit, letter).version == 1


def test_many_are_asked_for_at_once_and_each_is_carried_out_once(unit: Unit, letter: str) -> None:
    """Carried out one by one; whoever begins again where another stopped does nothing twice."""
    others = [engine.send(unit, "letter.needed", APOLLO, {"number": str(number)}, ADA)[0] for number in (8, 9)]
    target = deploy(unit, with_stamp())
    stands = {one: engine.plan(unit, one, target).stand for one in (letter, *others)}
    asked = engine.ask_migration(unit, "letter", target, stands, ROOT, WHY)
    unit.session.commit()
    assert len(engine.unfinished(unit)) == 3
    task = next(one for one in engine.inbox(unit, ADA) if one.instance == letter)
    signed = signature(unit, task, TEXT, ADA)
    engine.complete(unit, task.id, TEXT, ADA, signature=signed)
    unit.session.commit()
    for migration, instance in engine.unfinished(unit):
        engine.follow(unit, migration, instance)
        unit.session.commit()
    engine.follow(unit, asked, others[0])
    found = {one.instance: one for one in engine.outcomes(unit, asked)}
    assert {one: found[one].outcome for one in others} == dict.fromkeys(others, "migrated")
    assert found[letter].outcome == "moved"
    assert "Ada was faster" in found[letter].notes[0]
    assert engine.migration(unit, asked).finished
    assert engine.unfinished(unit) == []
    assert len(engine.events(unit, kind="instance.migrated")) == 2
    verified(unit)


def race(database: Engine, clock: Clock, letters: Letters, winner: Any, loser: Any) -> list[Any]:
    """What comes of two acts, each in a transaction of its own: the second begins before the first commits."""
    found: list[Any] = [None, None]
    acted, begins = threading.Barrier(2), threading.Barrier(2)

    def first() -> None:
        with Session(database) as session:
            found[0] = winner(Unit(session, clock, letters))
            session.flush()
            acted.wait(30)
            begins.wait(30)
            session.commit()

    def second() -> None:
        acted.wait(30)
        with Session(database) as session:
            begins.wait(30)
            try:
                found[1] = loser(Unit(session, clock, letters))
                session.commit()
            except Conflict as conflict:
                found[1] = conflict

    threads = [threading.Thread(target=one) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return found


def test_of_a_migration_and_a_completion_the_second_is_told_of_the_first(
    unit: Unit, letter: str, database: Engine, clock: Clock, letters: Letters
) -> None:
    """Both have looked at the same instance before either acts; the order is forced, both ways."""
    target = deploy(unit, with_stamp())
    task = open_task(unit, ADA)
    seen = engine.digest(unit, task.definition)
    signed, stand = signature(unit, task, TEXT, ADA), engine.plan(unit, letter, target).stand
    unit.session.rollback()

    def complete(at: Unit) -> Any:
        return engine.complete(at, task.id, TEXT, ADA, signature=signed, seen=seen)

    def migrate(at: Unit) -> Any:
        return engine.migrate(at, letter, target, ROOT, WHY, seen=stand)

    done, told = race(database, clock, letters, migrate, complete)
    assert done.outcome == "migrated"
    assert isinstance(told, Stale)
    assert (told.who, told.when) == (ROOT.person, clock())
    assert open_task(unit, ADA).id == task.id, "nothing of the completion was written"
    unit.session.rollback()

    first = engine.stays(unit, letter)[0].definition
    seen, stand = engine.digest(unit, target), engine.plan(unit, letter, first).stand
    signed = signature(unit, open_task(unit, ADA), TEXT, ADA)
    unit.session.rollback()
    target = first
    done, told = race(database, clock, letters, complete, migrate)
    assert done.task.id == task.id
    assert isinstance(told, Conflict)
    assert (told.who, told.when) == (ADA.person, clock())
    assert engine.instance(unit, letter).version == 2
    verified(unit)
