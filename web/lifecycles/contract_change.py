"""A change of a signed contract on pages: its tasks, its case, what a contract's case offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from engine.values import Instance, WorkItem
from web import current, words
from web.lifecycles import contract as contract_pages
from web.lifecycles.base import CaseSection, TaskPage, Typed
from web.lifecycles.change_editor import (
    DELETE_REASONS,
    change_parts,
    end_typed,
    error_labels,
    submission,
    with_row_action,
)
from workflows.contract_change.policy import parties_of
from workflows.contract_change.services import open_request, request_of
from workflows.mobility.services import mobility_of_case


def _about(item: WorkItem) -> Mapping[str, Any]:
    """The request a work item belongs to."""
    with current.reading() as rows:
        return {"change": request_of(rows, item.instance_id)}


def _asked(item: WorkItem, _typed: Typed) -> Mapping[str, Any]:
    return {**_about(item), "contract": contract_pages.view_of(item.business_key)}


def _read(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    return {**_about(item), **contract_pages.shown(item, typed)}


def _signing(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    return {**_about(item), **contract_pages.signing(item, typed)}


def _proposing(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    contract = contract_pages.view_of(item.business_key)
    if contract is None or contract.in_force is None:
        return {"contract": contract, "editor": None, "change": None}
    parts = change_parts(contract, typed.data)
    return {
        **_about(item),
        "contract": contract,
        "parts": parts,
        "end_date": end_typed(contract, typed.data),
        "delete_reasons": DELETE_REASONS,
        "error_labels": error_labels(parts, typed.errors, _("removed")),
    }


def _section(case: Instance) -> Mapping[str, Any] | None:
    contract = contract_pages.view_of(case.business_key)
    if contract is None:
        return None
    with current.reading() as rows:
        mobility = mobility_of_case(rows, case.business_key)
        assert mobility is not None
        request = request_of(rows, case.id)
        running = open_request(rows, mobility.id)
        parties = parties_of(current.signed_in().within("contract_change").actor, mobility)
    mine = running is not None and running.id == request.id
    return {"contract": contract, "change": request, "may_withdraw": mine and bool(parties)}


TASK_PAGES: Mapping[str, TaskPage] = {
    "contract_change": TaskPage(
        body="contract_change/_decide.html",
        preview="contract/_preview.html",
        context=_read,
        reasons=words.contract_reasons,
    ),
    "contract_change.admit": TaskPage(
        body="contract_change/_late.html",
        inputs="contract_change/_admission.html",
        preview="contract_change/_preview.html",
        context=_asked,
    ),
    "contract_change.limit": TaskPage(
        body="contract_change/_late.html",
        preview="contract_change/_preview.html",
        context=_asked,
    ),
    "contract_change.propose": TaskPage(
        template="contract_change/propose.html",
        preview="contract_change/_preview.html",
        context=_proposing,
        submission=submission,
        row_action=with_row_action,
    ),
    "contract_change.sign": TaskPage(
        body="contract_change/_decide.html",
        inputs="contract/_sign.html",
        preview="contract/_preview.html",
        context=_signing,
        reasons=words.contract_reasons,
        signs=True,
    ),
    "contract_change.partner": TaskPage(
        body="contract_change/_decide.html",
        inputs="contract/_sign.html",
        preview="contract/_preview.html",
        context=_signing,
        digest=contract_pages.digest,
    ),
}
"""By the page a diagram names; the key of the process stands for its other tasks."""

CASE = CaseSection("contract_change/_case.html", _section)
