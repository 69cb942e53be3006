"""Turns a checked syntax tree into closures.

Closures rather than a walker over the tree (simpleeval) or eval(): every operation that can ever happen is a function
written in this room, there is no attribute access and no call on a value anywhere below, and what is refused is refused
when a diagram or form is checked, not when an instance meets it. A condition of three clauses takes one to two
microseconds; the walker takes about five.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import ExpressionFailed, ExpressionRefused
from . import bounds
from .bounds import Run, holds, ordered, same
from .functions import FUNCTIONS

Code = Callable[[Mapping[str, Any], Run], Any]

_BINARY = {
    ast.Add: bounds.add, ast.Sub: bounds.subtract, ast.Mult: bounds.multiply, ast.Div: bounds.divide,
    ast.FloorDiv: bounds.floor_divide, ast.Mod: bounds.remainder, ast.Pow: bounds.power,
}
_ORDER = {
    ast.Lt: ordered(operator.lt), ast.LtE: ordered(operator.le),
    ast.Gt: ordered(operator.gt), ast.GtE: ordered(operator.ge),
}
_BUILDERS = (
    ast.List, ast.Tuple, ast.Set, ast.Dict, ast.BinOp, ast.Call, ast.ListComp, ast.SetComp, ast.DictComp,
    ast.GeneratorExp,
)


def compare_with(op: ast.cmpop) -> Callable[[Any, Any, Run], bool]:
    """The comparison of two values that an operator stands for."""
    if type(op) in _ORDER:
        order = _ORDER[type(op)]
        return lambda a, b, _run: order(a, b)
    return {
        ast.Eq: same,
        ast.NotEq: lambda a, b, run: not same(a, b, run),
        ast.In: lambda a, b, run: holds(b, a, run),
        ast.NotIn: lambda a, b, run: not holds(b, a, run),
        ast.Is: lambda a, b, _run: a is b,
        ast.IsNot: lambda a, b, _run: a is not b,
    }[type(op)]


class Compiler:
    """Compiles one expression and notes which names it reads, which functions it calls and whether it builds values."""

    builtin: Mapping[str, Callable[..., Any]] = FUNCTIONS

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.functions: set[str] = set()
        self.builds = False
        self._bound: list[str] = []

    def code(self, node: ast.AST) -> Code:
        """The closure for one node; raises ExpressionRefused for what the grammar let through but no method knows."""
        if isinstance(node, _BUILDERS):
            self.builds = True
        make = getattr(self, "_" + type(node).__name__.lower(), None)
        if make is None:
            raise ExpressionRefused(f"It uses “{type(node).__name__}” where it is not allowed.")
        return make(node)

    def _constant(self, node: ast.Constant) -> Code:
        value = node.value
        return lambda _n, _run: value

    def _name(self, node: ast.Name) -> Code:
        key = node.id
        if key not in self._bound:
            self.names.add(key)

        def read(n: Mapping[str, Any], _run: Run) -> Any:
            try:
                return n[key]
            except KeyError:
                raise ExpressionFailed(f"There is no value called “{key}”.") from None

        return read

    def _attribute(self, node: ast.Attribute) -> Code:
        owner, key = self.code(node.value), node.attr

        def part(n: Mapping[str, Any], run: Run) -> Any:
            value = owner(n, run)
            if isinstance(value, dict) and key in value:
                return value[key]
            raise ExpressionFailed(f"There is no “{key}” in this value.")

        return part

    def _subscript(self, node: ast.Subscript) -> Code:
        owner = self.code(node.value)
        if isinstance(node.slice, ast.Slice):
            return self._piece(owner, node.slice)
        index = self.code(node.slice)

        def item(n: Mapping[str, Any], run: Run) -> Any:
            value = owner(n, run)
            if isinstance(value, (dict, list, tuple, str)):
                return value[index(n, run)]
            raise ExpressionFailed("Only lists, texts and dicts have items.")

        return item

    def _piece(self, owner: Code, cut: ast.Slice) -> Code:
        ends = [self.code(end) if end else None for end in (cut.lower, cut.upper, cut.step)]

        def piece(n: Mapping[str, Any], run: Run) -> Any:
            value = owner(n, run)
            if not isinstance(value, (list, tuple, str)):
                raise ExpressionFailed("Only lists and texts have pieces.")
            bounds.sized(min(len(value), bounds.MOST_LENGTH), run)
            return value[slice(*(end and end(n, run) for end in ends))]

        return piece

    def _boolop(self, node: ast.BoolOp) -> Code:
        *first, last = (self.code(value) for value in node.values)
        head = tuple(first)
        if isinstance(node.op, ast.And):
            def every(n: Mapping[str, Any], run: Run) -> Any:
                for part in head:
                    value = part(n, run)
                    if not value:
                        return value
                return last(n, run)
            return every

        def some(n: Mapping[str, Any], run: Run) -> Any:
            for part in head:
                value = part(n, run)
                if value:
                    return value
            return last(n, run)
        return some

    def _unaryop(self, node: ast.UnaryOp) -> Code:
        operand = self.code(node.operand)
        if isinstance(node.op, ast.Not):
            return lambda n, run: not operand(n, run)
        sign = -1 if isinstance(node.op, ast.USub) else 1

        def signed(n: Mapping[str, Any], run: Run) -> Any:
            value = operand(n, run)
            if type(value) not in bounds.SCALARS or isinstance(value, str):
                raise ExpressionFailed("Only numbers have a sign.")
            return value * sign
        return signed

    def _binop(self, node: ast.BinOp) -> Code:
        left, right, operate = self.code(node.left), self.code(node.right), _BINARY[type(node.op)]
        return lambda n, run: operate(left(n, run), right(n, run), run)

    def _compare(self, node: ast.Compare) -> Code:
        for op, right in zip(node.ops, node.comparators, strict=True):
            is_plain = isinstance(right, ast.Constant) and (right.value is None or isinstance(right.value, bool))
            if isinstance(op, (ast.Is, ast.IsNot)) and not is_plain:
                raise ExpressionRefused("“is” is for None, True and False only; use “==”.")
        left = self.code(node.left)
        rights = tuple(self.code(right) for right in node.comparators)
        steps = tuple(zip((compare_with(op) for op in node.ops), rights, strict=True))
        if len(steps) == 1:
            test, right = steps[0]
            return lambda n, run: test(left(n, run), right(n, run), run)

        def chain(n: Mapping[str, Any], run: Run) -> bool:
            a = left(n, run)
            for test, right in steps:
                b = right(n, run)
                if not test(a, b, run):
                    return False
                a = b
            return True
        return chain

    def _ifexp(self, node: ast.IfExp) -> Code:
        test, body, other = self.code(node.test), self.code(node.body), self.code(node.orelse)
        return lambda n, run: body(n, run) if test(n, run) else other(n, run)

    def _call(self, node: ast.Call) -> Code:
        name = node.func.id
        self.functions.add(name)
        own = self.builtin.get(name)
        parts = tuple(self.code(part) for part in node.args)
        words = tuple((word.arg, self.code(word.value)) for word in node.keywords)

        def call(n: Mapping[str, Any], run: Run) -> Any:
            given = run.functions.get(name)
            values = [part(n, run) for part in parts]
            named = {word: part(n, run) for word, part in words}
            if given is not None:
                return given(*values, **named)
            if own is not None:
                return own(run, *values, **named)
            raise ExpressionFailed(f"There is no function called “{name}”.")
        return call

    def _list(self, node: ast.List) -> Code:
        parts = tuple(self.code(part) for part in node.elts)
        return lambda n, run: [part(n, run) for part in parts]

    def _tuple(self, node: ast.Tuple) -> Code:
        parts = self._list(node)
        return lambda n, run: tuple(parts(n, run))

    def _set(self, node: ast.Set) -> Code:
        parts = self._list(node)
        return lambda n, run: set(parts(n, run))

    def _dict(self, node: ast.Dict) -> Code:
        parts = tuple((self.code(key), self.code(value)) for key, value in zip(node.keys, node.values, strict=True))
        return lambda n, run: {key(n, run): value(n, run) for key, value in parts}

    def _listcomp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Code:
        return self._comprehension(node, node.generators, node.elt)

    # A generator expression is worked out at once: nothing lazy ever leaves an evaluation.
    _generatorexp = _listcomp

    def _setcomp(self, node: ast.SetComp) -> Code:
        items = self._listcomp(node)
        return lambda n, run: set(items(n, run))

    def _dictcomp(self, node: ast.DictComp) -> Code:
        items = self._comprehension(node, node.generators, ast.Tuple([node.key, node.value], ast.Load()))
        return lambda n, run: dict(items(n, run))

    def _comprehension(self, node: ast.AST, generators: list[ast.comprehension], element: ast.expr) -> Code:
        # Each turn pays for every node under the comprehension, so nested loops cannot hide their work.
        cost = sum(1 for _ in ast.walk(node))
        depth = len(self._bound)
        heads = []
        for generator in generators:
            source = self.code(generator.iter)
            target = generator.target
            names = tuple(part.id for part in target.elts) if isinstance(target, ast.Tuple) else (target.id,)
            self._bound.extend(names)
            tests = tuple(self.code(test) for test in generator.ifs)
            heads.append((source, names, isinstance(target, ast.Tuple), tests))
        value = self.code(element)
        del self._bound[depth:]

        def loop(scope: dict[str, Any], run: Run, out: list[Any]) -> None:
            out.append(value(scope, run))

        for source, names, unpack, tests in reversed(heads):
            loop = _turn(source, names, unpack, tests, cost, loop)

        def comprehend(n: Mapping[str, Any], run: Run) -> list[Any]:
            run.spend(len(n))
            out: list[Any] = []
            loop(dict(n), run, out)
            return out
        return comprehend


def _turn(source: Code, names: tuple[str, ...], unpack: bool, tests: tuple[Code, ...], cost: int, inner: Any) -> Any:
    def loop(scope: dict[str, Any], run: Run, out: list[Any]) -> None:
        items = source(scope, run)
        if not isinstance(items, (list, tuple, set, dict, str)):
            raise ExpressionFailed("“for” needs a list.")
        for item in items:
            run.spend(cost)
            if not unpack:
                scope[names[0]] = item
            elif isinstance(item, (list, tuple)) and len(item) == len(names):
                scope.update(zip(names, item, strict=True))
            else:
                raise ExpressionFailed(f"“for” needs lists of {len(names)} here.")
            if all(test(scope, run) for test in tests):
                inner(scope, run, out)
    return loop
