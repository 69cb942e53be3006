"""Expressions of other engines: `${…}` of JUEL and `return …;` brought into ours, `=…` of FEEL left as it is."""

from __future__ import annotations

import re
from collections.abc import Callable

_WRAPPED = re.compile(r"\s*[$#]\{(.*)\}\s*", re.DOTALL)
_RETURNED = re.compile(r"\s*return\b(.*?);?\s*", re.DOTALL)
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<name>[A-Za-z_]\w*)"""
    r"""|(?P<sign>&&|\|\||[=!<>]=|[-+*/%()\[\]<>!?:.]))""",
    re.ASCII,
)
_STRINGS = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")
_SPELT = re.compile(r"&&|\|\||===|!==|!(?!=)|\b(?:true|false|null)\b")
"""What Java and JavaScript write and our expressions do not."""
_WORDS = {
    "and": "&&", "or": "||", "not": "!", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=",
    "div": "/", "mod": "%",
}  # fmt: skip
_LITERALS = {"true": "True", "false": "False", "null": "None"}
_ENGINE = "execution"
"""What is asked of the other engine, and no variable."""
_BINARY = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))
_PYTHON = {"||": "or", "&&": "and"}
_DEEPEST = 40
_LONGEST = 2000


class _Untranslatable(ValueError):
    """The expression does more than compare and join values."""


def is_foreign(text: str) -> bool:
    """Whether it is written for another engine: `${…}`, `#{…}`, `=…` or, in Java and its like, `return …;`."""
    return text.lstrip().startswith("=") or _inside(text) is not None


def _inside(text: str) -> str | None:
    found = _WRAPPED.fullmatch(text) or _RETURNED.fullmatch(text)
    return None if found is None else found.group(1)


def translated(text: str) -> str | None:
    """The expression in our form; None when it cannot be brought there. FEEL keeps its `=`: our evaluator knows it."""
    if text.lstrip().startswith("="):
        return text.strip()
    wrapped = _inside(text)
    if wrapped is None:
        return text
    if len(text) > _LONGEST:
        return None
    try:
        return _Juel(_tokens(wrapped)).whole()
    except (_Untranslatable, RecursionError):
        return None


def spelt(text: str) -> str | None:
    """A bare comparison in the spelling of Java or JavaScript in our form; None where it has nothing of that."""
    bare = _STRINGS.sub("''", text)
    if len(text) > _LONGEST or not _SPELT.search(bare):
        return None
    try:
        return _Juel(_tokens(text.replace("===", "==").replace("!==", "!="))).whole()
    except (_Untranslatable, RecursionError):
        return None


def _tokens(text: str) -> list[tuple[str, str]]:
    found, place = [], 0
    text = text.strip()
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            raise _Untranslatable
        kind, said = token.lastgroup or "", token.group(token.lastgroup or 0)
        found.append(("sign", _WORDS[said]) if kind == "name" and said in _WORDS else (kind, said))
        place = token.end()
    return found


class _Juel:
    """A reader of the part of JUEL (Jakarta Expression Language 3.0, 1.2 to 1.20) that compares and joins values."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def whole(self) -> str:
        """The whole expression in our form. Raises _Untranslatable."""
        said = self._choice()
        if self._place != len(self._tokens):
            raise _Untranslatable
        return said

    def _next(self) -> tuple[str, str]:
        return self._tokens[self._place] if self._place < len(self._tokens) else ("", "")

    def _taken(self, *signs: str) -> str | None:
        kind, said = self._next()
        if kind == "sign" and said in signs:
            self._place += 1
            return said
        return None

    def _expect(self, sign: str) -> None:
        if self._taken(sign) is None:
            raise _Untranslatable

    def _choice(self) -> str:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _Untranslatable
        said = self._binary(0)
        if self._taken("?"):
            holds = self._choice()
            self._expect(":")
            said = f"({holds} if {said} else {self._choice()})"
        self._depth -= 1
        return said

    def _binary(self, level: int) -> str:
        if level == len(_BINARY):
            return self._unary()
        below: Callable[[], str] = lambda: self._binary(level + 1)  # noqa: E731 - one line says it
        said = below()
        while sign := self._taken(*_BINARY[level]):
            said = f"({said} {_PYTHON.get(sign, sign)} {below()})"
        return said

    def _unary(self) -> str:
        if self._taken("!"):
            return f"(not {self._unary()})"
        if self._taken("-"):
            return f"(-{self._unary()})"
        if self._next() == ("name", "empty"):
            self._place += 1
            return f"({self._unary()} in [None, '', [], {{}}])"
        return self._primary()

    def _primary(self) -> str:
        if self._taken("("):
            said = self._choice()
            self._expect(")")
            return f"({said})"
        kind, said = self._next()
        if kind not in ("number", "string", "name"):
            raise _Untranslatable
        self._place += 1
        if kind != "name":
            return said
        if said == _ENGINE:
            raise _Untranslatable
        said = _LITERALS.get(said, said)
        while sign := self._taken(".", "["):
            if sign == "[":
                said = f"{said}[{self._choice()}]"
                self._expect("]")
            else:
                kind, part = self._next()
                if kind != "name":
                    raise _Untranslatable
                self._place += 1
                said = f"{said}.{part}"
        if self._next() == ("sign", "("):
            raise _Untranslatable
        return said
