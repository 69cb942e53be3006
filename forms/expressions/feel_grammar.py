"""Reads the part of FEEL that form conditions need into the syntax tree that Python expressions have."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from ..errors import ExpressionRefused
from .grammar import MOST_CHARACTERS, MOST_DEPTH, check

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<name>[^\W\d]\w*)"""
    r"""|(?P<sign>\.\.|<=|>=|!=|[-=<>+*/().,\[\]]))""",
    re.DOTALL,
)
_TWO_WORDS = {("string", "length"): "string length", ("starts", "with"): "starts with", ("ends", "with"): "ends with",
              ("is", "defined"): "is defined"}
_WORDS = {"and", "or", "in", "if", "then", "else", "between", "true", "false", "null", "some", "every", "for", "return",
          "satisfies", "function", "instance"}
FEEL_NAMES = frozenset({"count", "string length", "contains", "starts with", "ends with", "is defined", "date",
                         "min", "max", "sum"})
_COMPARISONS = {"=": ast.Eq, "!=": ast.NotEq, "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE}
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


def parse_feel(text: str) -> ast.expr:
    """The syntax tree of a FEEL expression; raises ExpressionRefused."""
    if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
        raise ExpressionRefused(f"It is no text of at most {MOST_CHARACTERS:,} characters.")
    reader = _Reader(text.strip().removeprefix("="))
    tree = reader.expression()
    if reader.peek() != ("end", ""):
        raise ExpressionRefused(f"It cannot be read from “{reader.peek()[1]}” on.")
    check(tree)
    return tree


class _Reader:
    """Recursive descent, one method for each level of precedence."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        """The kind and text of a coming token."""
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def _take(self, *signs: str) -> str | None:
        kind, word = self.peek()
        if kind in ("sign", "name") and word in signs:
            self._at += 1
            return word
        return None

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise ExpressionRefused(f"“{sign}” is expected before “{self.peek()[1] or 'the end'}”.")

    def expression(self) -> ast.expr:
        """if … then … else …, or the levels below."""
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise ExpressionRefused(f"It is nested deeper than {MOST_DEPTH} levels.")
        if self._take("if"):
            test = self.expression()
            self._need("then")
            body = self.expression()
            self._need("else")
            tree: ast.expr = ast.IfExp(test, body, self.expression())
        else:
            tree = self._chain("or", ast.Or, lambda: self._chain("and", ast.And, self._comparison))
        self._depth -= 1
        return tree

    def _chain(self, word: str, op: type[ast.boolop], below: Callable[[], ast.expr]) -> ast.expr:
        parts = [below()]
        while self._take(word):
            parts.append(below())
        return parts[0] if len(parts) == 1 else ast.BoolOp(op(), parts)

    def _comparison(self) -> ast.expr:
        left = self._sum()
        if sign := self._take(*_COMPARISONS):
            return ast.Compare(left, [_COMPARISONS[sign]()], [self._sum()])
        if self._take("between"):
            low = self._sum()
            self._need("and")
            return _within(left, low, self._sum())
        if self._take("in"):
            return self._membership(left)
        return left

    def _membership(self, left: ast.expr) -> ast.expr:
        if not self._take("[", "("):
            return ast.Compare(left, [ast.In()], [self._sum()])
        closing = "]" if self.peek(-1)[1] == "[" else ")"
        first = self.expression()
        if closing == "]" and self._take(".."):
            last = self.expression()
            self._need("]")
            return _within(left, first, last)
        return ast.Compare(left, [ast.In()], [ast.List([first, *self._rest(closing)], ast.Load())])

    def _rest(self, closing: str) -> list[ast.expr]:
        parts = []
        while self._take(","):
            parts.append(self.expression())
        self._need(closing)
        return parts

    def _sum(self) -> ast.expr:
        tree = self._product()
        while sign := self._take("+", "-"):
            tree = ast.BinOp(tree, ast.Add() if sign == "+" else ast.Sub(), self._product())
        return tree

    def _product(self) -> ast.expr:
        tree = self._signed()
        while sign := self._take("*", "/"):
            tree = ast.BinOp(tree, ast.Mult() if sign == "*" else ast.Div(), self._signed())
        return tree

    def _signed(self) -> ast.expr:
        negative = bool(self._take("-"))
        tree = self._primary()
        while sign := self._take(".", "["):
            if sign == ".":
                kind, word = self.peek()
                if kind != "name":
                    raise ExpressionRefused("A name is expected after “.”.")
                self._at += 1
                tree = ast.Attribute(tree, word, ast.Load())
            else:
                tree = ast.Subscript(tree, self.expression(), ast.Load())
                self._need("]")
        return ast.UnaryOp(ast.USub(), tree) if negative else tree

    def _primary(self) -> ast.expr:
        kind, word = self.peek()
        self._at += 1
        if kind == "number":
            return ast.Constant(float(word) if "." in word else int(word))
        if kind == "text":
            return ast.Constant(re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[0]), word[1:-1], flags=re.DOTALL))
        if kind == "name" and word in ("true", "false", "null"):
            return ast.Constant({"true": True, "false": False, "null": None}[word])
        if kind == "name" and word not in _WORDS:
            return self._named(word)
        if kind == "sign" and word in "([":
            return self._bracket(word)
        raise ExpressionRefused(f"It cannot be read at “{word or 'the end'}”.")

    def _bracket(self, word: str) -> ast.expr:
        if word == "[":
            parts = [] if self._take("]") else [self.expression(), *self._rest("]")]
            return ast.List(parts, ast.Load())
        tree = self.expression()
        self._need(")")
        return tree

    def _named(self, word: str) -> ast.expr:
        name = _TWO_WORDS.get((word, self.peek()[1]))
        if name and self.peek(1) == ("sign", "("):
            self._at += 1
            word = name
        if not self._take("("):
            return ast.Name(word, ast.Load())
        parts = [] if self._take(")") else [self.expression(), *self._rest(")")]
        if word == "not" and len(parts) == 1:
            return ast.UnaryOp(ast.Not(), parts[0])
        if word not in FEEL_NAMES:
            raise ExpressionRefused(f"There is no function “{word}” here.")
        return ast.Call(ast.Name(word, ast.Load()), parts, [])


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found or not found.lastgroup:
            raise ExpressionRefused(f"It cannot be read at “{text[at:at + 20]}”.")
        tokens.append((found.lastgroup, found[found.lastgroup]))
        at = found.end()
    if not tokens:
        raise ExpressionRefused("It is empty.")
    return [*tokens, ("end", "")]


def _within(value: ast.expr, low: ast.expr, high: ast.expr) -> ast.expr:
    return ast.Compare(low, [ast.LtE(), ast.LtE()], [value, high])
