"""Expressions and assignment-only scripts that reach for data and nothing else; compiled once, kept by their text."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from ..errors import ExpressionFailed, ExpressionRefused
from .bounds import Run, measure
from .closures import Code, Compiler
from .feel import FeelCompiler
from .feel_grammar import parse_feel
from .grammar import MOST_SCRIPT_CHARACTERS, check, parse

__all__ = ["Expression", "Script", "compile_expression", "compile_script", "feel"]

# Failures of the data, not of this program: the expression asked for something that these values cannot give.
_DATA_FAULTS = (TypeError, ValueError, ArithmeticError, LookupError, RecursionError, MemoryError)
Functions = Mapping[str, Callable[..., Any]]
_NO_FUNCTIONS: Functions = {}
_FEEL_LINE = re.compile(r"\s*([A-Za-z]\w*)\s*=\s+(=(?!=).*)", re.ASCII | re.DOTALL)


class Expression:
    """One compiled expression. `names` are the values it reads, `functions` the functions it calls."""

    __slots__ = ("_builds", "_code", "functions", "names", "text")

    def __init__(self, text: str, code: Code, compiler: Compiler) -> None:
        self.text = text
        self.names: frozenset[str] = frozenset(compiler.names)
        self.functions: frozenset[str] = frozenset(compiler.functions)
        self._code = code
        self._builds = compiler.builds

    def evaluate(self, names: Mapping[str, Any], functions: Functions = _NO_FUNCTIONS) -> Any:
        """The value for these names.

        Raises:
            ExpressionFailed: a name is missing, the values do not fit, or the work exceeds its bounds.
        """
        return self.within(Run(functions), names)

    def within(self, run: Run, names: Mapping[str, Any]) -> Any:
        """The value, paid from the steps that a run has left."""
        try:
            value = self._code(names, run)
            # Only an expression that builds lists can nest one value so often that writing it out would never end.
            if self._builds:
                measure(value, run)
        except _DATA_FAULTS as fault:
            raise ExpressionFailed(f"In “{self.text[:200]}”: {fault}") from None
        return value

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


class Script:
    """Lines of `name = expression`. `names` are read from outside, `assigns` are set, in order."""

    __slots__ = ("_lines", "assigns", "functions", "names", "text")

    def __init__(self, text: str, lines: tuple[tuple[str, Expression], ...]) -> None:
        self.text = text
        self._lines = lines
        self.assigns = tuple(dict.fromkeys(name for name, _ in lines))
        self.functions: frozenset[str] = frozenset().union(*(line.functions for _, line in lines))
        read: set[str] = set()
        known: set[str] = set()
        for name, line in lines:
            read |= line.names - known
            known.add(name)
        self.names = frozenset(read)

    def run(
        self, names: Mapping[str, Any], functions: Functions = _NO_FUNCTIONS, *, forgiving: bool = False
    ) -> dict[str, Any]:
        """The values assigned, by name; later lines see earlier ones, and `names` is left as it is.

        Raises:
            ExpressionFailed: as for an expression; when forgiving, what fails is null instead.
        """
        seen = dict(names)
        set_: dict[str, Any] = {}
        run = Run(functions)
        for name, line in self._lines:
            # Every line is measured on the same budget: a later line can repeat what an earlier one made.
            try:
                seen[name] = set_[name] = line.within(run, seen)
            except ExpressionFailed:
                if not forgiving:
                    raise
                seen[name] = set_[name] = None
        return set_

    def __repr__(self) -> str:
        return f"Script({self.text!r})"


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Compile a condition or value written in Python's expression syntax; the same text is compiled once.

    Raises:
        ExpressionRefused: it is no expression, too long, too deep, or reaches for anything but data.
    """
    tree = parse(text)
    compiler = Compiler()
    return Expression(text, compiler.code(tree), compiler)


@lru_cache(maxsize=1024)
def compile_script(text: str) -> Script:
    """Compile lines of `name = expression`, `name += expression` and the like; nothing else is a script here.

    Several names may be set in one line, and a line may do nothing: `pass`, or a text that explains. Or a script is one
    `name = =expression` of FEEL.

    Raises:
        ExpressionRefused: a line is anything else, or its expression is refused.
    """
    if not isinstance(text, str) or len(text) > MOST_SCRIPT_CHARACTERS:
        raise ExpressionRefused(f"A script has at most {MOST_SCRIPT_CHARACTERS:,} characters.")
    in_feel = _FEEL_LINE.fullmatch(text)
    if in_feel is not None:
        return Script(text, ((in_feel[1], feel(in_feel[2])),))
    try:
        body = ast.parse(text.strip()).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionRefused("It cannot be read as lines of “name = expression”.") from None
    lines = []
    for name, value in (pair for line in body for pair in _assignments(line)):
        check(value)
        compiler = Compiler()
        lines.append((name, Expression(ast.unparse(value), compiler.code(value), compiler)))
    return Script(text, tuple(lines))


def _assignments(line: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """The names that a line sets, each with its expression."""
    if isinstance(line, ast.Pass) or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)):
        return
    pairs: list[tuple[ast.expr, ast.expr]] = []
    if isinstance(line, ast.AugAssign):
        pairs = [(line.target, ast.BinOp(_read(line.target), line.op, line.value))]
    elif isinstance(line, ast.Assign) and len(line.targets) == 1:
        pairs = _side_by_side(line.targets[0], line.value)
    names = [target.id for target, _ in pairs if isinstance(target, ast.Name) and not target.id.startswith("__")]
    if not pairs or len(names) < len(pairs):
        raise ExpressionRefused(f"Line {line.lineno} is not of the form “name = expression”.")
    for place, (name, (_, value)) in enumerate(zip(names, pairs, strict=True)):
        read = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
        if isinstance(line, ast.Assign) and read & {*names[:place]}:  # Python reads all before it sets any
            raise ExpressionRefused(f"Line {line.lineno} reads what it sets. Write one line for each name.")
        yield name, value


def _side_by_side(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    both = (target, value)
    if all(isinstance(one, ast.Tuple | ast.List) for one in both) and len(target.elts) == len(value.elts):
        return list(zip(target.elts, value.elts, strict=True))
    return [both]


def _read(target: ast.expr) -> ast.expr:
    return ast.Name(target.id, ast.Load()) if isinstance(target, ast.Name) else target


@lru_cache(maxsize=4096)
def feel(text: str) -> Expression:
    """Compile the part of FEEL that forms need; a leading `=` is optional. Missing names count as null, as in FEEL.

    Raises:
        ExpressionRefused: it is outside that part.
    """
    tree = parse_feel(text)
    compiler = FeelCompiler()
    return Expression(text, compiler.code(tree), compiler)
