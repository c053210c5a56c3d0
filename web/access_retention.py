"""Who may come in at the pages of retention and of evidence bundles: a part of the one table."""

from __future__ import annotations

from collections.abc import Mapping

from web.policy import Policy, whole_instance
from web.viewer import Viewer


def _operates(viewer: Viewer) -> bool:
    return viewer.is_admin or viewer.is_ri


def _administers(viewer: Viewer) -> bool:
    return viewer.is_admin


AUDITORS = Policy("auditor", lambda viewer: viewer.is_auditor)
READERS = Policy(
    "process administrator, auditor or international office",
    lambda viewer: _operates(viewer) or viewer.is_auditor,
)
OPERATORS = Policy("process administrator or international office", _operates)
ADMINISTRATORS = Policy("process administrator", _administers)
OPERATED_CASE = Policy("case, for process administration or RI", _operates, whole_instance)
ADMINISTERED_CASE = Policy("case, for process administration", _administers, whole_instance)
STUDENT_SELF = Policy("student, about themselves", lambda viewer: viewer.is_student)

RETENTION: Mapping[str, Policy] = {
    "evidence_bundles.index": AUDITORS,
    "evidence_bundles.make": AUDITORS,
    "evidence_bundles.fetch": AUDITORS,
    "retention.index": READERS,
    "retention.rule": OPERATORS,
    "retention.set_rule": OPERATORS,
    "retention.confirm_purge": ADMINISTRATORS,
    "retention.purge": ADMINISTRATORS,
    "personal_data.show": OPERATED_CASE,
    "personal_data.hold": OPERATED_CASE,
    "personal_data.lift": OPERATED_CASE,
    "personal_data.export": OPERATED_CASE,
    "personal_data.export_own": STUDENT_SELF,
    "personal_data.confirm_erasing": ADMINISTERED_CASE,
    "personal_data.erase": ADMINISTERED_CASE,
}
