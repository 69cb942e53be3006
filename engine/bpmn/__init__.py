"""BPMN at work: checks diagrams, prepares them and moves their instances. Only here SpiffWorkflow is spoken."""

from engine.bpmn.calendar import last_due, next_due, shifted
from engine.bpmn.checking import check, prepare
from engine.bpmn.clocks import Turn, first_turn, key_of, next_turn, subjects_of
from engine.bpmn.hindering import hindrances
from engine.bpmn.model import (
    Element,
    Environment,
    Failure,
    Finished,
    Flow,
    Moved,
    OpenTask,
    Prepared,
    Sent,
    StartMessage,
    StartTimer,
    Timer,
    Wait,
)
from engine.bpmn.neighbours import neighbours
from engine.bpmn.outlook import ahead, element
from engine.bpmn.postponing import postpone
from engine.bpmn.rebinding import Live, Renaming, opened, rebound, standing
from engine.bpmn.repairs import move, passable, places, put, skip
from engine.bpmn.rulebook import RulePage, rulebook
from engine.bpmn.running import Run, begin, load
from engine.bpmn.walking import Walk, walk
from engine.bpmn.ways import Way, ways_around
from engine.values import StepCall

__all__ = [
    "Element",
    "Environment",
    "Failure",
    "Finished",
    "Flow",
    "Live",
    "Moved",
    "OpenTask",
    "Prepared",
    "Renaming",
    "RulePage",
    "Run",
    "Sent",
    "StartMessage",
    "StartTimer",
    "StepCall",
    "Timer",
    "Turn",
    "Wait",
    "Walk",
    "Way",
    "ahead",
    "begin",
    "check",
    "element",
    "first_turn",
    "hindrances",
    "key_of",
    "last_due",
    "load",
    "move",
    "neighbours",
    "next_due",
    "next_turn",
    "opened",
    "passable",
    "places",
    "postpone",
    "prepare",
    "put",
    "rebound",
    "rulebook",
    "shifted",
    "skip",
    "standing",
    "subjects_of",
    "walk",
    "ways_around",
]
