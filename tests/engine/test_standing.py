"""What a completion says is open now is what the database says; where it cannot know, it says nothing."""

import engine
from tests.engine.conftest import ADA, BOB, EVE, do
from tests.engine.test_story import NO, TEXT, YES


def test_what_a_completion_has_opened_stands_so_in_the_database(unit, letter, clock):
    clock.move(microseconds=7)
    opened = do(unit, ADA, TEXT).opened
    assert {one.assignee for one in opened} == {"p-bob", "p-eve"}
    unit.session.expire_all()
    assert opened == engine.tasks(unit, instance=letter, status="open")


def test_where_something_was_open_before_the_database_has_to_be_asked(unit, letter):
    do(unit, ADA, TEXT)
    assert do(unit, BOB, YES).opened is None
    (again,) = do(unit, EVE, NO).opened
    assert (again.element, again.status) == ("write", "open")


def test_the_end_opens_nothing(unit, letter):
    do(unit, ADA, TEXT)
    do(unit, BOB, YES)
    done = do(unit, EVE, YES)
    assert (done.instance_ended, done.opened) == (True, [])
