"""A project on a database of its own, as far as each test needs it."""

from tests.processes.stages import DEPLOYED, RUNNING, begins_at

world = begins_at(DEPLOYED, "world")
running = begins_at(RUNNING, "running")
