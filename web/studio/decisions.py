"""The decision tables of a draft: edited in the browser, read as plain tables, tried in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import ExpressionError, NotFound
from engine.feel.blank import blank_decision
from engine.feel.decision import Decided, Decision
from engine.feel.dmn import parse_decisions
from engine.feel.trying import context_of, variables_of
from web import current, security, words
from web.studio.process import NAME, begun_with, process_of

pages = Blueprint("process_decisions", __name__)

ADDRESS: Final = "/processes/<key:key>/draft/decisions/<path:table>"
MOST_RULES: Final = 300


@dataclass(frozen=True, slots=True)
class Tried:
    """What was typed for a decision and what came of it."""

    typed: Mapping[str, str]
    decided: Decided | None = None
    failure: str = ""
    detail: str = ""


@pages.get(ADDRESS)
def show(key: str, table: str) -> ResponseReturnValue:
    """The tables of a file; the one that is asked for tried with what was typed."""
    process, file = process_of(key), f"{table}.dmn"
    if file not in process.bundle.files:
        raise NotFound
    decisions, _problems = parse_decisions(process.bundle.files[file], file)
    asked = next((each for each in decisions if each.id == request.args.get("decision")), None)
    lint = current.engine().lint(process.bundle)
    page = render_template(
        "studio/decision_editor.html",
        key=key,
        name=file,
        process=process,
        decisions=decisions,
        variables={each.id: variables_of(each) for each in decisions},
        tried={asked.id: _try(asked)} if asked else {},
        problems=[each for each in lint if each.file == file],
        most=MOST_RULES,
    )
    return security.for_editor(page)


def _try(decision: Decision) -> Tried:
    """The answer of the evaluator that runs in production, or why there is none."""
    typed = {name: request.args.get(f"v.{name}", "") for name in variables_of(decision)}
    try:
        decided = current.engine().feel.decide(decision, context_of(decision, typed))
    except ExpressionError as failed:
        reason = str(failed.params.get("reason", ""))
        return Tried(typed, failure=words.decision_failure(reason), detail=str(failed))
    return Tried(typed, decided)


@pages.post("/processes/<key:key>/draft/decisions")
def begin(key: str) -> ResponseReturnValue:
    """A new decision table, to be named by a business rule task."""
    process = process_of(key)
    name = request.form.get("name", "").strip()
    if not NAME.fullmatch(name):
        flash(_("The name of a decision table is a word of letters, digits and _."), "warning")
        return redirect(url_for("process_drafts.show", key=key))
    begun_with(process, f"{name}.dmn", blank_decision(name))
    return redirect(url_for("process_decisions.show", key=key, table=name))
