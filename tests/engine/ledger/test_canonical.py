"""Canonical JSON: the published rules, and a clear word on what cannot be kept."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Refused
from engine.ledger.canonical import canonical, digest, instant, is_canonical


def test_it_sorts_keys_by_utf16_and_writes_numbers_as_ecmascript_does():
    value = {"\u20ac": 1, "\r": 2, "1": 3, "\ufb33": 4, "\U0001f600": 5, "a": [1.0, 1e21, 1e-7, 0.1, -0.0]}
    assert canonical(value) == '{"\\r":2,"1":3,"a":[1,1e+21,1e-7,0.1,0],"€":1,"😀":5,"\ufb33":4}'.encode()


WORDS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner),
)


@given(VALUES | st.dictionaries(st.from_regex("[ -~]{0,4}", fullmatch=True), st.none() | WORDS))
def test_the_quick_way_writes_what_the_reference_writes(value):
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("code", [*range(0x20), 0x22, 0x5C, 0x7F, 0x2028, 0xFFFF, 0x1F600])
def test_every_escape_is_that_of_the_reference(code):
    assert canonical({"a": chr(code)}) == rfc8785.dumps({"a": chr(code)})


def test_a_digest_does_not_depend_on_the_order_of_keys():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


def test_composed_and_decomposed_letters_are_different_texts():
    assert digest("\u00e9") != digest("e\u0301")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"a": [0, 2**53]}, "a[1] is larger than 2^53"),
        ({"a": float("nan")}, "a is not a finite number"),
        ([float("inf")], "[0] is not a finite number"),
        ({"a": {1: "x"}}, "key at a is not text"),
        ({"a": "\ud800"}, "text at a holds half a character"),
        ({"\udfff": 1}, "a key of the value holds half a character"),
        ({"at": datetime(2026, 1, 1, tzinfo=UTC)}, "at is a datetime"),
        ({"on": date(2026, 1, 1)}, "on is a date"),
        (b"bytes", "the value is a bytes"),
    ],
)
def test_what_json_cannot_hold_is_refused_by_its_place(value, words):
    with pytest.raises(Refused) as refused:
        canonical(value)
    assert words in str(refused.value)


def test_nesting_without_end_is_refused():
    endless: list = []
    endless.append(endless)
    with pytest.raises(Refused):
        canonical(endless)


def test_an_instant_is_written_in_utc_to_the_microsecond():
    assert instant(datetime(2026, 1, 5, 11, 0, tzinfo=timezone(timedelta(hours=2)))) == "2026-01-05T09:00:00.000000Z"
    with pytest.raises(ValueError, match="offset"):
        instant(datetime(2026, 1, 5))  # noqa: DTZ001


@pytest.mark.parametrize("text", ['{"b":1,"a":2}', '{"a": 1}', '{"a":1.0}', "{", '{"a":NaN}'])
def test_other_ways_to_write_json_are_not_canonical(text):
    assert not is_canonical(text)
