"""Process definitions in words: what differs between versions, and the kinds of elements."""

from __future__ import annotations

from flask_babel import lazy_gettext as lazy

KINDS = {
    "added": lazy("added"),
    "removed": lazy("removed"),
    "changed": lazy("changed"),
    "moved": lazy("moved"),
}

SUBJECTS = {
    "decision": lazy("decision table"),
    "rule": lazy("rule"),
    "form": lazy("form"),
    "field": lazy("form field"),
    "drawing": lazy("drawing"),
}

ELEMENTS = {
    "process": lazy("process"),
    "lane": lazy("lane"),
    "participant": lazy("pool"),
    "sequenceFlow": lazy("flow"),
    "startEvent": lazy("start event"),
    "endEvent": lazy("end event"),
    "intermediateCatchEvent": lazy("intermediate catch event"),
    "intermediateThrowEvent": lazy("intermediate throw event"),
    "boundaryEvent": lazy("boundary event"),
    "task": lazy("abstract task"),
    "userTask": lazy("user task"),
    "serviceTask": lazy("service task"),
    "sendTask": lazy("send task"),
    "receiveTask": lazy("receive task"),
    "businessRuleTask": lazy("business rule task"),
    "subProcess": lazy("subprocess"),
    "callActivity": lazy("call activity"),
    "exclusiveGateway": lazy("exclusive gateway"),
    "parallelGateway": lazy("parallel gateway"),
    "inclusiveGateway": lazy("inclusive gateway"),
    "eventBasedGateway": lazy("event-based gateway"),
    "message": lazy("message"),
    "textAnnotation": lazy("text annotation"),
}

NOTES = {"Delivered with the program.": lazy("Delivered with the program.")}
"""Notes that the program itself has written."""

REFUSED = {
    "draft_changed": lazy("The draft has been changed since the time was set."),
    "replaced": lazy("Another version has come into force since the time was set."),
    "rejected": lazy("Another administrator has rejected it."),
    "errors": lazy("The check finds errors in the draft that it did not find before."),
}


def version_note(note: str) -> str:
    """The note of a version: the program's own in the reader's language, others as written."""
    return str(NOTES.get(note, note))


def publication_refused(reason: str) -> str:
    """Why a publication did not happen at its time."""
    return str(REFUSED[reason])


def difference_kind(kind: str) -> str:
    """What has happened to a thing."""
    return str(KINDS[kind])


def difference_subject(subject: str, type_: str) -> str:
    """What kind of thing has changed; an element by its own kind."""
    return str(SUBJECTS[subject]) if subject in SUBJECTS else element_type(type_)


def element_type(type_: str) -> str:
    """A BPMN element's kind; one without a word of its own by its name in the standard."""
    return str(ELEMENTS.get(type_, type_))
