"""The partner's page: whose agreement is this, what do you ask of me? No account, no menu."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date

from engine.errors import Conflict, InvalidInput, InvalidState
from engine.values import WorkItemStatus
from web import current, partner_links, words
from web.lifecycles import task_page
from web.lifecycles.base import Typed
from web.pages.tasks import errors_at_boxes
from web.security import limiter
from web.submissions import CONTROL, HIDDEN, key_of, nested, reason_of
from workflows.partners.services import institution_name

pages = Blueprint("partner", __name__)


@pages.get("/partner/<token>")
def show(token: str) -> ResponseReturnValue:
    """What is asked, and the answers there are."""
    if not _still_asked():
        return _answered()
    return _page(token, Typed())


def _still_asked() -> bool:
    """Whether the task is open and what the link was bound to is what is being asked about."""
    item = partner_links.work_item()
    current_digest = task_page(item).digest(item)
    return item.status == WorkItemStatus.OPEN and current_digest == partner_links.link().digest


def _answered() -> str:
    """What became of the question; whoever sent an answer too late gets their text back."""
    typed = {name: text for name, text in request.form.items() if name not in CONTROL | HIDDEN}
    return render_template(
        "partner/answered.html",
        item=partner_links.work_item(),
        kept="\n\n".join(text.strip() for text in typed.values() if text.strip()),
    )


def _page(token: str, typed: Typed) -> str:
    item = partner_links.work_item()
    page = task_page(item)
    definition = current.engine().definition(item.definition_id)
    with current.reading() as rows:
        home = institution_name(rows, current.settings().home_hei)
    return render_template(
        page.partner,
        token=token,
        item=item,
        page=page,
        typed=typed,
        form=definition.forms.get(item.form) if item.form else None,
        signs=False,
        usual_reasons=(),
        home_name=home,
        process_names=definition.model.names,
        expires=format_date(partner_links.link().expires_at, "d MMMM y"),
        **page.context(item, typed),
    )


@pages.post("/partner/<token>")
@limiter.limit("20 per minute; 100 per hour")
def answer(token: str) -> ResponseReturnValue:
    """Approve or reject; a refusal keeps everything that was typed."""
    if not _still_asked():
        return _answered(), 409
    data = task_page(partner_links.work_item()).submission(nested(request.form.items()))
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
        return _page(token, typed), 422
    except (Conflict, InvalidState):
        return _answered(), 409
    return redirect(url_for("partner.show", token=token))
