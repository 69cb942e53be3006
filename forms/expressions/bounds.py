"""The limits of one evaluation: steps, sizes, and operators that cannot be used as a bomb."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from ..errors import ExpressionFailed

# About a tenth of a microsecond each, so the budget ends well before 50 ms on a slow machine.
MOST_STEPS = 60_000
MOST_LENGTH = 100_000
MOST_NUMBER = 10**100
_MOST_POWER_BITS = 340  # 10**100 has 333 bits
_CHARACTERS_PER_STEP = 50
_STEPS_PER_PAIR = 3

SCALARS = frozenset({str, int, float, bool, type(None), date, datetime, timedelta})
_LISTS = (list, tuple)
_TEMPORAL = (date, timedelta)


class Run:
    """One evaluation: the functions it may call and the steps it has left."""

    __slots__ = ("functions", "left")

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        self.functions = functions
        self.left = MOST_STEPS

    def spend(self, steps: int) -> None:
        """Take steps from the budget; raises ExpressionFailed when it is used up."""
        self.left -= steps
        if self.left < 0:
            raise ExpressionFailed("It takes too many steps.")


def bounded(value: Any) -> Any:
    """The number itself; refuses one that is too large, not finite or not real."""
    if isinstance(value, int):
        if -MOST_NUMBER <= value <= MOST_NUMBER:
            return value
    elif isinstance(value, float) and math.isfinite(value):
        return value
    raise ExpressionFailed("A number in it is too large.")


def sized(length: int, run: Run) -> None:
    """Pay for a text or list of this length before it is made."""
    if length > MOST_LENGTH:
        raise ExpressionFailed(f"A text or list in it would be longer than {MOST_LENGTH:,}.")
    run.spend(length // _CHARACTERS_PER_STEP)


def measure(value: Any, run: Run) -> None:
    """Pay for every part of a result as it would be written out, so that no short text stands for gigabytes."""
    if type(value) in SCALARS and type(value) is not str:
        return
    todo = [value]
    while todo:
        part = todo.pop()
        run.spend(1)
        if isinstance(part, str):
            run.spend(len(part) // 20)
        elif isinstance(part, dict):
            run.spend(len(part))
            todo.extend(part.values())
        elif isinstance(part, (list, tuple, set)):
            run.spend(len(part))
            todo.extend(part)


def same(a: Any, b: Any, run: Run) -> bool:
    """Equality that pays for every pair it compares."""
    if type(a) in SCALARS or type(b) in SCALARS:
        if type(a) is str and len(a) > _CHARACTERS_PER_STEP:
            run.spend(len(a) // _CHARACTERS_PER_STEP)
        return a == b
    run.spend(_STEPS_PER_PAIR * len(a) if isinstance(a, (dict, *_LISTS)) else 1)
    if isinstance(a, dict) and isinstance(b, dict):
        return len(a) == len(b) and all(key in b and same(a[key], b[key], run) for key in a)
    if isinstance(a, _LISTS) and type(a) is type(b):
        return len(a) == len(b) and all(same(x, y, run) for x, y in zip(a, b, strict=True))
    if isinstance(a, set) and isinstance(b, set):
        run.spend(len(a))
        return a == b
    return False


def holds(container: Any, item: Any, run: Run) -> bool:
    """`item in container` for texts, lists and dicts."""
    if isinstance(container, str):
        run.spend(len(container) // _CHARACTERS_PER_STEP)
        return isinstance(item, str) and item in container
    if isinstance(container, (dict, set)):
        return item in container
    if isinstance(container, _LISTS):
        run.spend(_STEPS_PER_PAIR * len(container))
        return any(same(part, item, run) for part in container)
    raise ExpressionFailed("“in” needs a text, a list or a dict on its right.")


def ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """An order (<, <=, >, >=) between plain values only: lists inside lists could be compared for ever."""

    def between(a: Any, b: Any) -> bool:
        if type(a) in SCALARS and type(b) in SCALARS:
            return compare(a, b)
        raise ExpressionFailed("Only numbers, texts and dates have an order.")

    return between


def _numbers(a: Any, b: Any) -> bool:
    return isinstance(a, (int, float)) and isinstance(b, (int, float)) and bounded(a) is a and bounded(b) is b


def add(a: Any, b: Any, run: Run) -> Any:
    """Numbers, texts, lists, and dates with spans of time."""
    if _numbers(a, b):
        return bounded(a + b)
    if isinstance(a, (str, list, tuple)) and type(a) is type(b):
        sized(len(a) + len(b), run)
        return a + b
    return _dated(operator.add, a, b)


def subtract(a: Any, b: Any, _run: Run) -> Any:
    """Numbers, and dates with dates or spans of time."""
    return bounded(a - b) if _numbers(a, b) else _dated(operator.sub, a, b)


def multiply(a: Any, b: Any, run: Run) -> Any:
    """Numbers, a text or list repeated, a span of time scaled."""
    if _numbers(a, b):
        return bounded(a * b)
    if isinstance(b, (str, list, tuple)):
        a, b = b, a
    if isinstance(a, (str, list, tuple)) and isinstance(b, int):
        sized(len(a) * max(bounded(b), 0), run)
        return a * b
    return _dated(operator.mul, a, b)


def divide(a: Any, b: Any, _run: Run) -> Any:
    """Numbers; a span of time by a number or another span."""
    return bounded(a / b) if _numbers(a, b) else _dated(operator.truediv, a, b)


def floor_divide(a: Any, b: Any, _run: Run) -> Any:
    """Whole part of a division of numbers or spans of time."""
    return bounded(a // b) if _numbers(a, b) else _dated(operator.floordiv, a, b)


def remainder(a: Any, b: Any, _run: Run) -> Any:
    """Remainder of numbers; never the formatting of a text."""
    if _numbers(a, b):
        return bounded(a % b)
    raise ExpressionFailed("“%” works on numbers only.")


def power(a: Any, b: Any, _run: Run) -> Any:
    """Numbers, as long as the result stays small."""
    if not _numbers(a, b):
        raise ExpressionFailed("“**” works on numbers only.")
    if isinstance(a, int) and isinstance(b, int) and b > 0 and a.bit_length() * b > _MOST_POWER_BITS and abs(a) > 1:
        raise ExpressionFailed("A number in it is too large.")
    return bounded(a**b)


def _dated(operate: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    if (isinstance(a, _TEMPORAL) and isinstance(b, (date, timedelta, int, float))) or isinstance(b, timedelta):
        return operate(a, b)
    raise ExpressionFailed(f"{_kind(a)} and {_kind(b)} cannot be calculated with.")


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    return {str: "a text", bool: "a yes or no", int: "a number", float: "a number", list: "a list", dict: "a dict",
            tuple: "a list", set: "a set", date: "a date", datetime: "a time"}.get(type(value), "this value")
