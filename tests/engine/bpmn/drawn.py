"""A BPMN file as the token game reads it: with nothing of our engine, so that what that loses is missed here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from lxml import etree

EVENT = "EventDefinition"
_DURATION = re.compile(r"(?:R(\d+)/)?PT(\d+)H(\d+)S")


@dataclass(frozen=True)
class Way:
    """A sequence flow. `asks` is the text of its condition, empty without one."""

    id: str
    source: str
    target: str
    asks: str


@dataclass
class Repetition:
    """How often an activity is done: for each of the people, or again and again."""

    keys: tuple[str, ...] | None
    in_turn: bool
    until: str
    """A condition that ends it (people) or goes on (again and again); empty without one."""
    before: bool = False
    most: int = 99


@dataclass
class Place:
    """A node. `event` is the kind of event that it throws or waits for, `name` what tells that event from others."""

    id: str
    kind: str
    incoming: list[str] = field(default_factory=list)
    outgoing: list[str] = field(default_factory=list)
    default: str | None = None
    event: str = ""
    name: str = ""
    delay: timedelta = timedelta()
    times: int = 1
    host: str = ""
    by_event: bool = False
    """Whether it is an event sub-process."""
    interrupting: bool = True
    repetition: Repetition | None = None
    inside: Level | None = None
    """What a sub-process holds; None for a call, whose process has the name `name`."""


@dataclass
class Level:
    """What is drawn directly in a process or sub-process."""

    places: dict[str, Place]
    ways: dict[str, Way]

    def borders(self, host: str) -> list[Place]:
        """The events on the border of an activity."""
        return [place for place in self.places.values() if place.host == host]

    def linked(self, thrown: Place) -> Place:
        """Where a link leads."""
        wanted = ("intermediateCatchEvent", "link", thrown.name)
        (found,) = (place for place in self.places.values() if (place.kind, place.event, place.name) == wanted)
        return found

    def after(self, name: str) -> list[str]:
        """The flows by which a token at a place can go on, also by way of an event on its border or a link."""
        place = self.places[name]
        found = [way for one in (place, *self.borders(name)) for way in one.outgoing]
        thrown = place.event == "link" and place.kind == "intermediateThrowEvent"
        return [*found, *self.linked(place).outgoing] if thrown else found

    def of_kind(self, kind: str) -> list[Place]:
        """The nodes of a kind."""
        return [place for place in self.places.values() if place.kind == kind]


def read(content: bytes, people: dict[str, tuple[str, ...]]) -> dict[str, Level]:
    """The processes of a file; `people` are the collections that activities may go through."""
    root = etree.fromstring(content)
    return {one.get("id"): _level(one, people) for one in root if _local(one) == "process"}


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname


def _parts(node: etree._Element, *names: str) -> Iterator[etree._Element]:
    return (one for one in node.iterdescendants() if _local(one) in names)


def _level(node: etree._Element, people: dict[str, tuple[str, ...]]) -> Level:
    level = Level({}, {})
    for one in node:
        if _local(one) == "sequenceFlow":
            way = Way(one.get("id"), one.get("sourceRef"), one.get("targetRef"), "".join(one.itertext()).strip())
            level.ways[way.id] = way
        elif one.get("id") and not _local(one).endswith("Characteristics"):
            level.places[one.get("id")] = _place(one, people)
    for way in level.ways.values():
        level.places[way.source].outgoing.append(way.id)
        level.places[way.target].incoming.append(way.id)
    return level


def _place(node: etree._Element, people: dict[str, tuple[str, ...]]) -> Place:
    place = Place(node.get("id"), _local(node), default=node.get("default"), host=node.get("attachedToRef", ""))
    place.interrupting = node.get("cancelActivity", node.get("isInterrupting", "true")) == "true"
    place.name, place.by_event = node.get("calledElement", ""), node.get("triggeredByEvent") == "true"
    for one in node:
        if _local(one).endswith(EVENT):
            place.event = _local(one).removesuffix(EVENT)
            place.name = next((v for k, v in one.attrib.items() if k == "name" or k.endswith("Ref")), "")
        elif _local(one).endswith("LoopCharacteristics"):
            place.repetition = _repetition(one, people)
    if place.kind == "receiveTask":
        place.event, place.name = "message", node.get("messageRef", "")
    elif place.kind == "subProcess":
        place.inside = _level(node, people)
    elif place.event == "timer":
        found = _DURATION.search("".join(node.itertext()))
        assert found is not None
        place.times = int(found.group(1) or 1)
        place.delay = timedelta(hours=int(found.group(2)), seconds=int(found.group(3)))
    return place


def _repetition(node: etree._Element, people: dict[str, tuple[str, ...]]) -> Repetition:
    conditions = _parts(node, "completionCondition", "loopCondition")
    asked = "".join(text for one in conditions for text in one.itertext()).strip()
    if _local(node).startswith("standard"):
        return Repetition(None, True, asked, node.get("testBefore") == "true", int(node.get("loopMaximum", "99")))
    (collection,) = (one.text for one in _parts(node, "loopDataInputRef"))
    return Repetition(people[collection or ""], node.get("isSequential") == "true", asked)
