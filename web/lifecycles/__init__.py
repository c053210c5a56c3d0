"""How each lifecycle shows itself, found by the names that diagrams use."""

from __future__ import annotations

from types import ModuleType

from engine.values import WorkItem
from web.lifecycles import (
    admission,
    application,
    contract,
    contract_change,
    difficulty,
    exam_waiver,
    grade_transfer,
    grant,
    meeting,
    partnership,
    publication,
    recognition,
    validation_plan,
)
from web.lifecycles.base import CaseSection, TaskPage

__all__ = ["MODULES", "case_section", "task_page"]

MODULES: tuple[ModuleType, ...] = (
    admission,
    application,
    contract,
    contract_change,
    exam_waiver,
    grade_transfer,
    recognition,
    validation_plan,
    grant,
    difficulty,
    meeting,
    partnership,
    publication,
)
"""One module a lifecycle, named as its process; each has ``TASK_PAGES`` and ``CASE``."""

_PLAIN = TaskPage()
_PAGES: dict[str, TaskPage] = {
    name: page for module in MODULES for name, page in module.TASK_PAGES.items()
}
_CASES: dict[str, CaseSection] = {
    module.__name__.rpartition(".")[2]: module.CASE for module in MODULES if module.CASE
}


def task_page(item: WorkItem) -> TaskPage:
    """How a work item looks: by its page, else by its process, else plainly."""
    return _PAGES.get(item.page or "") or _PAGES.get(item.key) or _PLAIN


def case_section(process: str) -> CaseSection | None:
    """What a case of that process shows besides what every case shows."""
    return _CASES.get(process)
