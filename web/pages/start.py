"""Starting a learning agreement: by a student for themselves, by RI for a student."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.errors import EngineError, InvalidInput
from web import current, words
from web.i18n import language, translated
from web.submissions import nested
from workflows.contract.services import PROCESS as CONTRACT
from workflows.contract.services import Opened, open_contract
from workflows.mobility.models import MOBILITY_TYPES
from workflows.mobility.services import find_mobility
from workflows.partners.services import departments, institutions
from workflows.people.models import Person
from workflows.people.services import all_people, find_person, get_person
from workflows.validation_plan.services import PROCESS as PLAN
from workflows.validation_plan.services import open_plan

pages = Blueprint("start", __name__)

FIELDS = ("department", "receiving_hei_id", "mobility_type", "academic_year")
OUTSIDE_ERASMUS = "outside_erasmus"
"""Chosen in place of a type of mobility: a validation plan instead of a learning agreement."""
TYPES = (*MOBILITY_TYPES, OUTSIDE_ERASMUS)
YEAR = re.compile(r"(20[0-9]{2})/(20[0-9]{2})")
NAMESPACE = uuid.UUID("0d6c1f7e-54a1-5d0f-9c63-2f6be0a4b7d1")
"""Of the identifiers that forms give to the mobilities they open (RFC 9562, version 5)."""


@pages.get("/start")
def show() -> ResponseReturnValue:
    """The form that opens a case."""
    return _form({}, {})


def _form(typed: Mapping[str, Any], errors: Mapping[str, list[str]]) -> str:
    retired = current.engine().retired()
    with current.reading() as rows:
        return render_template(
            "start.html",
            retired=[
                translated(each.model.names)
                for each in current.engine().definitions()
                if each.key in retired & {CONTRACT, PLAN}
            ],
            typed=typed,
            errors=errors,
            key=request.form.get("idempotency_key") or str(uuid.uuid4()),
            students=_students(rows),
            departments=[(each.code, each.name(language())) for each in departments(rows)],
            partners=_partners(rows),
            types=[
                (each, words.mobility_type(each)) for each in (*MOBILITY_TYPES, OUTSIDE_ERASMUS)
            ],
        )


def _students(rows: Session) -> list[tuple[str, str]]:
    if not current.signed_in().is_ri:
        return []
    return [(each.login, each.name) for each in all_people(rows) if not each.groups]


def _partners(rows: Session) -> list[tuple[str, str]]:
    home = current.settings().home_hei
    return [(each.hei_id, each.name) for each in institutions(rows) if each.hei_id != home]


@pages.post("/start")
def create() -> ResponseReturnValue:
    """Open the case and go to its first task, where that is one's own."""
    typed = nested(request.form.items())
    try:
        opened = open_agreement(typed, key=request.form.get("idempotency_key", ""))
    except InvalidInput as refused:
        return _form(typed, words.field_errors(refused.errors)), 422
    flash(_("The agreement is started."), "done")
    for item_id in opened.work_items:
        try:
            current.engine().work_item(item_id, actor=current.actor())
        except EngineError:
            # The first task is the student's alone; whoever started it sees the case.
            continue
        return redirect(url_for("tasks.show", item_id=item_id))
    return redirect(url_for("cases.show", instance_id=opened.instance_id))


def open_agreement(typed: Mapping[str, Any], *, key: str = "") -> Opened:
    """Open a case as asked; raises InvalidInput by field.

    The same ``key`` with the same answers, by the same person, opens one case only.
    """
    values = _checked(typed)
    identifier = _identifier(values, key or str(uuid.uuid4()))
    known = _opened_before(identifier)
    if known is not None:
        return known
    try:
        return _open(values, identifier)
    except IntegrityError:
        # The same form sent twice at once: the other transaction was first.
        known = _opened_before(identifier)
        if known is None:
            raise
        return known


def _identifier(values: Mapping[str, str], key: str) -> str:
    """The identifier of the mobility that one sent form opens."""
    parts = [current.actor().id, key, *(values[name] for name in sorted(values))]
    return str(uuid.uuid5(NAMESPACE, "\n".join(parts)))


def _opened_before(identifier: str) -> Opened | None:
    home = current.settings().home_hei
    with current.reading() as rows:
        found = find_mobility(rows, sending_hei_id=home, omobility_id=identifier)
    if found is None or found.instance_id is None:
        return None
    items = current.engine().instance(found.instance_id, actor=current.actor()).open_items
    return Opened(found.id, found.instance_id, tuple(item.id for item in items))


def _checked(typed: Mapping[str, Any]) -> dict[str, str]:
    values = {name: str(typed.get(name) or "").strip() for name in ("student", *FIELDS)}
    wanted = ("student", *FIELDS) if current.signed_in().is_ri else FIELDS
    errors = {name: ["required"] for name in wanted if not values[name]}
    errors |= {name: ["unknown_field"] for name in typed if name not in {*FIELDS, "student"}}
    year = values["academic_year"]
    if year and not _one_year(year):
        errors["academic_year"] = ["pattern"]
    if errors:
        raise InvalidInput(errors)
    return values


def _one_year(year: str) -> bool:
    match = YEAR.fullmatch(year)
    return match is not None and int(match[2]) - int(match[1]) == 1


def _open(values: Mapping[str, str], identifier: str) -> Opened:
    engine, viewer = current.engine(), current.signed_in()
    outside = values["mobility_type"] == OUTSIDE_ERASMUS
    opening = (
        open_plan if outside else partial(open_contract, mobility_type=values["mobility_type"])
    )
    with engine.unit(viewer.actor) as unit:
        return opening(
            engine,
            unit,
            student=_student(unit.session, values["student"]),
            department=_known(unit.session, values["department"]),
            receiving_hei_id=_partner(unit.session, values["receiving_hei_id"]),
            academic_year=values["academic_year"],
            home_hei_id=current.settings().home_hei,
            omobility_id=identifier,
        )


def _student(rows: Session, login: str) -> Person:
    viewer = current.signed_in()
    if not viewer.is_ri:
        return get_person(rows, viewer.person_id)
    found = find_person(rows, login)
    if found is None or not found.active or found.groups:
        raise InvalidInput({"student": ["unknown_student"]})
    return found


def _known(rows: Session, code: str) -> str:
    if code not in {each.code for each in departments(rows)}:
        raise InvalidInput({"department": ["not_an_option"]})
    return code


def _partner(rows: Session, hei_id: str) -> str:
    if hei_id not in dict(_partners(rows)):
        raise InvalidInput({"receiving_hei_id": ["not_an_option"]})
    return hei_id
