"""The partner's page: whose agreement is this, what do you ask of me? No account, no menu."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date

from engine.errors import Conflict, InvalidInput, InvalidState
from engine.values import WorkItemStatus
from web import current, partner_links, words
from web.pages import contract_pages
from web.pages.tasks import Typed, errors_at_boxes
from web.security import limiter
from web.submissions import CONTROL, HIDDEN, key_of, nested, reason_of
from workflows.contract.views import ContractView
from workflows.partners.services import institution_name

pages = Blueprint("partner", __name__)

SIGNER_FIELDS = ("signer_name", "signer_position", "signer_email")


@pages.get("/partner/<token>")
def show(token: str) -> ResponseReturnValue:
    """The agreement, and the two answers."""
    contract = _asked_about()
    if contract is None:
        return _answered()
    return _page(token, contract, Typed())


def _asked_about() -> ContractView | None:
    """The contract, while the link's own version is the one being asked about."""
    item = partner_links.work_item()
    contract = contract_pages.view_of(item.instance_id)
    if item.status != WorkItemStatus.OPEN or contract is None:
        return None
    return contract if contract.current.digest == partner_links.link().digest else None


def _answered() -> str:
    """What became of the question; whoever sent an answer too late gets their text back."""
    typed = {name: text for name, text in request.form.items() if name not in CONTROL | HIDDEN}
    return render_template(
        "partner/answered.html",
        item=partner_links.work_item(),
        kept="\n\n".join(text.strip() for text in typed.values() if text.strip()),
    )


def _page(token: str, contract: ContractView, typed: Typed) -> str:
    agreement = contract.current.agreement
    contact = (agreement.receiving_contact_given_names, agreement.receiving_contact_family_name)
    with current.reading() as rows:
        home = institution_name(rows, agreement.sending_hei_id)
    return render_template(
        "partner/show.html",
        token=token,
        item=partner_links.work_item(),
        contract=contract,
        typed=typed,
        signs=False,
        signer_fields=SIGNER_FIELDS,
        defaults={
            "signer_name": " ".join(part for part in contact if part),
            "signer_email": agreement.receiving_contact_email or "",
        },
        suggestions=[],
        home_name=home,
        expires=format_date(partner_links.link().expires_at, "d MMMM y"),
    )


@pages.post("/partner/<token>")
@limiter.limit("20 per minute; 100 per hour")
def answer(token: str) -> ResponseReturnValue:
    """Approve or reject; a refusal keeps everything that was typed."""
    contract = _asked_about()
    if contract is None:
        return _answered(), 409
    data: dict[str, Any] = nested(request.form.items())
    outcome = request.form.get("outcome") or None
    typed = Typed(
        data,
        {"reject": request.form.get("reason_reject", "")},
        outcome,
        key_of(request.form),
    )
    try:
        current.engine().complete(
            partner_links.work_item().id,
            actor=partner_links.link().actor,
            data=data,
            outcome=outcome,
            reason=reason_of(request.form, outcome),
            idempotency_key=typed.key,
        )
    except InvalidInput as refused:
        typed.errors = words.field_errors(errors_at_boxes(refused, outcome))
        return _page(token, contract, typed), 422
    except (Conflict, InvalidState):
        return _answered(), 409
    return redirect(url_for("partner.show", token=token))
