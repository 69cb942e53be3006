"""BPMN's token game, played on the drawing alone: an oracle that is written from the standard (BPMN 2.0, 13).

Whether a condition holds, and what time it is, says whoever plays. What people say decides nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from tests.engine.bpmn.drawn import Level, Place, Repetition, read
from tests.engine.bpmn.tokens import Activity, Scope

_PASSED = frozenset({"startEvent", "task", "manualTask", "scriptTask"})
_WAITING = frozenset({"userTask", "receiveTask", "intermediateCatchEvent", "eventBasedGateway"})


class AmbiguousError(AssertionError):
    """Two tokens wait at the same place for different reasons: which of them moves cannot be said from outside."""


def holds(condition: str, said: Mapping[str, Any]) -> bool:
    """Whether one of the two conditions holds that drawings with variables have: `flag` and `n > 1`."""
    return {"flag": bool(said.get("flag")), "n > 1": said.get("n", 0) > 1}[condition]


class TokenGame:
    """A process being played."""

    def __init__(
        self,
        content: bytes,
        process: str,
        holds: Callable[[str], bool],
        now: Callable[[], datetime] = lambda: datetime.max.replace(tzinfo=UTC),
        people: dict[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.levels = read(content, people or {})
        self.holds, self.now = holds, now
        self.top = Scope(self.levels[process], None)
        self._begin(self.top)
        self._play()

    # what can be seen

    def open(self) -> list[tuple[str, str | None]]:
        """The tasks for people, by element and key."""
        found = [(one.place.id, one.key) for one in self._all() if self._is_task(one)]
        return sorted(found, key=str)

    def waits(self) -> list[str]:
        """The events that wait for a message or signal."""
        return sorted(place.id for one in self._all() for place in self._heard(one))

    def timers(self) -> list[tuple[str, datetime]]:
        """The timers, with the instants at which they are due."""
        return sorted((name, due) for one in self._all() for name, (due, _) in one.dues.items())

    def stuck(self) -> set[str]:
        """Parallel gateways that hold tokens and wait for one that no other token can become."""
        found = set()
        for scope in self._scopes():
            for place in scope.level.places.values():
                lacks = set(place.incoming) - set(scope.tokens)
                if place.kind == "parallelGateway" and lacks and lacks != set(place.incoming):
                    comes = [self._reached(scope.level, name, place) for name in self._others(scope, place)]
                    if lacks - set().union(*comes):
                        found.add(place.id)
        return found

    @property
    def halted(self) -> bool:
        """Whether tokens are left, and none of them can ever move."""
        return not self.over and not (self.open() or self.waits() or self.timers())

    @property
    def over(self) -> bool:
        """Whether no token is left."""
        return not self.top.tokens and not self.top.at_work

    # what can be done

    def complete(self, task: str, key: str | None = None) -> None:
        """Complete a task."""
        found = [one for one in self._all() if self._is_task(one) and (one.place.id, one.key) == (task, key)]
        self._done(self._only(found))
        self._play()

    def send(self, element: str) -> None:
        """Let the event of an element come."""
        found = [one for one in self._all() if element in {place.id for place in self._heard(one)}]
        self._hear(self._only(found), element)
        self._play()

    def tick(self) -> None:
        """Fire what is due, the earliest first."""
        while True:
            due = [
                (instant, name, one) for one in self._all() for name, (instant, _) in one.dues.items()
                if instant <= self.now()
            ]  # fmt: skip
            if not due:
                return
            instant, name, one = min(due, key=lambda found: found[0])
            place = one.place if name == one.place.id else one.scope.level.places[name]
            times = one.dues.pop(name)[1] - 1
            if times and not place.interrupting:
                while instant <= self.now():
                    instant += place.delay
                one.dues[name] = (instant, times)
            self._hear(one, name)
            self._play()

    # the rules

    def _all(self) -> list[Activity]:
        return list(self.top.every())

    def _scopes(self) -> list[Scope]:
        return [self.top, *(one.inside for one in self._all() if one.inside is not None)]

    def _is_task(self, one: Activity) -> bool:
        return one.place.kind == "userTask" and not self._is_whole(one)

    @staticmethod
    def _is_whole(one: Activity) -> bool:
        return one.place.repetition is not None and one.whole is None

    def _heard(self, one: Activity) -> list[Place]:
        """What an activity waits for by name: on its border, in its branches, or itself."""
        level = one.scope.level
        if one.place.kind == "startEvent":
            return [one.place] if one.place.event in ("message", "signal") else []
        found = [] if one.whole is not None else level.borders(one.place.id)
        if one.place.kind == "eventBasedGateway":
            found = [level.places[level.ways[way].target] for way in one.place.outgoing]
        elif not self._is_whole(one):
            found = [*found, one.place]
        return [place for place in found if place.event in ("message", "signal")]

    @staticmethod
    def _only(found: list[Activity]) -> Activity:
        first, *others = found
        plain = all(one.inside is None and not one.dues and not TokenGame._is_whole(one) for one in found)
        if others and not (plain and all(one.scope is first.scope and one.whole is first.whole for one in others)):
            raise AmbiguousError
        return first

    def _hear(self, one: Activity, name: str) -> None:
        """An event has come to an activity: its own, that of a branch, or one on its border; or to a listener."""
        if one.place.kind == "startEvent":
            self._begin_part(one)
            return
        place = one.scope.level.places[name]
        if place.host:
            if place.interrupting:
                self._stop(one)
            one.scope.tokens += place.outgoing
        elif one.place.kind == "eventBasedGateway":
            self._stop(one)
            one.scope.tokens += place.outgoing
        else:
            self._done(one)

    @staticmethod
    def _stop(one: Activity) -> None:
        holder = one.scope.at_work if one.whole is None else one.whole.parts
        holder.remove(one)

    def _begin(self, scope: Scope) -> None:
        (start,) = scope.level.of_kind("startEvent")
        scope.tokens += start.outgoing
        for part in scope.level.of_kind("subProcess"):
            if part.by_event and part.inside is not None:
                (begin,) = part.inside.of_kind("startEvent")
                listener = Activity(begin, scope)
                if begin.event == "timer":
                    listener.dues = {begin.id: (self.now() + begin.delay, begin.times)}
                scope.listening.append(listener)

    def _begin_part(self, listener: Activity) -> None:
        """The event of an event sub-process has come: one that interrupts ends all else in its scope (10.5.6)."""
        scope, begin = listener.scope, listener.place
        if begin.interrupting:
            for holder in (scope.tokens, scope.at_work, scope.listening):
                holder.clear()
        parts = [place for place in scope.level.of_kind("subProcess") if place.by_event and place.inside is not None]
        self._enter(scope, next(part for part in parts if begin.id in part.inside.places))

    def _play(self) -> None:
        while self._step(self.top):
            pass

    def _step(self, scope: Scope) -> bool:
        """Move one token, or end one sub-process; False when nothing can move."""
        for one in list(scope.at_work):
            for part in (one, *one.parts):
                if part.inside is not None and self._step(part.inside):
                    return True
                if part.inside is not None and not part.inside.tokens and not part.inside.at_work:
                    self._done(part)
                    return True
        return any(self._move(scope, way) for way in list(dict.fromkeys(scope.tokens)))

    def _move(self, scope: Scope, way: str) -> bool:
        place = scope.level.places[scope.level.ways[way].target]
        if place.kind == "parallelGateway":
            taken = list(place.incoming)
            if not all(name in scope.tokens for name in taken):
                return False
        elif place.kind == "inclusiveGateway" and len(place.incoming) > 1:
            taken = [name for name in place.incoming if name in scope.tokens]
            if self._may_come(scope, place, set(taken)):
                return False
        else:
            taken = [way]
        for name in taken:
            scope.tokens.remove(name)
        if place.kind in ("endEvent", "intermediateThrowEvent"):
            self._throw(scope, place)
        elif place.kind in _PASSED or (place.event == "link" and place.kind == "intermediateCatchEvent"):
            scope.tokens += place.outgoing
        elif place.kind.endswith("Gateway") and place.kind != "eventBasedGateway":
            scope.tokens += self._ways(scope, place)
        else:
            self._enter(scope, place)
        return True

    def _ways(self, scope: Scope, place: Place) -> list[str]:
        if place.kind == "parallelGateway" or len(place.outgoing) == 1:
            return place.outgoing
        asks = {name: scope.level.ways[name].asks for name in place.outgoing}
        holding = [name for name, text in asks.items() if text and self.holds(text)]
        if not holding:
            return [name for name, text in asks.items() if name == place.default or not (place.default or text)]
        return holding if place.kind == "inclusiveGateway" else holding[:1]

    def _may_come(self, scope: Scope, gateway: Place, full: set[str]) -> bool:
        """Whether a token elsewhere can still come to an empty way in, and to no way in that has one (13.4.3)."""
        for name in self._others(scope, gateway):
            reached = self._reached(scope.level, name, gateway)
            if reached - full and not reached & full:
                return True
        return False

    @staticmethod
    def _others(scope: Scope, gateway: Place) -> set[str]:
        """Where the tokens are that have not come to a gateway."""
        ways = (scope.level.ways[way] for way in scope.tokens)
        return {one.place.id for one in scope.at_work} | {way.target for way in ways if way.target != gateway.id}

    @staticmethod
    def _reached(level: Level, place: str, gateway: Place) -> set[str]:
        """The ways into a gateway that a token at a place can come to without passing the gateway."""
        reached, seen, waiting = set(), {gateway.id}, [place]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                after = level.after(name)
                reached.update(after)
                waiting += [level.ways[way].target for way in after]
        return reached & set(gateway.incoming)

    # activities

    def _enter(self, scope: Scope, place: Place) -> None:
        one = Activity(place, scope)
        scope.at_work.append(one)
        level = scope.level
        timers = [place, *level.borders(place.id)]
        if place.kind == "eventBasedGateway":
            timers = [level.places[level.ways[way].target] for way in place.outgoing]
        one.dues = {timer.id: (self.now() + timer.delay, timer.times) for timer in timers if timer.event == "timer"}
        if place.repetition is None:
            self._work(one)
        else:
            self._repeat(one, place.repetition)

    def _work(self, one: Activity) -> None:
        if one.place.kind in ("subProcess", "callActivity"):
            one.inside = Scope(one.place.inside or self.levels[one.place.name], one)
            self._begin(one.inside)
        else:
            assert one.place.kind in _WAITING

    def _repeat(self, whole: Activity, how: Repetition) -> None:
        if how.keys is None:
            if how.before and how.until and not self.holds(how.until):
                self._leave(whole)
            else:
                self._round(whole, None)
        elif not how.keys:
            self._leave(whole)
        else:
            whole.left = list(how.keys[1:]) if how.in_turn else []
            for key in how.keys[:1] if how.in_turn else how.keys:
                self._round(whole, key)

    def _round(self, whole: Activity, key: str | None) -> None:
        part = Activity(whole.place, whole.scope, key, whole)
        whole.parts.append(part)
        whole.rounds += 1
        self._work(part)

    def _done(self, one: Activity) -> None:
        """An activity, or a round of one, has done its work."""
        self._stop(one)
        if one.whole is None:
            self._go_on(one)
            return
        whole, how = one.whole, one.place.repetition
        assert how is not None
        if how.keys is None:
            if whole.rounds >= how.most or (how.until and not self.holds(how.until)):
                self._leave(whole)
            else:
                self._round(whole, None)
        elif (how.until and self.holds(how.until)) or not (whole.parts or whole.left):
            self._leave(whole)
        elif whole.left:
            self._round(whole, whole.left.pop(0))

    def _leave(self, whole: Activity) -> None:
        self._stop(whole)
        self._go_on(whole)

    @staticmethod
    def _go_on(one: Activity) -> None:
        one.scope.tokens += one.place.outgoing

    # events that are thrown

    def _throw(self, scope: Scope, place: Place) -> None:
        if place.event == "terminate":
            for holder in (scope.tokens, scope.at_work, scope.listening):
                holder.clear()
            return
        if place.event == "link":
            scope.tokens += scope.level.linked(place).outgoing
            return
        scope.tokens += place.outgoing
        if place.event in ("error", "escalation"):
            self._up(scope, place)
        elif place.event == "signal":
            waiting = [(one, heard) for one in self._all() for heard in self._heard(one)]
            for one, heard in waiting:
                if (heard.event, heard.name) == ("signal", place.name) and one in self._all():
                    self._hear(one, heard.id)

    def _up(self, scope: Scope, thrown: Place) -> None:
        """An error or escalation goes up to the nearest activity around it that catches it (10.5.7)."""
        while True:
            for listener in scope.listening:
                if (listener.place.event, listener.place.name) == (thrown.event, thrown.name):
                    self._begin_part(listener)
                    return
            host = scope.host
            if host is None:
                break
            whole = host.whole or host
            for border in whole.scope.level.borders(whole.place.id):
                if (border.event, border.name) == (thrown.event, thrown.name):
                    self._hear(whole, border.id)
                    return
            scope = whole.scope
        assert thrown.event == "escalation"
