"""The contract on pages: what its tasks and its case show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from engine.values import Instance, WorkItem
from web import current, words
from web.lifecycles.base import CaseSection, TaskPage, Typed
from web.lifecycles.change_offer import change_offer
from web.lifecycles.contract_editor import (
    editor_fields,
    editor_parts,
    submission,
    with_row_action,
)
from web.lifecycles.grade_transfer_offer import transfer_offer
from web.lifecycles.recognition_offer import recognition_offer
from workflows.contract.reading import contract_view, versions_of
from workflows.contract.views import ContractView
from workflows.mobility.services import mobility_of_case
from workflows.people.services import PARTNER_DESK

SIGNER_FIELDS = {
    "sign_sending": ("signer_position",),
    "answer_receiving": ("signer_position",),
    "partner_answer": ("signer_name", "signer_position", "signer_email"),
}
"""What a signer tells about themselves, by the step of a task handler's name."""


def view_of(business_key: str) -> ContractView | None:
    """The contract of a case, or None where the case has none."""
    with current.reading() as rows:
        mobility = mobility_of_case(rows, business_key)
        if mobility is None or not versions_of(rows, mobility.id):
            return None
        return contract_view(rows, mobility.id)


def shown(item: WorkItem, _typed: Typed) -> Mapping[str, Any]:
    """The contract a work item is about."""
    return {"contract": view_of(item.business_key), "reason_label": _reason_label(item)}


def _reason_label(item: WorkItem) -> str:
    """Who reads the reason of a refusal, where that is not the student."""
    labels = {
        "review_receiving": _("Why? The international office reads this."),
        "answer_receiving": _("Why? The sending university reads this."),
    }
    return str(labels.get(item.element, ""))


def signing(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    """The contract, and what its signer tells about themselves."""
    definition = current.engine().definition(item.definition_id)
    handler = definition.element(item.element).properties.get("handler", "")
    contract = view_of(item.business_key)
    return {
        "contract": contract,
        "reason_label": _reason_label(item),
        "signer_fields": SIGNER_FIELDS.get(handler.rpartition(".")[2], ()),
        "defaults": _known_partner(contract) if item.candidate == PARTNER_DESK else {},
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


def digest(item: WorkItem) -> str:
    """The digest of the version that is being asked about."""
    contract = view_of(item.business_key)
    return contract.current.digest if contract else ""


def _section(case: Instance) -> Mapping[str, Any] | None:
    contract = view_of(case.business_key)
    if contract is None:
        return None
    return {
        "contract": contract,
        "offer": change_offer(case),
        "recognition_offer": recognition_offer(case),
        "transfer_offer": transfer_offer(case),
    }


_READ = TaskPage(
    body="contract/_decide.html",
    preview="contract/_preview.html",
    context=shown,
    reasons=words.contract_reasons,
)

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
        context=signing,
        reasons=words.contract_reasons,
        signs=True,
    ),
    "contract.partner": TaskPage(
        body="contract/_decide.html",
        inputs="contract/_sign.html",
        preview="contract/_preview.html",
        partner="contract/partner.html",
        context=signing,
        digest=digest,
    ),
}
"""By the page a diagram names; the key of the process stands for its other tasks."""

CASE = CaseSection("contract/_case.html", _section)
