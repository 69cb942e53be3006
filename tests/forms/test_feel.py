"""The part of FEEL that conditions use, its null, and what is refused by name."""

import pytest

from forms import ExpressionRefused, feel

DATA = {
    "a": "x",
    "b": False,
    "n": 5,
    "rows": [{"v": 1}, {"v": 4}],
    "p": {"q": "deep"},
    "due": "2026-11-23",
    "text": "abc",
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('=a = "x" and not(b)', True),
        ('a != "x"', False),
        ("n > 3", True),
        ("n >= 5 and n <= 5", True),
        ("n + 1 = 6", True),
        ("n * 2 - 4 / 2", 8),
        ("-n", -5),
        ("n in [1, 5]", True),
        ("n in (1, 2)", False),
        ("n in [1..5]", True),
        ("n between 6 and 9", False),
        ('a in ["x", "y"]', True),
        ("p.q", "deep"),
        ("rows.v", [1, 4]),
        ("rows[1].v", 1),
        ("rows[-1].v", 4),
        ("rows[0]", None),
        ("rows[9]", None),
        ("count(rows)", 2),
        ("string length(text)", 3),
        ('contains(text, "b")', True),
        ('starts with(text, "a")', True),
        ('ends with(text, "a")', False),
        ("sum(rows.v)", 5),
        ("max(rows.v)", 4),
        ('if n > 3 then "big" else "small"', "big"),
        ('due < date("2026-12-01")', True),
        ("is defined(p.q)", True),
        ("is defined(zz)", False),
        ("true", True),
        ("null", None),
        ('"q\\"uote"', 'q"uote'),
        # what is missing or of another kind is null, and null decides nothing
        ("zz > 3", None),
        ("not(zz)", None),
        ('zz = "x"', False),
        ("zz = null", True),
        ("zz != null", False),
        ("n = a", None),
        ("a > 3", None),
        ("b and zz", False),
        ("zz or true", True),
        ("zz and true", None),
        ("zz or false", None),
        ("zz.y.z", None),
        ("a.y", None),
        ("n / 0", None),
        ('n + "x"', None),
        ("n in 7", None),
        ("count(n)", None),
        ("if zz then 1 else 2", 2),
        ("sum(a)", None),
    ],
)
def test_value(text: str, value: object) -> None:
    found = feel(text).evaluate(DATA)
    assert found == value
    assert type(found) is type(value) or found == pytest.approx(value)


def test_names() -> None:
    assert feel('=a = "x" or p.q in [n]').names == {"a", "p", "n"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "=",
        "a =",
        "(a",
        "a)",
        "a ==",
        "every x in rows satisfies x > 1",
        "for x in rows return x",
        "now()",
        "today()",
        "a.b.c()",
        "function(x) x",
        "a; b",
        "{a: 1}",
        "'single'",
        "a ? b",
        "not(a, b)",
        "a.__class__",
        "__x",
        "(" * 100,
        "-" * 3000,
        "1 +" * 45 + "1",
        "if a then b",
        "a between 1",
        "a[",
        "rows[1",
        '@"x"',
        "a => b",
        "9" * 400,
        '"\\',
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(ExpressionRefused) as caught:
        feel(text)
    assert caught.value.detail
