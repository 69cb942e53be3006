"""Which Python syntax is an expression here: everything that is not listed is refused when the text is compiled."""

from __future__ import annotations

import ast
import math
import re

from ..errors import ExpressionRefused
from .bounds import MOST_NUMBER

MOST_CHARACTERS = 2_000
MOST_SCRIPT_CHARACTERS = 10_000
MOST_DEPTH = 40

_ALLOWED: tuple[type[ast.AST], ...] = (
    ast.Expression, ast.Constant, ast.Name, ast.Load, ast.Store, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not,
    ast.USub, ast.UAdd, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.Compare,
    ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.IfExp, ast.Subscript,
    ast.Slice, ast.Attribute, ast.Call, ast.keyword, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp,
    ast.DictComp, ast.GeneratorExp, ast.comprehension,
)

_LONE = re.compile(r"(?<![=!<>:])=(?!=)")

_REFUSED = {
    ast.Lambda: "It defines a function.", ast.NamedExpr: "It assigns a name.", ast.JoinedStr: "It uses an f-string.",
    ast.FormattedValue: "It uses an f-string.", ast.Starred: "It unpacks a list with “*”.",
    ast.Await: "It waits for something.", ast.Yield: "It is a generator.", ast.YieldFrom: "It is a generator.",
}


def parse(text: str) -> ast.expr:
    """The checked syntax tree of one expression; raises ExpressionRefused."""
    if not isinstance(text, str) or not text.strip():
        raise ExpressionRefused("It is empty.")
    if len(text) > MOST_CHARACTERS:
        raise ExpressionRefused(f"It is longer than {MOST_CHARACTERS:,} characters.")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        way = " To compare, write “==”." if _compares(text) else ""
        raise ExpressionRefused(f"“{' '.join(text.split())[:80]}” cannot be read as an expression.{way}") from None
    check(tree)
    return tree


def _compares(text: str) -> bool:
    """Whether it could be read if a lone “=” were “==”."""
    doubled = _LONE.sub("==", text.strip())
    try:
        return doubled != text.strip() and bool(ast.parse(doubled, mode="eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def check(tree: ast.AST) -> None:
    """Refuse every node that is not on the list, names that begin with two underscores, and trees that are too deep.

    Raises:
        ExpressionRefused: naming the first thing that is not allowed.
    """
    todo: list[tuple[ast.AST, int]] = [(tree, 1)]
    while todo:
        node, depth = todo.pop()
        if depth > MOST_DEPTH:
            raise ExpressionRefused(f"It is nested deeper than {MOST_DEPTH} levels.")
        if not isinstance(node, _ALLOWED):
            raise ExpressionRefused(_REFUSED.get(type(node), f"It uses “{type(node).__name__}”, which is not allowed."))
        _check_node(node)
        todo.extend((child, depth + 1) for child in ast.iter_child_nodes(node))


def _check_node(node: ast.AST) -> None:
    if isinstance(node, ast.Constant):
        _check_constant(node.value)
    elif isinstance(node, (ast.Name, ast.Attribute)):
        name = node.id if isinstance(node, ast.Name) else node.attr
        if name.startswith("__"):
            raise ExpressionRefused(f"The name “{name}” is not allowed.")
    elif isinstance(node, ast.Call) and not isinstance(node.func, ast.Name):
        raise ExpressionRefused("It calls something other than a function by its name.")
    elif isinstance(node, (ast.Call, ast.Dict)):
        if None in (node.keys if isinstance(node, ast.Dict) else [word.arg for word in node.keywords]):
            raise ExpressionRefused("It unpacks a dict with “**”.")
    elif isinstance(node, ast.comprehension):
        _check_target(node)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and _is_text(node.left):
        raise ExpressionRefused("It formats a text with “%”.")


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _check_constant(value: object) -> None:
    if isinstance(value, str):
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            raise ExpressionRefused("It holds a text that cannot be stored.")
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, (int, float)):
        if not math.isfinite(value) if isinstance(value, float) else value > MOST_NUMBER:
            raise ExpressionRefused("A number in it is too large.")
    else:
        raise ExpressionRefused("It holds a value that is neither text, number, yes or no, nor nothing.")


def _check_target(node: ast.comprehension) -> None:
    target = node.target
    names = target.elts if isinstance(target, ast.Tuple) else [target]
    if node.is_async or not all(isinstance(name, ast.Name) for name in names):
        raise ExpressionRefused("“for” takes plain names only.")
