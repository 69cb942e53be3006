"""People at their browsers, who keep in mind what they sent and what they were told, whatever happens to the server."""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode
from uuid import uuid4

from tests.factories import PASSWORD
from tests.kills.questions import Prepared

TASK = re.compile(r'<a class="task" href="/inbox/([0-9a-f]+)')
HIDDEN = re.compile(r'name="(_seen|_shown|_signing)" value="([^"]*)"')
PATIENCE = 20
"""Seconds that a person waits for an answer."""
PAUSE = 0.03
"""Seconds until the next attempt, when the server is not there."""
BROKEN, ABSENT = 0, -1
"""In place of a status: the connection broke before the answer came; nobody listened."""
AT_A_TIME = 4
"""Tasks that a person does between two looks at the inbox."""


@dataclass
class Heard:
    """What all of them together have sent and been told. `acknowledged` was answered as done."""

    attempted: set[str] = field(default_factory=set)
    sendings: int = 0
    """How often a completion was sent."""
    acknowledged: list[str] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    """Status -> how often a completion was answered so; BROKEN and ABSENT where there was no answer."""
    failures: list[str] = field(default_factory=list)
    """What a server said that must not be said."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def sent(self, task: str) -> None:
        """A completion is on its way."""
        with self.lock:
            self.attempted.add(task)
            self.sendings += 1

    def told(self, task: str, status: int) -> None:
        """A completion was answered, or was not."""
        with self.lock:
            self.answers[status] += 1
            if status == 302:
                self.acknowledged.append(task)

    def failed(self, what: str) -> None:
        """A server answered that it has failed."""
        with self.lock:
            self.failures.append(what)


class Person(threading.Thread):
    """Somebody who finds tasks in the inbox and does them, at one server, until told to stop."""

    def __init__(self, prepared: Prepared, port: int, chance: random.Random, heard: Heard) -> None:
        super().__init__(name=f"person at {port}", daemon=True)
        self._prepared = prepared
        self._port = port
        self._chance = chance
        self._heard = heard
        self._stop_asked = threading.Event()
        self._connection: HTTPConnection | None = None

    def stop(self) -> None:
        """Finish what is at hand, and leave."""
        self._stop_asked.set()

    def run(self) -> None:
        """Look at the inbox, do some of what is there, and look again."""
        while not self._stop_asked.is_set():
            status, text = self._ask("GET", "/inbox")
            found = TASK.findall(text) if status == 200 else []
            if not found:
                self._stop_asked.wait(PAUSE)
            for task in self._chance.sample(found, min(AT_A_TIME, len(found))):
                self._do(task)
        self._hang_up()

    def _do(self, task: str) -> None:
        """Open a task and hand it in; press the button again now and then when no answer comes."""
        status, text = self._ask("GET", f"/inbox/{task}")
        hidden = dict(HIDDEN.findall(text))
        if status != 200 or "_seen" not in hidden:
            return  # somebody was faster, or the server is gone
        answers = {"csrf_token": self._prepared.token, "_do": "complete", "text": uuid4().hex, **hidden}
        if "_signing" in hidden:
            answers["password"] = PASSWORD
        for _ in range(3):
            self._heard.sent(task)
            status, _ = self._ask("POST", f"/tasks/{task}", urlencode(answers))
            self._heard.told(task, status)
            if status > BROKEN or self._stop_asked.is_set() or self._chance.random() < 0.5:
                return

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        """(status, page). Without an answer nobody knows yet whether what was asked for has been carried out."""
        headers = {"Cookie": f"milepost={self._prepared.cookie}"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            if self._connection is None:
                self._connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            status, text = answer.status, answer.read().decode()
            if status >= 500 and status != 503:
                self._heard.failed(f"{method} {path}: {status}")
            return status, text
        except (OSError, HTTPException) as error:
            self._hang_up()
            self._stop_asked.wait(PAUSE)
            return (ABSENT if isinstance(error, ConnectionRefusedError) else BROKEN), ""

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
