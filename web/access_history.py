"""Who may come in at the pages of the history: a part of the one table."""

from __future__ import annotations

from collections.abc import Mapping

from web.policy import (
    AUDITORS,
    OPERATORS,
    PROCESS_ADMINISTRATORS,
    PROCESS_READERS,
    Policy,
    instance,
    whole_instance,
)
from web.viewer import Viewer


def _operates(viewer: Viewer) -> bool:
    return viewer.is_admin or viewer.is_ri


AUDITED_CASE = Policy("case, for an auditor", lambda viewer: viewer.is_auditor, instance)
HISTORY_CASE = Policy(
    "case, for a process administrator or auditor",
    lambda viewer: viewer.reads_history,
    whole_instance,
)
READERS = Policy(
    "process administrator, auditor or international office",
    lambda viewer: _operates(viewer) or viewer.is_auditor,
)
OPERATED_CASE = Policy("case, for process administration or RI", _operates, whole_instance)
ADMINISTERED_CASE = Policy(
    "case, for process administration", lambda viewer: viewer.is_admin, whole_instance
)
STUDENT_SELF = Policy("student, about themselves", lambda viewer: viewer.is_student)

HISTORY: Mapping[str, Policy] = {
    "history.search": PROCESS_READERS,
    "durations.show": PROCESS_READERS,
    "durations.compute": PROCESS_READERS,
    "deadlines.show": PROCESS_READERS,
    "exports.index": AUDITORS,
    "exports.create": AUDITORS,
    "exports.cancel": AUDITORS,
    "exports.fetch": AUDITORS,
    "exports.accesses": AUDITORS,
    "history.save": PROCESS_READERS,
    "conformance.show": PROCESS_READERS,
    "record.show": PROCESS_READERS,
    "record.verify": PROCESS_READERS,
    "record.anchor": PROCESS_READERS,
    "api_history.search": AUDITORS,
    "api_history.feed": AUDITORS,
    "evidence.export": AUDITED_CASE,
    "case_history.show": HISTORY_CASE,
    "case_history.event": HISTORY_CASE,
    "case_history.replay": HISTORY_CASE,
    "case_history.diagram": HISTORY_CASE,
    "case_history.values": HISTORY_CASE,
    "case_history.contract": HISTORY_CASE,
    "case_history.incidents": HISTORY_CASE,
    "evidence_bundles.index": AUDITORS,
    "evidence_bundles.make": AUDITORS,
    "evidence_bundles.fetch": AUDITORS,
    "retention.index": READERS,
    "retention.rule": OPERATORS,
    "retention.set_rule": OPERATORS,
    "retention.confirm_purge": PROCESS_ADMINISTRATORS,
    "retention.purge": PROCESS_ADMINISTRATORS,
    "personal_data.show": OPERATED_CASE,
    "personal_data.hold": OPERATED_CASE,
    "personal_data.lift": OPERATED_CASE,
    "personal_data.export": OPERATED_CASE,
    "personal_data.export_own": STUDENT_SELF,
    "personal_data.confirm_erasing": ADMINISTERED_CASE,
    "personal_data.erase": ADMINISTERED_CASE,
}
