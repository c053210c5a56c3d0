"""Publications to be approved: what the draft changes, before the second administrator's eyes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from engine.definitions import compare, names_of
from engine.values import WorkItem
from web import current
from web.display import remember_names
from web.lifecycles.base import CaseSection, TaskPage, Typed
from workflows.publication.services import business_key


def _task(item: WorkItem, _typed: Typed) -> Mapping[str, Any]:
    engine = current.engine()
    key = item.business_key.partition("-")[2].rpartition("-")[0]
    planned, draft = engine.planned_publication(key), engine.definition_draft(key)
    words = {"reason_label": _("Why?")}
    if planned is None or draft is None or business_key(key, planned.id) != item.business_key:
        return {**words, "planned": None}
    versions = engine.versions(key)
    in_force = engine.definition(versions[0].definition_id) if versions else None
    remember_names([planned.set_by])
    return {
        **words,
        "key": key,
        "planned": planned,
        "changed": draft.revision != planned.revision,
        "names": in_force.model.names if in_force else names_of(draft.bundle),
        "in_force": in_force,
        "changes": compare(in_force.bundle, draft.bundle) if in_force else (),
    }


TASK_PAGES: Mapping[str, TaskPage] = {
    "publication.approve": TaskPage(body="publication/_request.html", context=_task)
}
"""By the page a diagram names."""

CASE: CaseSection | None = None
