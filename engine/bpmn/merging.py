"""The variables of several tokens become those of one: of each the value that was written last.

The variables of a process belong to all its tokens (BPMN 2.0, 10.4.1), so what one has written must not be undone by
what another has only carried along. A map into which several have written gets what each has changed in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from engine.bpmn.writing import NOTHING, Said, later

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

Layer = tuple[Mapping[str, Any], Said]
"""Variables, and when they were written."""
_MISSING = object()


def together(tokens: Sequence[Task]) -> tuple[dict[str, Any], Said]:
    """The variables of tokens that become one, with when they were written.

    Ways that parted last are brought together first, each with what stood where they parted.
    """
    found: dict[str, Layer] = {token.id: _layer(token) for token in tokens}
    below: dict[str, dict[str, None]] = {}
    places: list[tuple[int, Task]] = []
    for token in tokens:
        name, chain = token.id, list(token.ancestors())
        for height, above in enumerate(chain):
            if above.id not in below:
                places.append((len(chain) - height, above))
            below.setdefault(above.id, {})[name] = None
            name = above.id
    for _, place in sorted(places, key=lambda one: -one[0]):
        layers = [found.pop(name) for name in below[place.id]]
        found[place.id] = layers[0] if len(layers) == 1 else blend((place.data, place.said), layers)
    ((data, said),) = found.values()
    return dict(data), said


def blend(base: Layer, layers: Sequence[Layer]) -> tuple[dict[str, Any], Said]:
    """Variables as several made them that began with the same, with when they were written."""
    data, said = deepcopy(dict(base[0])), base[1]
    for values, moments in layers:
        said = later(said, moments)
        for name, value in values.items():
            if name not in data:
                data[name] = deepcopy(value)
    for name, moment in said.items():
        if moment > base[1].get(name, 0):
            written = sorted(
                (moments[name], place) for place, (values, moments) in enumerate(layers)
                if name in values and moments.get(name, 0) > base[1].get(name, 0)
            )  # fmt: skip
            if written:
                _lay_all(data, name, base[0].get(name, _MISSING), [layers[place][0][name] for _, place in written])
    return data, said


def latest(layers: Sequence[Layer]) -> dict[str, Any]:
    """Of each variable the value that was written last; of those that nobody has written, the last one here."""
    data: dict[str, Any] = {}
    said = NOTHING
    for values, moments in layers:
        data.update({name: value for name, value in values.items() if moments.get(name, 0) >= said.get(name, 0)})
        said = later(said, moments)
    return deepcopy(data)


def _lay_all(data: dict[str, Any], name: str, base: Any, values: Sequence[Any]) -> None:
    first, *others = values
    data[name] = deepcopy(first)
    for value in others:
        lay(data, name, base, value)


def lay(data: dict[str, Any], name: str, base: Any, value: Any) -> None:
    """Put a value over what is there. Of maps: what changed in it since it was `base`, and what went out of it."""
    there = data.get(name)
    if not (isinstance(value, dict) and isinstance(there, dict)):
        data[name] = deepcopy(value)
        return
    before = base if isinstance(base, dict) else {}
    for item, content in value.items():
        was = before.get(item, _MISSING)
        if was != content or type(was) is not type(content):
            lay(there, item, was, content)
    for item in before.keys() - value.keys():
        if item in there and there[item] == before[item]:
            del there[item]


def _layer(token: Task) -> Layer:
    """A token that has arrived has no variables of its own as yet."""
    holder = token if token.data else token.parent
    return holder.data, holder.said
