"""Instances follow as jobs: asked for on a page's request, done by a worker, and again by nobody."""

from __future__ import annotations

from flask import Flask

import engine
from engine import THE_SYSTEM, Unit
from tests.factories import PROJECT, small_bundle
from tests.web.jobs.waiting import until
from web.jobs import DbosJobs, have_followed
from web.work import reading, work


def asked_for(unit: Unit, instances: list[str]) -> str:
    target = engine.newest(unit, "hello").id
    stands = {one: engine.plan(unit, one, target).stand for one in instances}
    return engine.ask_migration(unit, "hello", target, stands, THE_SYSTEM, "Good manners")


def test_a_worker_lets_each_instance_follow_and_a_second_job_does_nothing(app: Flask, jobs: DbosJobs) -> None:
    with app.app_context():
        with work() as unit:
            engine.deploy(unit, small_bundle(), THE_SYSTEM)
            instances = [engine.start(unit, "hello", PROJECT, {}, THE_SYSTEM) for _ in range(3)]
        with work() as unit:
            engine.deploy(unit, small_bundle("Say good day"), THE_SYSTEM)
            asked = asked_for(unit, instances)
            have_followed(jobs, unit, asked, [*instances, instances[0]])

    def finished() -> bool:
        with app.app_context():
            return engine.migration(reading(), asked).finished

    with jobs.start_worker():
        until(finished)
        until(lambda: not jobs.client().list_workflows(status=["ENQUEUED", "PENDING"]))
    with app.app_context():
        assert [one.outcome for one in engine.outcomes(reading(), asked)] == ["migrated"] * 3
        assert {engine.instance(reading(), one).version for one in instances} == {2}
        assert len(engine.events(reading(), kind="instance.migrated")) == 3
        assert engine.verify(reading().session).ok


def test_what_cannot_be_dealt_with_is_in_the_report(app: Flask, jobs: DbosJobs) -> None:
    with app.app_context():
        with work() as unit:
            engine.deploy(unit, small_bundle(), THE_SYSTEM)
            instance = engine.start(unit, "hello", PROJECT, {}, THE_SYSTEM)
        with work() as unit:
            engine.deploy(unit, small_bundle("Say good day"), THE_SYSTEM)
            asked = asked_for(unit, [instance])
        with work() as unit:
            engine.give_up(unit, asked, instance, "The disk is full.")
            engine.give_up(unit, asked, instance, "The disk is full.")
        (outcome,) = engine.outcomes(reading(), asked)
        assert (outcome.outcome, outcome.notes) == ("failed", ("It could not be dealt with: The disk is full.",))
        assert engine.instance(reading(), instance).version == 1
