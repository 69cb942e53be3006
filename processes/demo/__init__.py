"""The demo: a real milestone history, replayed by invented people through the real processes."""

from processes.demo.people import MEMBERS, PEOPLE, Persona
from processes.demo.replay import FINISHED, RUNNING, STOP, replay

__all__ = ["FINISHED", "MEMBERS", "PEOPLE", "RUNNING", "STOP", "Persona", "replay"]
