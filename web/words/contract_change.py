"""Changes of a contract in words: who asked, for what, how it ended."""

from __future__ import annotations

from flask_babel import lazy_gettext as lazy

PARTIES = {
    "student": lazy("the student"),
    "coordinator": lazy("the coordinator"),
    "ri": lazy("the international office"),
    "partner": lazy("the partner university"),
}
SUBJECTS = {
    "components": lazy("Change of components"),
    "extension": lazy("Extension of the stay"),
}
RESULTS = {
    "signed": lazy("signed by all, in force"),
    "refused": lazy("not admitted"),
    "withdrawn": lazy("withdrawn"),
    "lapsed": lazy("lapsed: not all agreed in time"),
    "overtaken": lazy("overtaken by a document"),
    "": lazy("under way"),
}
WRITERS = {
    "student": lazy("The student writes it"),
    "requester": lazy("I write it"),
}


def change_party(code: str) -> str:
    """Who asks for a change."""
    return str(PARTIES.get(code, code))


def change_subject(code: str) -> str:
    """What a change is about."""
    return str(SUBJECTS.get(code, code))


def change_result(code: str | None) -> str:
    """How a request for a change ended."""
    return str(RESULTS.get(code or "", code))


def change_writer(code: str) -> str:
    """Who writes a proposal."""
    return str(WRITERS.get(code, code))
