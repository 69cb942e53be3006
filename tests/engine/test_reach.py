"""A unit of work that keeps to one subject says so before it writes about another, or decides on what stands there."""

from dataclasses import replace

import pytest

import engine
from engine import Bundle, OutOfReach
from tests.engine.bpmn import diagrams as d
from tests.engine.conftest import ADA, APOLLO, ROOT

LISTENING = d.diagram(
    d.process(
        "listening",
        [
            d.start("begin"),
            d.user("first", name="First"),
            d.catch("heard", d.message("news", variable="message"), correlation="'gemini'"),
            d.end("done"),
        ],
        "begin -> first -> heard -> done",
        {"Writer": ["begin", "first", "heard", "done"]},
    )
)
SPREADING = d.diagram(
    d.process(
        "spreading",
        [d.start("begin", d.message("spread", variable="message"), subject="'gemini'"), d.end("done")],
        "begin -> done",
        {"Writer": ["begin", "done"]},
    )
)


@pytest.fixture
def within(unit):
    """The same, keeping to Apollo, with processes that reach further."""
    files = {"listening.bpmn": LISTENING, "spreading.bpmn": SPREADING}
    engine.deploy(unit, Bundle("far", "Far", "1.0", files), ROOT)
    unit.session.commit()
    return replace(unit, within=APOLLO)


def test_its_own_subject_is_within_reach(unit, within, letter):
    engine.send(within, "letter.needed", APOLLO, {"number": "8"}, ADA)
    unit.session.commit()
    assert len(engine.instances(unit, subjects=[APOLLO])) == 2


def test_another_subject_is_not(within):
    with pytest.raises(OutOfReach):
        engine.start(within, "archive", "gemini", {}, ROOT)
    within.session.rollback()
    with pytest.raises(OutOfReach):
        engine.send(within, "letter.printed", "gemini", {"number": "1"}, ROOT, keep=True)


def test_what_stands_in_no_subject_is_not(within):
    with pytest.raises(OutOfReach):
        engine.add_person(within, "p-new", "New", ROOT)


def test_a_process_that_begins_about_another_subject_is_not(within):
    with pytest.raises(OutOfReach):
        engine.send(within, "spread", APOLLO, {}, ROOT)


def test_waiting_for_news_about_another_subject_is_not(unit, within):
    made = engine.start(within, "listening", APOLLO, {}, ADA)
    unit.session.commit()
    (task,) = engine.tasks(unit, instance=made)
    with pytest.raises(OutOfReach):
        engine.complete(within, task.id, {}, ADA)


def test_an_instance_about_another_subject_that_waits_for_news_of_this_one_is_not(unit, within):
    made = engine.start(unit, "listening", "mercury", {}, ROOT)
    unit.session.commit()
    (task,) = engine.tasks(unit, instance=made)
    engine.complete(unit, task.id, {}, replace(ADA, roles={"mercury": frozenset({"Writer"})}))
    unit.session.commit()
    with pytest.raises(OutOfReach):
        engine.send(replace(unit, within="gemini"), "news", "gemini", {}, ROOT)
    unit.session.rollback()
    assert engine.send(unit, "news", "gemini", {}, ROOT) == [made]
