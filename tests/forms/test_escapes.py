"""Attempts to leave the data, or to stop the machine, each refused at once."""

import contextlib
import json

import pytest

from forms import ExpressionError, compile_expression, compile_script, feel
from tests.forms.timing import quick

NAMES = {"a": {"b": 1}, "xs": list(range(1000)), "text": "t" * 50_000, "big": [0] * 99_000, "n": 10**60}

REACHING = [
    "().__class__",
    "().__class__.__base__.__subclasses__()",
    "''.__class__.__mro__[1]",
    "a.__class__",
    "a.__init__.__globals__",
    "__import__('os').system('id')",
    "__builtins__",
    "__name__",
    "a.__dict__",
    "(lambda: 1)()",
    "lambda x: x",
    "[].append(1)",
    "'a'.upper()",
    "'{0.__class__}'.format(a)",
    "'{}'.format_map(a)",
    "f'{a}'",
    "f'{a.__class__}'",
    "'%s' % a",
    "'%d' % 5",
    "text % (1,)",
    "getattr(a, 'b')",
    "eval('1')",
    "exec('1')",
    "open('/etc/passwd')",
    "compile('1', '', 'eval')",
    "globals()",
    "locals()",
    "vars()",
    "dir(a)",
    "type(a)",
    "object()",
    "super()",
    "setattr(a, 'b', 1)",
    "input()",
    "breakpoint()",
    "print(1)",
    "(x := 5)",
    "[*xs]",
    "{**a}",
    "len(*xs)",
    "sorted(**a)",
    "max(xs, key=len)",
    "yield_ := 1",
    "await a",
    "(yield)",
    "a.b.c()",
    "xs[0]()",
    "(len)(xs)(1)",
    "[len][0](xs)",
    "{'f': len}['f'](xs)",
    "len.__self__",
    "len",
    "b'bytes'",
    "1j",
    "...",
    "~5",
    "1 << 10**9",
    "a @ a",
    "1 | 2",
    "not_there()",
    "a is a",
    "import os",
    "a = 1",
    "del a",
    "[x async for x in xs]",
    "[a.b for a.b in xs]",
    "[x for [x] in xs]",
    "ｅｖａｌ('1')",
    "a.＿＿class__",
    "'\\ud800'",
    "",
    "   ",
    "a b",
    "\x00",
    "a;b",
    "a\nb",
    "{'__class__': 1}.__class__",
    "str.join",
    "int.from_bytes(xs)",
    "iter(xs)",
    "a if",
    "é̸(1)",
    "a.__getattribute__('b')",
    "a.get('b')",
    "a.items()",
    "[].__class__.__mro__[1].__subclasses__()",
    "{}.__init__.__globals__['os']",
    "text.format(a)",
    "text.join(xs)",
    "text.encode()",
    "'{a.__class__}'.format(a=a)",
    "str.format('{}', a)",
    "str(a).__class__",
    "a['__class__'].x()",
    "xs.__len__()",
    "(1).__class__",
    "1 .real.__class__",
    "True.__class__",
    "None.__class__",
    "(x for x in xs).gi_frame",
    "[x for x in xs].gi_frame.f_back",
    "[f for f in [len]]",
    "[(lambda: x) for x in xs]",
    "{x: y for x, y in [(len, 1)]}",
    "sorted(xs, key=lambda x: 1)",
    "map(len, xs)",
    "filter(None, xs)",
    "reduce(len, xs)",
    "range(10)",
    "chr(95)",
    "ord('a')",
    "bytes(10)",
    "hasattr(a, 'b')",
    "delattr(a, 'b')",
    "id(a)",
    "hash(a)",
    "memoryview(text)",
    "callable(len)",
    "isinstance(a, len)",
    "property(len)",
    "classmethod(len)",
    "help()",
    "exit()",
    "quit()",
    "__debug__",
    "__loader__",
    "_",
    "a.\u005f\u005fclass\u005f\u005f",
    "ａ.__class__",
    "𝓮𝓿𝓪𝓵('1')",
    "getattr\u200b(a, 'b')",
    "exec\x0c('1')",
    "\ufeffeval('1')",
    "a#\n.__class__",
    "a\\\n.__class__",
    "t'{a}'",
    "rf'{a}'",
    "u'' b''",
    "print if a else eval",
    "match a: pass",
    "raise a",
    "assert a",
    "global a",
    "with a: pass",
    "lambda: (yield)",
    "*xs",
    "**a",
    "a[b:=1]",
    "a[::len]",
    "-'a'",
    "not_a_name.__class__",
]
BOMBS = [
    "9**9**9",
    "9**9**9**9",
    "10**101",
    "2**-10**9 * 0 + 10**101",
    "'a'*10**10",
    "[0]*10**10",
    "(0,)*10**9",
    "10**9*'ab'",
    "text+text+text",
    "text*3",
    "big+big",
    "n*n*n",
    "-n*n",
    "1e308*10",
    "1e999",
    "float('inf')",
    "float('1e999')",
    "int(1e300)",
    "int('9'*5000)",
    "str(n)*10**6",
    "round(5, -10**9)",
    "round(5, 10**9)",
    "round(1e300, -5) * 1e300",
    "[x for x in big for y in big]",
    "[1 for x in xs for y in xs for z in xs]",
    "sum([x for x in xs for y in xs])",
    "[[x]*1000 for x in xs]",
    "[text for x in xs]",
    "{x: [x]*999 for x in xs}",
    "len([1 for x in text for y in text])",
    "[[b]*9 for b in [[c]*9 for c in [[d]*9 for d in [[e]*9 for e in [[f]*9 for f in xs]]]]]",
    "[[[[xs]*100]*100]*100]*100",
    "[[[[xs]*100]*100]*100]*100 == [[[[xs]*100]*100]*100]*100",
    "[[xs]*1000]*10 == [[xs]*1000]*10",
    "str([[[[xs]*100]*100]*100]*100)",
    "sorted([text for x in xs])",
    "sorted(big + [1])",
    "sum([[1], [2]], [])",
    "max([[xs]*1000, [xs]*1000])",
    "[sum(xs) for x in xs]",
    "any([x in big for x in xs])",
    "[text in text for x in xs]",
    "[x in xs for x in big]",
    "[text[1:] for x in big]",
    "[xs == xs for x in big]",
    "[sorted(xs) for x in xs]",
    "(" * 300 + ")" * 300,
    "[" * 90 + "]" * 90,
    "-" * 1500 + "1",
    "not " * 400 + "a",
    "1" + "+1" * 900,
    "a" + ".b" * 500,
    "xs" + "[0]" * 400,
    "1" * 1999,
    "x" * 2001,
    "'" + "a" * 3000 + "'",
    "a if a else " * 60 + "a",
    "[[x for x in xs] for y in xs for z in xs]",
    "{str(x) + text for x in xs}",
    "10**100*10**100",
    "2**2**2**2**2**2",
    "(-2)**(10**9)",
    "(10**100)**(10**100)",
    "n//1e-308*n*n",
    "round(n*n, -100)",
    "float(n)**float(n)",
    "1e308**2",
    "text[0:]+text[0:]+text",
    "str(big)*1000",
    "str([str(big), str(big), str(big)])",
    "sorted([sorted(big) for x in xs])",
    "min([big for x in xs])",
    "sum([sum(big) for x in xs])",
    "len(text) * text",
    "[xs for x in xs for y in xs]",
    "[x + y for x in big for y in xs if x == y]",
    "any([any(big) for x in xs])",
    "all([y in big for y in big])",
    "big == [x for x in big if x in big]",
    "{x: {y: xs for y in xs} for x in xs}",
    "a == " * 400 + "a",
    "a and " * 900 + "a",
    "a or " * 900 + "a",
    "{" * 200 + "}" * 200,
    "[a for a in " * 30 + "xs" + "]" * 30,
    "a[" * 200 + "0" + "]" * 200,
    "0x" + "f" * 1900,
    "0b" + "1" * 1900,
    "1_" * 900 + "1",
    "9" * 400 + ".0 ** 2 * " + "9" * 300,
    "len(" * 100 + "xs" + ")" * 100,
    "str(" * 60 + "1" + ")" * 60,
    "'" + "\\u0041" * 300 + "' * 10**6",
]


@pytest.mark.parametrize("text", REACHING + BOMBS)
def test_refused_quickly(text: str) -> None:
    def attempt() -> None:
        with pytest.raises(ExpressionError):
            compile_expression(text).evaluate(NAMES)

    assert quick(attempt, 0.05)


@pytest.mark.parametrize("text", REACHING + BOMBS)
@pytest.mark.parametrize("begin", ["", "= "])
def test_in_feel_it_is_refused_or_is_data_quickly(begin: str, text: str) -> None:
    def attempt() -> None:
        with contextlib.suppress(ExpressionError):
            json.dumps(feel(begin + text).evaluate(NAMES))

    assert quick(attempt, 0.05)


@pytest.mark.parametrize("text", REACHING + BOMBS)
def test_in_a_script_it_is_refused_quickly(text: str) -> None:
    def attempt() -> None:
        # A script may be longer than an expression, so that alone is no reason to refuse one.
        with contextlib.suppress(ExpressionError) if len(text) > 2000 else pytest.raises(ExpressionError):
            compile_script(f"value = {text}").run(NAMES)

    assert quick(attempt, 0.05)


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(set(REACHING + BOMBS)) >= 60


@pytest.mark.parametrize(
    "text",
    [
        "a = [0] * 1000\nb = [a] * 1000\nc = [b] * 1000",
        "\n".join(["a = 'x' * 90000", *(f"b{n} = a + ''" for n in range(200))]),
        "\n".join(["a = [1]", *["a = [a, a, a, a, a, a, a, a, a, a]"] * 30]),
        "a = " + "1\na = " * 3000 + "1",
    ],
)
def test_scripts_cannot_add_up_to_a_bomb(text: str) -> None:
    def attempt() -> None:
        with pytest.raises(ExpressionError):
            compile_script(text).run({})

    assert quick(attempt, 0.1)


def test_a_function_of_the_caller_is_no_value() -> None:
    with pytest.raises(ExpressionError):
        compile_expression("helper").evaluate({}, {"helper": lambda: 1})
