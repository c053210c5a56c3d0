"""Asking for a change of a signed contract, withdrawing it, correcting what is minor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from engine.errors import Forbidden, InvalidInput, InvalidState, NotFound
from engine.identity import SYSTEM
from engine.values import Instance
from web import current, words
from web.display import day
from web.lifecycles.change_offer import ChangeOffer, change_offer
from workflows.contract_change.corrections import correct
from workflows.contract_change.models import SemesterStart
from workflows.contract_change.policy import DATES, MINOR, SUBJECTS
from workflows.contract_change.semesters import set_semester_start
from workflows.contract_change.services import Wish, ask_for_change, withdraw
from workflows.mobility.models import Mobility
from workflows.mobility.services import mobility_of_case
from workflows.partners.services import institutions

pages = Blueprint("contract_change", __name__)

ASKED = ("party", "about", "reason", "late_reason", "writes")


def _case() -> Instance:
    return cast("Instance", g.instance)


def _mobility() -> Mobility:
    """The mobility of the case; a case without one is not found."""
    with current.reading() as rows:
        found = mobility_of_case(rows, _case().business_key)
    if found is None:
        raise NotFound
    return found


@pages.get("/cases/<id:instance_id>/change")
def ask(instance_id: int) -> ResponseReturnValue:
    """The form that asks for a change, or why none can be asked for."""
    return _ask_page({}, {})


def _ask_page(typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    offer = change_offer(_case())
    if offer is None:
        raise NotFound
    return render_template(
        "contract_change/ask.html",
        case=_case(),
        offer=offer,
        typed=typed,
        errors=errors,
        labels={"party": _("For whom do you ask?"), "about": _("What is to be changed?")}
        | {"reason": _("What happened?"), "late_reason": _("Why so late?")},
        parties=[(each, words.change_party(each)) for each in offer.parties],
        subjects=[(each, words.change_subject(each)) for each in SUBJECTS],
        writers=_writers(offer),
        late_hint=_late_hint(offer),
    )


def _writers(offer: ChangeOffer) -> list[tuple[str, str]]:
    """Who may write the proposal; a student always does it for themselves."""
    if offer.parties == ("student",):
        return []
    return [(each, words.change_writer(each)) for each in ("student", "requester")]


def _late_hint(offer: ChangeOffer) -> str:
    """For which requests the reason is needed."""
    window = offer.window
    if window is None or window.extension_until is None or window.late("extension"):
        sentence = _("The window has passed; the coordinator decides whether to make an exception.")
        return str(sentence)
    last = day(window.extension_until.isoformat())
    sentence = _(
        "The window for components has passed; an extension can be asked for until %(date)s.",
        date=last,
    )
    return str(sentence)


@pages.post("/cases/<id:instance_id>/change")
def send(instance_id: int) -> ResponseReturnValue:
    """Ask for the change and go to its first task, where that is one's own."""
    typed = {name: request.form.get(name, "") for name in ASKED}
    engine = current.engine()
    wish = Wish(**{**typed, "writes": typed["writes"] or "student"})
    try:
        with engine.unit(current.actor()) as unit:
            asked = ask_for_change(
                engine,
                unit,
                _mobility().id,
                wish,
                home_hei_id=current.settings().home_hei,
            )
    except InvalidInput as refused:
        return _ask_page(typed, words.field_errors(refused.errors)), 422
    flash(_("The change is asked for."), "done")
    for item_id in asked.work_items:
        if engine.work_item(item_id, actor=SYSTEM).candidate in current.actor().groups:
            return redirect(url_for("tasks.show", item_id=item_id))
    return redirect(url_for("cases.show", instance_id=asked.instance_id))


@pages.post("/cases/<id:instance_id>/change/withdraw")
def take_back(instance_id: int) -> ResponseReturnValue:
    """Withdraw the change that is under way; what is signed stays in force."""
    engine = current.engine()
    mobility_id = _mobility().id
    try:
        with engine.unit(current.actor()) as unit:
            withdraw(engine, unit, mobility_id, request.form.get("reason", ""))
        flash(_("The change is withdrawn."), "done")
    except InvalidInput as refused:
        flash(words.why_missing(refused.errors), "warning")
    except InvalidState:
        flash(_("No change is under way any more."), "warning")
    return redirect(url_for("cases.show", instance_id=instance_id))


@pages.get("/cases/<id:instance_id>/correction")
def correction(instance_id: int) -> ResponseReturnValue:
    """The form with what can be corrected."""
    return _correction_page({}, {})


def _correction_page(typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    offer = change_offer(_case())
    if offer is None or offer.window is None:
        raise NotFound
    if not offer.may_correct:
        raise Forbidden
    known = _mobility().agreement
    fields = {name: typed.get(name, getattr(known, name) or "") for name in MINOR}
    return render_template(
        "contract_change/correction.html",
        case=_case(),
        fields=fields,
        dates=[name for name in DATES if getattr(known, name) or name in typed],
        days=offer.window.correction_days,
        typed=typed,
        errors=errors,
    )


@pages.post("/cases/<id:instance_id>/correction")
def correct_fields(instance_id: int) -> ResponseReturnValue:
    """Keep what was corrected; a refusal keeps what was typed."""
    steering = {"csrf_token", "why"}
    typed = {name: text for name, text in request.form.items() if name not in steering}
    why = request.form.get("why", "")
    engine = current.engine()
    try:
        with engine.unit(current.actor()) as unit:
            correct(engine, unit, _mobility().id, typed, why)
    except InvalidInput as refused:
        errors = {("why" if name == "reason" else name): c for name, c in refused.errors.items()}
        return _correction_page({**typed, "why": why}, words.field_errors(errors)), 422
    flash(_("The correction is kept with the case."), "done")
    return redirect(url_for("cases.show", instance_id=instance_id))


@pages.get("/semesters")
def semesters() -> ResponseReturnValue:
    """The days on which semesters begin at the partners."""
    return _semesters_page({}, {})


def _semesters_page(typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    home = current.settings().home_hei
    with current.reading() as rows:
        partners = [(i.hei_id, i.name) for i in institutions(rows) if i.hei_id != home]
        starts = rows.scalars(
            select(SemesterStart).order_by(
                SemesterStart.academic_year.desc(), SemesterStart.hei_id, SemesterStart.semester
            )
        ).all()
        return render_template(
            "contract_change/semesters.html",
            partners=partners,
            names=dict(partners),
            starts=starts,
            typed=typed,
            errors=errors,
        )


@pages.post("/semesters")
def set_semester() -> ResponseReturnValue:
    """Keep one date; the same semester again replaces it."""
    typed = {
        name: request.form.get(name, "").strip()
        for name in ("hei_id", "academic_year", "semester", "starts_on")
    }
    try:
        with current.engine().unit(current.actor()) as unit:
            set_semester_start(unit, **typed)
    except InvalidInput as refused:
        return _semesters_page(typed, words.field_errors(refused.errors)), 422
    flash(_("The date is kept."), "done")
    return redirect(url_for("contract_change.semesters"))
