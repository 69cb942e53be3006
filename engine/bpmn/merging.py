"""The variables of several tokens become those of one: of each what it changed since their ways parted.

SpiffWorkflow lets each token carry its own copy. The variables of a process belong to all its tokens (BPMN 2.0,
10.4.1), so what one has set must not be undone by what another has only carried along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

_MISSING = object()


def together(tokens: list[Task]) -> dict[str, Any]:
    """The variables of tokens that become one, the latest change last. A token that has arrived has none of its own."""
    tokens = sorted(tokens, key=lambda one: one.parent.last_state_change)
    return merged(_parted(tokens).data, [one.data or one.parent.data for one in tokens])


def merged(base: Mapping[str, Any], layers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Variables as several made them that began with the same. Maps that several changed are merged, too."""
    found = deepcopy(dict(base))
    for layer in layers:
        lay(found, base, layer)
    return found


def lay(found: dict[str, Any], base: Mapping[str, Any], layer: Mapping[str, Any]) -> None:
    """Put on variables what another set of them changed that began as `base`."""
    for name, value in layer.items():
        before = base.get(name, _MISSING)
        if before == value and type(before) is type(value):
            continue
        if isinstance(value, dict) and isinstance(found.get(name), dict):
            lay(found[name], before if isinstance(before, dict) else {}, value)
        else:
            found[name] = deepcopy(value)


def _parted(tokens: list[Task]) -> Task:
    """The place at which the ways of tokens parted."""
    first, *others = ([*token.ancestors()] for token in tokens)
    common = set.intersection({one.id for one in first}, *({one.id for one in chain} for chain in others))
    return next(one for one in first if one.id in common)
