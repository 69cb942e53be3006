"""BPMN at work: checks diagrams, prepares them and moves their instances. Only here SpiffWorkflow is spoken."""

from engine.bpmn.calendar import last_due, next_due, shifted
from engine.bpmn.checking import check, prepare
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
    Timer,
    Wait,
)
from engine.bpmn.neighbours import neighbours
from engine.bpmn.running import Run, begin, load
from engine.bpmn.walking import Walk, walk
from engine.values import StepCall

__all__ = [
    "Element",
    "Environment",
    "Failure",
    "Finished",
    "Flow",
    "Moved",
    "OpenTask",
    "Prepared",
    "Run",
    "Sent",
    "StartMessage",
    "StepCall",
    "Timer",
    "Wait",
    "Walk",
    "begin",
    "check",
    "last_due",
    "load",
    "neighbours",
    "next_due",
    "prepare",
    "shifted",
    "walk",
]
