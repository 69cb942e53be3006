"""A signal ends the server, and only the server."""

from __future__ import annotations

import signal

import pytest

from web.commands.serving import Ending


def test_a_signal_waits_until_the_server_runs() -> None:
    ending = Ending()
    ending.asked(signal.SIGINT, None)
    with pytest.raises(KeyboardInterrupt), ending.allowed():
        pytest.fail("the server must not begin")


def test_a_signal_ends_the_server_once() -> None:
    ending = Ending()
    with pytest.raises(KeyboardInterrupt), ending.allowed():
        ending.asked(signal.SIGTERM, None)
    ending.asked(signal.SIGTERM, None)
