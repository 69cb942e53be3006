"""FEEL on the same closures as Python: what is missing or does not fit is null, and logic has three values."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ..errors import ExpressionFailed
from .bounds import Run
from .closures import Code, Compiler, compare_with
from .functions import FUNCTIONS


def _date(_run: Run, text: Any) -> Any:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except (TypeError, ValueError):
        return None


_FEEL_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "count": lambda _run, items: len(items) if isinstance(items, list) else None,
    "string length": lambda _run, text: len(text) if isinstance(text, str) else None,
    "contains": lambda _run, text, part: part in text if isinstance(text, str) else None,
    "starts with": lambda _run, text, part: text.startswith(part) if isinstance(text, str) else None,
    "ends with": lambda _run, text, part: text.endswith(part) if isinstance(text, str) else None,
    "is defined": lambda _run, value: value is not None,
    # A date stays ISO text, which is how answers hold it, so it compares with a date field.
    "date": _date,
    "min": FUNCTIONS["min"], "max": FUNCTIONS["max"], "sum": FUNCTIONS["sum"],
}


def _kind(value: Any) -> type:
    return float if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value)


class FeelCompiler(Compiler):
    """What is missing or does not fit is null instead of a failure, and logic has three values."""

    builtin = _FEEL_FUNCTIONS

    def _name(self, node: ast.Name) -> Code:
        key = node.id
        self.names.add(key)
        return lambda n, _run: n.get(key)

    def _attribute(self, node: ast.Attribute) -> Code:
        owner, key = self.code(node.value), node.attr

        def part(n: Mapping[str, Any], run: Run) -> Any:
            value = owner(n, run)
            if isinstance(value, list):
                run.spend(len(value))
                return [item.get(key) if isinstance(item, dict) else None for item in value]
            return value.get(key) if isinstance(value, dict) else None
        return part

    def _subscript(self, node: ast.Subscript) -> Code:
        owner, index = self.code(node.value), self.code(node.slice)

        def item(n: Mapping[str, Any], run: Run) -> Any:
            value, at = owner(n, run), index(n, run)
            if not isinstance(value, list) or _kind(at) is not float or not at or abs(at) > len(value):
                return None
            return value[int(at) - 1 if at > 0 else int(at)]
        return item

    def _boolop(self, node: ast.BoolOp) -> Code:
        parts = tuple(self.code(value) for value in node.values)
        decisive = isinstance(node.op, ast.Or)

        def decide(n: Mapping[str, Any], run: Run) -> Any:
            unknown = False
            for part in parts:
                value = part(n, run)
                if value is decisive:
                    return decisive
                unknown = unknown or not isinstance(value, bool)
            return None if unknown else not decisive
        return decide

    def _unaryop(self, node: ast.UnaryOp) -> Code:
        operand, negates = self.code(node.operand), isinstance(node.op, ast.Not)

        def turned(n: Mapping[str, Any], run: Run) -> Any:
            value = operand(n, run)
            if negates:
                return not value if isinstance(value, bool) else None
            return -value if _kind(value) is float else None
        return turned

    def _compare(self, node: ast.Compare) -> Code:
        left = self.code(node.left)
        steps = tuple((_null_safe(op), self.code(right)) for op, right in zip(node.ops, node.comparators, strict=True))

        def chain(n: Mapping[str, Any], run: Run) -> Any:
            a, outcome = left(n, run), True
            for test, right in steps:
                b = right(n, run)
                outcome = test(a, b, run)
                if outcome is not True:
                    return outcome
                a = b
            return outcome
        return chain

    def _binop(self, node: ast.BinOp) -> Code:
        return _or_null(super()._binop(node))

    def _call(self, node: ast.Call) -> Code:
        return _or_null(super()._call(node))


def _null_safe(op: ast.cmpop) -> Callable[[Any, Any, Run], bool | None]:
    test = compare_with(op)
    equality, membership = isinstance(op, (ast.Eq, ast.NotEq)), isinstance(op, ast.In)

    def compare(a: Any, b: Any, run: Run) -> bool | None:
        if membership:
            return test(a, b, run) if isinstance(b, list) else None
        if a is None or b is None:
            return test(a, b, run) if equality else None
        return test(a, b, run) if _kind(a) is _kind(b) and (equality or _kind(a) in (float, str)) else None
    return compare


def _or_null(code: Code) -> Code:
    def attempt(n: Mapping[str, Any], run: Run) -> Any:
        try:
            return code(n, run)
        except (ExpressionFailed, TypeError, ValueError, ArithmeticError):
            # FEEL answers null where a value does not fit; only a used-up budget still ends the evaluation.
            run.spend(0)
            return None
    return attempt
