"""How long the steps of a lifecycle take: a table, a chart, a heat map, two of them compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_percent

from engine import Definition
from engine.history.durations import MOST, Durations
from engine.history.reports import FRESH, Report, ask, report_of
from web import current, words
from web.audit.duration_choice import (
    BYS,
    MEASURES,
    Choice,
    chosen,
    comparisons,
    years,
)
from web.audit.duration_rows import WIDTH, heat, rows_of, scale_of, told, width
from workflows.partners.services import departments, institutions

pages = Blueprint("durations", __name__)

OLD = timedelta(days=1)
"""A report that is older is computed anew as soon as somebody looks at it."""

CHARTED = 20
"""Rows that a chart draws, of months the latest; the table has all."""


@pages.get("/history/durations")
def show() -> ResponseReturnValue:
    """The report as it was last computed, or that it is being computed."""
    definitions = _by_key()
    if not definitions:
        return render_template("audit/durations.html", choice=None)
    choice, versions = _asked(definitions)
    with current.reading() as session:
        reports = [report_of(session.connection(), side.question) for side in choice.sides]
    answers = [each.answer for each in reports if each.answer is not None]
    told_whole = answers and len(answers) == len(reports)
    page = render_template(
        "audit/durations.html",
        choice=choice,
        definitions=definitions,
        versions=versions,
        years=years(choice.now),
        comparisons=comparisons(versions, choice.now),
        measures=MEASURES,
        bys=BYS,
        link=_link,
        **_choices(),
        **_state(choice, reports),
        **(_figures(choice, answers, definitions) if told_whole else {"rows": None}),
    )
    return page, 422 if choice.errors else 200


@pages.post("/history/durations")
def compute() -> ResponseReturnValue:
    """Have what the address asks for computed, once for all who ask."""
    engine = current.engine()
    choice, _versions = _asked(_by_key())
    with engine.unit(current.signed_in().actor) as unit:
        for side in choice.sides:
            ask(unit, side.question)
    return redirect(_link())


def _asked(definitions: dict[str, Definition]) -> tuple[Choice, list[int]]:
    """What the address asks for, with what is wrong in it as sentences; the versions there are."""
    choice = chosen(request.args, definitions, current.engine().clock.now())
    versions = [each.number for each in current.engine().versions(choice.process)]
    errors = {**_made_up(choice, versions), **choice.errors}
    return replace(choice, errors=words.field_errors(errors)), versions


def _made_up(choice: Choice, versions: Sequence[int]) -> Mapping[str, list[str]]:
    """The arguments that ask for a version that never was."""
    asked = [set(side.question.wanted.versions) <= set(versions) for side in choice.sides]
    names = ("version", "compare")
    return {name: ["not_an_option"] for name, there in zip(names, asked, strict=False) if not there}


def _by_key() -> dict[str, Definition]:
    """The lifecycles by key; the one that most is asked about comes first."""
    found = {each.key: each for each in current.engine().definitions()}
    return dict(sorted(found.items(), key=lambda item: item[0] != "contract"))


def _link(**changes: str | None) -> str:
    """The present page with other arguments."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changes]
    given = [*kept, *((name, value) for name, value in changes.items() if value)]
    address = url_for("durations.show")
    return f"{address}?{urlencode(given)}" if given else address


def _choices() -> dict[str, object]:
    with current.reading() as rows:
        return {
            "departments": departments(rows),
            "partners": [each.name for each in institutions(rows)],
        }


def _state(choice: Choice, reports: Sequence[Report]) -> dict[str, object]:
    """What there is to say of the reports themselves: as of when, whether one is under way."""
    moments = [each.computed_at for each in reports if each.computed_at is not None]
    oldest = min(moments, default=None)
    running = any(each.running for each in reports)
    missing = len(moments) < len(reports)
    stale = missing or (oldest is not None and oldest < choice.now - OLD)
    failed = any(each.failed for each in reports)
    return {
        "running": running,
        "failed": failed,
        "computed_at": oldest,
        "asks": stale and not running and not failed,
        "renewable": bool(oldest and oldest < choice.now - FRESH) or failed,
    }


def _figures(
    choice: Choice, answers: Sequence[Durations], definitions: dict[str, Definition]
) -> dict[str, object]:
    engine = current.engine()
    drawn = [
        engine.version(choice.process, side.question.wanted.versions[0])
        if side.question.wanted.versions
        else definitions[choice.process]
        for side in choice.sides
    ]
    rows = rows_of(choice, answers, _naming(choice, answers, drawn))
    charted = rows[-CHARTED:] if choice.by == "month" else rows[:CHARTED]
    return {
        "rows": rows,
        "charted": charted,
        "more": max((each.more for each in answers), default=0),
        "most": MOST,
        "drawn": drawn,
        "heat": [heat(rows, number) for number in range(len(answers))],
        "scale": scale_of(charted),
        "bar": width,
        "full": WIDTH,
        "told": told,
        "percent": format_percent,
    }


def _naming(
    choice: Choice, answers: Sequence[Durations], drawn: Sequence[Definition]
) -> list[Definition]:
    """The definitions that name the steps: those drawn, and older ones for what they lack."""
    found, engine = list(drawn), current.engine()
    lacking = {line.key for each in answers for line in each.lines}
    if choice.by != "step":
        return found
    for each in engine.versions(choice.process):
        lacking -= {id_ for one in found for id_ in one.model.elements}
        if not lacking:
            break
        found.append(engine.definition(each.definition_id))
    return found
