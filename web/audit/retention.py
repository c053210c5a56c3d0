"""How long files are kept, what is due, and what was erased: the rules and their reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from engine.errors import InvalidInput, NotFound
from web import current, words
from web.display import remember_names
from workflows.retention import purging
from workflows.retention.due import due_cases, due_counts
from workflows.retention.models import ARCHIVE, DESTROY, PersonErasure
from workflows.retention.rules import MAILS, Rule, put_into_force, revisions, rules

pages = Blueprint("retention", __name__)

REPORTS = 10
HOLDS = 50
DUE = 100


@pages.get("/history/retention")
def index() -> ResponseReturnValue:
    """The rules, what is due under each, purges and their reports, holds."""
    engine = current.engine()
    with current.reading() as rows:
        known = rules(rows)
        counts = due_counts(rows.connection(), known, engine.clock.now())
        reports = purging.purges(rows, limit=REPORTS)
        newest = select(PersonErasure).order_by(PersonErasure.id.desc()).limit(REPORTS)
        persons = list(rows.scalars(newest))
        rows.expunge_all()
    found = engine.holds(actor=current.actor(), limit=HOLDS)
    holds = [each for each in found if each.lifted_at is None]
    remember_names(
        [rule.set_by for rule in known.values()]
        + [report.purge.started_by for report in reports]
        + [each.actor for each in persons]
        + [each.set_by for each in holds]
    )
    return render_template(
        "audit/retention.html",
        rules=known.values(),
        counts=counts,
        due=sum(counts.get(rule.kind, 0) for rule in known.values() if rule.in_force),
        reports=reports,
        running=next((report for report in reports if report.running), None),
        persons=persons,
        holds=holds,
    )


@pages.get("/history/retention/rules/<kind>")
def rule(kind: str) -> ResponseReturnValue:
    """The rule for one kind of file, to be changed, and those there were."""
    known = _known(kind)
    months = {"keep_active": known.keep_active, "keep_intermediate": known.keep_intermediate}
    return _form(known, months, {})


@pages.post("/history/retention/rules/<kind>")
def set_rule(kind: str) -> ResponseReturnValue:
    """Put a rule into force."""
    typed = request.form
    number, known = _number(typed.get("revision", "")), _known(kind)
    wanted = replace(
        known,
        revision=known.revision if number is None else number,
        keep_active=_or_none(typed.get("keep_active", "")),
        keep_intermediate=_or_none(typed.get("keep_intermediate", "")),
        fate=typed.get("fate", ""),
        basis=typed.get("basis", ""),
    )
    try:
        with current.engine().unit(current.actor()) as unit:
            put_into_force(unit, wanted)
    except InvalidInput as refused:
        return _form(wanted, typed, words.field_errors(refused.errors)), 422
    flash(_("The rule is in force."), "done")
    return redirect(url_for("retention.index"))


def _known(kind: str) -> Rule:
    with current.reading() as rows:
        found = rules(rows).get(kind)
    if found is None:
        raise NotFound
    return found


def _form(shown: Rule, months: Mapping[str, object], errors: Mapping[str, list[str]]) -> str:
    """The form at a rule; ``months`` are those to show, as they were typed."""
    with current.reading() as rows:
        before = revisions(rows, shown.kind)
    remember_names(each.set_by for each in before)
    fates = (DESTROY,) if shown.kind == MAILS else (DESTROY, ARCHIVE)
    return render_template(
        "audit/retention_rule.html",
        rule=shown,
        months=months,
        fates=fates,
        before=before,
        errors=errors,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _or_none(text: str) -> int:
    """A number of months; what is none lies outside of what is allowed."""
    number = _number(text.strip())
    return -1 if number is None else number


@pages.get("/history/retention/purge")
def confirm_purge() -> ResponseReturnValue:
    """What a purge would erase now, and that it cannot be undone."""
    now = current.engine().clock.now()
    with current.reading() as rows:
        valid = purging.in_force(rows)
        counts = due_counts(rows.connection(), valid, now)
        cases = due_cases(rows.connection(), valid, now, limit=DUE, held=True)
        mails = len(purging.old_mails(rows.connection(), valid, now))
    return render_template(
        "audit/retention_purge.html",
        counts=counts,
        cases=cases,
        rules=valid,
        mails=mails,
        most_mails=purging.MAILS_AT_ONCE,
    )


@pages.post("/history/retention/purge")
def purge() -> ResponseReturnValue:
    """Erase what is due, in the background; where that is under way already, watch it."""
    with current.engine().unit(current.actor()) as unit:
        purging.start(unit)
    return redirect(url_for("retention.index"))
