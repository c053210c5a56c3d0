"""The contract on pages: what its tasks and its case show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.values import Instance, WorkItem
from web import current
from web.lifecycles.base import CaseSection, TaskPage, Typed
from web.lifecycles.contract_editor import (
    editor_fields,
    editor_parts,
    submission,
    with_row_action,
)
from workflows.contract.reading import contract_view
from workflows.contract.views import ContractView
from workflows.mobility.services import mobility_of_case

SIGNER_FIELDS = {
    "contract.sign_sending": ("signer_position",),
    "contract.partner_answer": ("signer_name", "signer_position", "signer_email"),
}
"""What a signer tells about themselves, by task handler."""


def view_of(business_key: str) -> ContractView | None:
    """The contract of a case, or None where the case has none."""
    with current.reading() as rows:
        mobility = mobility_of_case(rows, business_key)
        return contract_view(rows, mobility.id) if mobility is not None else None


def _shown(item: WorkItem, _typed: Typed) -> Mapping[str, Any]:
    return {"contract": view_of(item.business_key)}


def _signing(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    definition = current.engine().definition(item.definition_id)
    handler = definition.element(item.element).properties.get("handler", "")
    contract = view_of(item.business_key)
    return {
        "contract": contract,
        "signer_fields": SIGNER_FIELDS.get(handler, ()),
        "defaults": _known_partner(contract) if item.page == "contract.partner" else {},
    }


def _known_partner(contract: ContractView | None) -> dict[str, str]:
    """Whom the agreement names as the contact of the receiving institution."""
    if contract is None:
        return {}
    agreement = contract.current.agreement
    names = (agreement.receiving_contact_given_names, agreement.receiving_contact_family_name)
    return {
        "signer_name": " ".join(name for name in names if name),
        "signer_email": agreement.receiving_contact_email or "",
    }


def _drafting(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    contract = view_of(item.business_key)
    if contract is None:
        return {"contract": None, "editor": None}
    editor = {
        "fields": editor_fields(contract, typed.data),
        "parts": editor_parts(contract, typed.data),
    }
    return {"contract": contract, "editor": editor}


def _digest(item: WorkItem) -> str:
    contract = view_of(item.business_key)
    return contract.current.digest if contract else ""


def _section(case: Instance) -> Mapping[str, Any] | None:
    contract = view_of(case.business_key)
    return {"contract": contract} if contract else None


_READ = TaskPage(body="contract/_decide.html", preview="contract/_preview.html", context=_shown)

TASK_PAGES: Mapping[str, TaskPage] = {
    "contract": _READ,
    "contract.check": _READ,
    "contract.draft": TaskPage(
        template="contract/draft.html",
        preview="contract/_preview.html",
        context=_drafting,
        submission=submission,
        row_action=with_row_action,
    ),
    "contract.sign": TaskPage(
        body="contract/_decide.html",
        inputs="contract/_sign.html",
        preview="contract/_preview.html",
        context=_signing,
        signs=True,
    ),
    "contract.partner": TaskPage(
        body="contract/_decide.html",
        inputs="contract/_sign.html",
        preview="contract/_preview.html",
        partner="contract/partner.html",
        context=_signing,
        digest=_digest,
    ),
}
"""By the page a diagram names; the key of the process stands for its other tasks."""

CASE = CaseSection("contract/_case.html", _section)
