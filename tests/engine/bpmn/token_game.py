"""BPMN's token game, played on the drawing alone: an oracle for what the stock engine gets wrong."""

from __future__ import annotations

from typing import Any

from engine.bpmn import Prepared


class TokenGame:
    """Tokens on flows and in tasks. Conditions are `flag` and `n > 1`, asked about what was last said."""

    def __init__(self, prepared: Prepared, data: dict[str, Any]) -> None:
        self.elements, self.flows, self.data = prepared.elements, prepared.flows, data
        self.tasks: list[str] = []
        self.tokens: list[str] = []
        (begin,) = (element for element in self.elements.values() if element.kind == "startEvent")
        self.tokens += begin.outgoing
        self._play()

    def open(self) -> list[str]:
        """The tasks that hold a token."""
        return sorted(self.tasks)

    @property
    def over(self) -> bool:
        """Whether no token is left."""
        return not self.tasks and not self.tokens

    def complete(self, task: str, said: dict[str, Any]) -> None:
        """Move the token of a task on."""
        self.tasks.remove(task)
        self.data.update(said)
        self.tokens += self.elements[task].outgoing
        self._play()

    def _play(self) -> None:
        while any(self._move(flow) for flow in list(self.tokens)):
            pass

    def _move(self, flow: str) -> bool:
        element = self.elements[self.flows[flow].target]
        if element.kind == "userTask":
            self.tasks.append(element.id)
            self.tokens.remove(flow)
        elif element.kind == "endEvent":
            self.tokens.remove(flow)
        elif element.kind == "exclusiveGateway":
            self.tokens.remove(flow)
            self.tokens += self._holding(element.outgoing)[:1]
        elif element.kind == "parallelGateway":
            if not set(element.incoming) <= set(self.tokens):
                return False
            for name in element.incoming:
                self.tokens.remove(name)
            self.tokens += element.outgoing
        else:
            if self._may_come(element.id):
                return False
            for name in set(element.incoming) & set(self.tokens):
                self.tokens.remove(name)
            self.tokens += self._holding(element.outgoing)
        return True

    def _holding(self, flows: tuple[str, ...]) -> list[str]:
        holds = {"flag": bool(self.data.get("flag")), "n > 1": self.data.get("n", 0) > 1}
        found = [flow for flow in flows if holds.get(self.flows[flow].condition or "", False)]
        return found or [flow for flow in flows if self.flows[flow].condition is None]

    def _may_come(self, gateway: str) -> bool:
        """Whether a token elsewhere can still come to an empty way in, and to no way in that has one."""
        full = {flow for flow in self.elements[gateway].incoming if flow in self.tokens}
        places = [*self.tasks, *(self.flows[flow].target for flow in self.tokens if flow not in full)]
        for place in places:
            reached, seen, waiting = set(), set(), [place]
            while waiting:
                name = waiting.pop()
                if name in seen or name == gateway:
                    continue
                seen.add(name)
                for flow in self.elements[name].outgoing:
                    reached.add(flow)
                    waiting.append(self.flows[flow].target)
            reached &= set(self.elements[gateway].incoming)
            if reached - full and not reached & full:
                return True
        return False
