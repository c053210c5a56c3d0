"""Retention in words: kinds of files, on what grounds they are kept, what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as lazy
from flask_babel import ngettext

KINDS: Final[Mapping[str, object]] = {
    "rejected_application": lazy("Applications that led nowhere"),
    "application": lazy("Applications that led to a stay"),
    "agreement": lazy("Learning agreements, changes, recognition plans"),
    "grant": lazy("Grant evidence"),
    "admission": lazy("Admissions of incoming students"),
    "grades": lazy("Grade sheets and transcripts"),
    "recognition": lazy("Recognised results"),
    "exam_waiver": lazy("Exam waivers"),
    "difficulty": lazy("Academic difficulties"),
    "mails": lazy("Copies of mails"),
    "person": lazy("Erasure on request (GDPR, article 17)"),
}
_FATES: Final[Mapping[str, object]] = {
    "destroy": lazy("destroyed"),
    "archive": lazy("handed to the archives, then destroyed"),
}
_PROOF_OF_GRANT = lazy("Proves the grant: five years after the balance (Erasmus+ grant agreement)")
_GRADES = lazy("Three years active, seven intermediate (Apogée RU-013, AMUE 2013)")
_PROPOSED: Final[Mapping[str, object]] = {
    "rejected_application": lazy("No longer needed after the time for appeals; set by us"),
    "application": _PROOF_OF_GRANT,
    "agreement": _PROOF_OF_GRANT,
    "grant": _PROOF_OF_GRANT,
    "admission": lazy("As the file of outgoing students; set by us"),
    "grades": _GRADES,
    "recognition": _GRADES,
    "exam_waiver": lazy("One year of examinations and its appeals; set by us"),
    "difficulty": lazy("Delicate, so short; set by us"),
    "mails": lazy("What they say stands in the case; set by us"),
}
_KEPT: Final[Mapping[str, object]] = {
    "invalid_state": lazy("its history is not what was written, or it was put under a hold"),
    "erased": lazy("it was erased meanwhile"),
}


def retention_kind(kind: str) -> str:
    """What kind of file it is."""
    return str(KINDS.get(kind, kind))


def retention_fate(fate: str) -> str:
    """What becomes of it in the end."""
    return str(_FATES.get(fate, fate))


def retention_basis(kind: str, basis: str) -> str:
    """On what grounds it is kept: as the office says, else as this house proposes."""
    return basis or str(_PROPOSED.get(kind, ""))


def retention_kept(code: str) -> str:
    """Why a case that was due was kept."""
    return str(_KEPT.get(code, code))


def months(number: int) -> str:
    """A number of months, in years where they are whole."""
    if number and number % 12 == 0:
        return str(ngettext("%(num)d year", "%(num)d years", number // 12))
    return str(ngettext("%(num)d month", "%(num)d months", number))
