"""What answers come to under each completion rule, by examples and for any answers at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes import deciding
from processes.deciding import ANSWERS, AT_ONCE, MAJORITY, SPONSOR_DECIDES, UNANIMOUS, VETO, YES, Asked, settle

TIED = {"veto": ("Sponsor",)}
RULES = (UNANIMOUS, MAJORITY, VETO, SPONSOR_DECIDES, AT_ONCE, "1", "2", "3")
SHORT = {"y": "approved", "c": "conditional", "p": "partly", "n": "rejected", "r": "returned", "a": "abstained"}


def of(said: str) -> dict[str, Asked]:
    """“yn-|y”: two stakeholders who said yes and no, one silent, and behind the bar a sponsor who said yes."""
    stakeholders, _, sponsors = said.partition("|")
    people = [("Stakeholder", one) for one in stakeholders] + [("Sponsor", one) for one in sponsors]
    return {f"{number}": Asked(role, SHORT.get(one)) for number, (role, one) in enumerate(people)}


@pytest.mark.parametrize(
    ("rule", "said", "outcome"),
    [
        (UNANIMOUS, "yyy", "approved"), (UNANIMOUS, "yc|y", "approved"), (UNANIMOUS, "yy-", "open"),
        (UNANIMOUS, "n--", "rejected"), (UNANIMOUS, "yr-", "returned"), (UNANIMOUS, "rn", "rejected"),
        (UNANIMOUS, "yp-", "open"), (UNANIMOUS, "ypy", "partly"), (UNANIMOUS, "ppn", "rejected"),
        # Abstaining stops nothing as long as more than half say yes.
        (UNANIMOUS, "yya", "approved"), (UNANIMOUS, "ya", "returned"), (UNANIMOUS, "aaa", "returned"),
        (MAJORITY, "y-", "open"), (MAJORITY, "yy-", "approved"), (MAJORITY, "yn", "rejected"),
        (MAJORITY, "yn-", "open"), (MAJORITY, "yyn", "approved"), (MAJORITY, "rn-", "rejected"),
        (MAJORITY, "rr-", "returned"), (MAJORITY, "yaa", "returned"), (MAJORITY, "pp-", "open"),
        (MAJORITY, "ppy", "partly"),
        ("1", "y--", "approved"), ("2", "yn-", "open"), ("2", "nn-", "rejected"), ("3", "yy", "returned"),
        (VETO, "yy-|-", "open"), (VETO, "yyy|n", "rejected"), (VETO, "yyy|r", "returned"), (VETO, "nyy|y", "approved"),
        (VETO, "yyy|a", "approved"), (VETO, "yyy|p", "partly"), (VETO, "nnn|-", "rejected"),
        (SPONSOR_DECIDES, "nn|y", "approved"), (SPONSOR_DECIDES, "yy|-", "open"), (SPONSOR_DECIDES, "yy|n", "rejected"),
        (SPONSOR_DECIDES, "yy|a", "returned"), (SPONSOR_DECIDES, "yy", "returned"),
        (AT_ONCE, "|-y", "approved"), (AT_ONCE, "|--", "open"), (AT_ONCE, "|r", "returned"),
        (UNANIMOUS, "", "returned"),
    ],
)  # fmt: skip
def test_an_example(rule, said, outcome):
    assert settle(of(said), rule, **TIED) == outcome


PEOPLE = st.dictionaries(
    st.integers(0, 6),
    st.builds(Asked, st.sampled_from(["Stakeholder", "Sponsor"]), st.none() | st.sampled_from(ANSWERS)),
    max_size=6,
)


@given(PEOPLE, st.sampled_from(RULES))
def test_nothing_is_approved_without_a_yes_and_silence_never_helps(people, rule):
    outcome = settle(people, rule)
    if outcome == "approved":
        assert any(one.answer in YES for one in people.values())
        # Whoever has not spoken yet could have been against from the start of counting heads: taking away a yes counts.
        none = {person: Asked(one.role, None if one.answer in YES else one.answer) for person, one in people.items()}
        assert settle(none, rule) != "approved"
    if people and all(one.answer is not None for one in people.values()):
        assert outcome != "open", "everybody has spoken"


@given(PEOPLE, st.sampled_from(RULES), st.sampled_from(ANSWERS))
def test_an_approval_stands_whoever_speaks_last_unless_their_word_was_needed(people, rule, said):
    """What is settled as approved while somebody is silent cannot be turned by what that person might say."""
    if settle(people, rule) != "approved":
        return
    for person, one in people.items():
        if one.answer is None:
            assert settle({**people, person: Asked(one.role, said)}, rule) == "approved"


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        (("matrix", "parallel", "Sponsor", 5), 0), (("2", "sequential", "Stakeholder, Sponsor", 1), 0),
        (("0", "parallel", "Sponsor", 5), 1), (("most", "parallel", "Sponsor", 5), 1),
        (("veto", "random", "Sponsor", 5), 1), (("veto", "parallel", "", 5), 1),
        (("veto", "parallel", "Project Manager", 5), 1), (("matrix", "parallel", "Sponsor", 0), 1),
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_named(given, wrong):
    assert len(deciding.faults(*given)) == wrong
