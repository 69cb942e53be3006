"""Claims in the figures: what is claimed is not done, and whoever claims has not been silent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

import processes
from processes.claims import claimable, told
from processes.metrics import Fact, History, Promise, Told, earned, stale, stood_stale, told_late
from processes.reviews import to_review
from processes.tables import ClaimRow
from tests.databases import on_sqlite

DUE, CLAIM, ACCEPT = date(2026, 3, 10), date(2026, 3, 12), date(2026, 3, 30)
EXPECTED = Fact("M1", date(2026, 3, 1), DUE, "expected")


def history(*more: Fact, claims: tuple[Told, ...] = ()) -> History:
    """One milestone that was promised for the tenth, and the claims of it."""
    return History(date(2026, 3, 1), (Promise("M1", DUE),), (EXPECTED, *more), claims)


def test_a_claimed_milestone_earns_nothing_until_it_is_accepted() -> None:
    done = Fact("M1", ACCEPT, date(2026, 3, 9), "actual")
    found = history(done, claims=(Told("M1", CLAIM, ACCEPT),))
    assert [earned(found, day).ev for day in (CLAIM, date(2026, 3, 29), ACCEPT)] == [0, 0, 1]


def test_a_forecast_is_not_stale_while_the_milestone_is_claimed() -> None:
    open_claim = history(claims=(Told("M1", CLAIM, None),))
    assert [one.days for one in stale(open_claim, date(2026, 3, 11))] == [1]
    assert stale(open_claim, date(2026, 3, 29)) == ()
    (stood,) = stood_stale(open_claim, date(2026, 3, 29))
    assert (stood.days, stood.open) == (2, False)


def test_a_claim_that_did_not_hold_leaves_the_forecast_as_stale_as_it_was() -> None:
    sent_back = history(claims=(Told("M1", CLAIM, date(2026, 3, 15)),))
    assert stale(sent_back, date(2026, 3, 14)) == ()
    assert [one.days for one in stale(sent_back, date(2026, 3, 20))] == [10]


def test_how_long_the_acceptance_took_is_not_laid_to_the_owner() -> None:
    late = Fact("M1", ACCEPT, date(2026, 3, 12), "actual")
    found = history(late, claims=(Told("M1", CLAIM, ACCEPT),))
    assert [one.days for one in stood_stale(found, ACCEPT)] == [2]
    assert [one.warning for one in told_late(found, ACCEPT)] == [-2]
    assert [one.warning for one in told_late(history(late), ACCEPT)] == [-20]


@on_sqlite
def test_a_project_s_history_knows_since_when_a_milestone_was_claimed(running: Any) -> None:
    processes.claim_milestone(running.unit, "apollo", "M1", running.actor("tom"))
    running.session.commit()
    about = processes.project(running.unit, "apollo")
    assert told(running.unit, about) == (), "nothing is claimed without evidence"
    running.wait(days=2)
    evidence = {"decision": "complete", "text": "Signed by both", "met_on": "2026-03-03"}
    running.do("tom", "state-claim", evidence)
    running.wait(days=3)
    running.do("pm", "verify-claim", {"decision": "rejected", "findings": "One has not signed"})
    running.do("tom", "state-claim", evidence)
    running.wait(days=2)
    running.do("pm", "verify-claim", {"decision": "approved"})
    days = [date(2026, 3, day) for day in (4, 7, 9)]
    assert told(running.unit, about) == (Told("M1", days[0], days[1]), Told("M1", days[1], days[2]))
    assert processes.history(running.unit, "apollo").told == told(running.unit, about)
    said = [(one.round, one.status) for one in processes.claim_words(running.unit, "apollo", "Q1")]
    assert said == [(1, "claimed"), (1, "sent-back"), (2, "claimed"), (2, "verified"), (2, "accepted")]


@on_sqlite
def test_a_review_is_told_what_is_claimed_and_not_accepted(running: Any) -> None:
    processes.claim_milestone(running.unit, "apollo", "M1", running.actor("tom"))
    running.do("tom", "state-claim", {"decision": "complete", "text": "Signed", "met_on": "2026-03-02"})

    def line() -> tuple[str, str]:
        one = to_review(running.unit, "apollo")[0]
        return one["outcome"], one["remark"]

    assert line() == ("pending", "Claimed complete, not accepted yet.")
    running.do("pm", "verify-claim", {"decision": "approved"})
    assert line() == ("completed", "")


def test_one_open_claim_for_each_milestone_and_the_database_holds_it(running: Any) -> None:
    assert claimable(running.unit, "apollo", "tia") == ["M2", "M3"]
    first = processes.claim_milestone(running.unit, "apollo", "M2", running.actor("tia"))
    running.session.commit()
    assert claimable(running.unit, "apollo", "tia") == ["M3"]
    with pytest.raises(processes.StepRefused, match=f"the claim {first} is open"):
        processes.claim_milestone(running.unit, "apollo", "M2", running.actor("tia"))
    row = running.session.get(ClaimRow, ("apollo", first))
    values = {one.name: getattr(row, one.name) for one in ClaimRow.__table__.c}
    running.session.add(ClaimRow(**values | {"id": "Q9", "sequence": 9, "instance": None}))
    with pytest.raises(IntegrityError):
        running.session.flush()
    running.session.rollback()
