"""Codes of engine and domain, said in words. Templates know this package as ``words``."""

from __future__ import annotations

from web.words.contract import (
    change_reason,
    check_title,
    field_title,
    mobility_type,
    part_hint,
    part_title,
    path_title,
    record_title,
    role_title,
    stage_title,
    version_status,
    warning_sentence,
)
from web.words.imports import import_problem
from web.words.incidents import incident_advice, incident_sentence
from web.words.refusals import error_sentence, field_errors
from web.words.tasks import (
    count_of_tasks,
    event_words,
    name_of,
    outcome_action,
    outcome_words,
    standard_reasons,
)

__all__ = [
    "change_reason",
    "check_title",
    "count_of_tasks",
    "error_sentence",
    "event_words",
    "field_errors",
    "field_title",
    "import_problem",
    "incident_advice",
    "incident_sentence",
    "mobility_type",
    "name_of",
    "outcome_action",
    "outcome_words",
    "part_hint",
    "part_title",
    "path_title",
    "record_title",
    "role_title",
    "stage_title",
    "standard_reasons",
    "version_status",
    "warning_sentence",
]
