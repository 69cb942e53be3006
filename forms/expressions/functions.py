"""The functions every expression may call: each pays for what it goes through, and none takes more than data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from ..errors import ExpressionFailed
from .bounds import SCALARS, Run, add, bounded

_MISSING = object()
_MOST_DIGITS = 100


def _plain(items: Any, run: Run) -> Iterable[Any]:
    if not isinstance(items, (list, tuple, set, dict, str)):
        raise ExpressionFailed("This function needs a list.")
    run.spend(2 * len(items))
    if isinstance(items, str) or all(type(item) in SCALARS for item in items):
        return items
    raise ExpressionFailed("This function needs a list of numbers, texts or dates.")


def _len(_run: Run, value: Any) -> int:
    if isinstance(value, (str, list, tuple, set, dict)):
        return len(value)
    raise ExpressionFailed("“len” needs a text, a list or a dict.")


def _extreme(pick: Callable[..., Any]) -> Callable[..., Any]:
    def of(run: Run, *values: Any, default: Any = _MISSING) -> Any:
        items = _plain(values[0] if len(values) == 1 else values, run)
        if not items and default is not _MISSING:
            return default
        return pick(items)

    return of


def _sum(run: Run, items: Any, start: Any = 0) -> Any:
    total = start
    for item in _plain(items, run):
        if isinstance(item, str):
            raise ExpressionFailed("“sum” needs numbers.")
        # The neutral start lets spans of time be summed as well.
        total = item if type(total) is int and total == 0 else add(total, item, run)
    return total


def _abs(_run: Run, value: Any) -> Any:
    return abs(value) if type(value) in SCALARS else _wrong("abs")


def _round(_run: Run, value: Any, ndigits: Any = None) -> Any:
    if ndigits is not None and (not isinstance(ndigits, int) or abs(ndigits) > _MOST_DIGITS):
        raise ExpressionFailed(f"“round” keeps at most {_MOST_DIGITS} digits.")
    return bounded(round(bounded(value), ndigits))


def _any(run: Run, items: Any) -> bool:
    run.spend(_len(run, items))
    return any(items)


def _all(run: Run, items: Any) -> bool:
    run.spend(_len(run, items))
    return all(items)


def _sorted(run: Run, items: Any, reverse: Any = False) -> list[Any]:
    return sorted(_plain(items, run), reverse=bool(reverse))


def _str(_run: Run, value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    # Only plain values: a list that holds itself many times over would be written out in full.
    return str(value) if type(value) in SCALARS else _wrong("str")


def _int(_run: Run, value: Any) -> int:
    if isinstance(value, str) and len(value) > _MOST_DIGITS + 1:
        return _wrong("int")
    return bounded(int(value)) if isinstance(value, (str, int, float)) else _wrong("int")


def _float(_run: Run, value: Any) -> float:
    if isinstance(value, str) and len(value) > 400:
        return _wrong("float")
    return bounded(float(value)) if isinstance(value, (str, int, float)) else _wrong("float")


def _bool(_run: Run, value: Any) -> bool:
    return bool(value)


def _wrong(name: str) -> Any:
    raise ExpressionFailed(f"“{name}” cannot be applied to this value.")


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "len": _len, "min": _extreme(min), "max": _extreme(max), "sum": _sum, "abs": _abs, "round": _round, "any": _any,
    "all": _all, "sorted": _sorted, "str": _str, "int": _int, "float": _float, "bool": _bool,
}
