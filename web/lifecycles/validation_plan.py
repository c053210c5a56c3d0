"""A validation plan on pages: what its tasks and its case show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.values import Instance, InstanceStatus, WorkItem
from web import current, words
from web.lifecycles.base import CaseSection, TaskPage, Typed
from web.lifecycles.contract import SIGNER_FIELDS
from web.lifecycles.plan_editor import (
    editor_fields,
    editor_rows,
    submission,
    with_row_action,
)
from web.lifecycles.recognition_offer import recognition_offer
from workflows.mobility.services import mobility_of_case
from workflows.people.services import RI, coordinator_group, student_group
from workflows.validation_plan.policy import (
    CONVERSION_METHODS,
    DISPOSITIONS,
    FAILURE_RULES,
    TERMS,
    plan_warnings,
)
from workflows.validation_plan.reading import plan_views, teachers
from workflows.validation_plan.views import PlanView, VersionStatus


def plans_of(business_key: str) -> tuple[PlanView, ...]:
    """Every version of the plan of a case, oldest first; none where the case has none."""
    with current.reading() as rows:
        mobility = mobility_of_case(rows, business_key)
        return plan_views(rows, mobility.id) if mobility is not None else ()


def _context(plans: tuple[PlanView, ...]) -> dict[str, Any]:
    plan = plans[-1] if plans else None
    warnings = plan_warnings(plan.rows, plan.home_credits, plan.abroad_credits) if plan else []
    return {
        "plan": plan,
        "before": plans[-2] if len(plans) > 1 else None,
        "plan_warnings": [(each.code, dict(each.params)) for each in warnings],
    }


def _shown(item: WorkItem, _typed: Typed) -> Mapping[str, Any]:
    return _context(plans_of(item.business_key))


def _teaching(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    """The plan, with the units of the teacher who is asked first."""
    context = dict(_shown(item, typed))
    number = item.candidate.removeprefix("person:")
    context["own"] = int(number) if number.isdigit() else None
    return context


def _signing(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    return {**_shown(item, typed), "signer_fields": SIGNER_FIELDS.get(item.element, ())}


def _drafting(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    context = dict(_shown(item, typed))
    plan = context["plan"]
    if plan is None:
        return context
    with current.reading() as rows:
        names = teachers(rows)
    return {
        **context,
        "fields": editor_fields(plan, typed.data),
        "rows": editor_rows(plan, typed.data),
        "teachers": [(str(number), name) for number, name in names.items()],
        "dispositions": DISPOSITIONS,
        "failure_rules": FAILURE_RULES,
        "terms": tuple(TERMS),
        "methods": CONVERSION_METHODS,
        "error_labels": {path: words.plan_path(path) for path in typed.errors if _own(path)},
    }


def _own(path: str) -> bool:
    return path.startswith(("rows", "conversion"))


def _digest(item: WorkItem) -> str:
    plans = plans_of(item.business_key)
    return plans[-1].digest if plans else ""


def _section(case: Instance) -> Mapping[str, Any] | None:
    plans = plans_of(case.business_key)
    if not plans:
        return None
    with current.reading() as rows:
        mobility = mobility_of_case(rows, case.business_key)
        assert mobility is not None
    parties = {student_group(mobility.person_id or 0), coordinator_group(mobility.department), RI}
    done = case.status != InstanceStatus.ACTIVE and plans[-1].status is VersionStatus.SIGNED
    latest = mobility.instance_id == case.id
    viewer = current.signed_in().within("validation_plan")
    may_reopen = done and latest and bool(parties & viewer.actor.groups)
    return {
        "plans": plans,
        "may_reopen": may_reopen,
        "recognition_offer": recognition_offer(case),
    }


_READ = TaskPage(
    body="validation_plan/_decide.html",
    preview="validation_plan/_preview.html",
    context=_shown,
    reasons=words.contract_reasons,
)

TASK_PAGES: Mapping[str, TaskPage] = {
    "validation_plan": _READ,
    "validation_plan.check": _READ,
    "validation_plan.draft": TaskPage(
        template="validation_plan/draft.html",
        preview="validation_plan/_preview.html",
        context=_drafting,
        submission=submission,
        row_action=with_row_action,
    ),
    "validation_plan.teacher": TaskPage(
        body="validation_plan/_decide.html",
        preview="validation_plan/_preview.html",
        context=_teaching,
        reasons=words.contract_reasons,
    ),
    "validation_plan.sign": TaskPage(
        body="validation_plan/_decide.html",
        inputs="validation_plan/_sign.html",
        preview="validation_plan/_preview.html",
        context=_signing,
        reasons=words.contract_reasons,
        signs=True,
    ),
    "validation_plan.partner": TaskPage(
        body="validation_plan/_decide.html",
        inputs="validation_plan/_sign.html",
        preview="validation_plan/_preview.html",
        context=_signing,
        digest=_digest,
    ),
}
"""By the page a diagram names; the key of the process stands for its other tasks."""

CASE = CaseSection("validation_plan/_case.html", _section)
