"""The ranking board: candidates by score, what each would get, what a change would lead to."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import Conflict, Forbidden, InvalidInput, NotFound
from web import current, words
from web.pages.boards import Board, board_of, changes_of
from web.pages.campaign_rows import sees_ranking
from web.submissions import nested
from web.viewer import Viewer
from workflows.application.campaigns import get_ranking
from workflows.application.fields import Reader
from workflows.application.ranking import allocate_places, consequences, keep, read_points
from workflows.application.standing import BoardChange, NewPoints, TieOrder

pages = Blueprint("rankings", __name__)
MAX_TIE = 200


def load(viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Keep the board for the request; raises NotFound for one the viewer has no part in."""
    with current.reading() as rows:
        ranking = get_ranking(rows, arguments["ranking_id"])
        if not sees_ranking(viewer, ranking):
            raise NotFound
        g.board = board_of(rows, ranking, viewer)


def _board() -> Board:
    return cast("Board", g.board)


@pages.get("/rankings/<id:ranking_id>")
def show(ranking_id: int) -> ResponseReturnValue:
    """The board as it stands."""
    return render_template("rankings/board.html", board=_board(), errors={}, written={})


@pages.post("/rankings/<id:ranking_id>/change")
def change(ranking_id: int) -> ResponseReturnValue:
    """Show what a change would lead to; keep it once it has been seen and given a reason."""
    board = _board()
    if not board.may_change:
        raise Forbidden
    typed = nested(request.form.items())
    reason = str(request.form.get("reason", ""))
    try:
        wanted = _wanted(typed)
        if "keep" not in typed:
            return _shown(ranking_id, wanted, typed, reason, {})
        with current.engine().unit(current.actor()) as unit:
            keep(unit, ranking_id, wanted, reason, _revision(typed))
    except InvalidInput as refused:
        errors = words.field_errors(refused.errors)
        if set(refused.errors) == {"reason"}:
            return _shown(ranking_id, _wanted(typed), typed, reason, errors), 422
        written = dict(_flat(typed))
        return render_template(
            "rankings/board.html", board=board, errors=errors, written=written
        ), 422
    except Conflict:
        return _stale(ranking_id)
    flash(_("The change is kept."), "done")
    return redirect(url_for("rankings.show", ranking_id=ranking_id))


def _stale(ranking_id: int) -> ResponseReturnValue:
    """Somebody was faster: the board as it stands by now, and nothing of one's own change."""
    return render_template(
        "rankings/board.html", board=_board(), errors={}, written={}, stale=True
    ), 409


def _shown(
    ranking_id: int,
    wanted: BoardChange,
    typed: Mapping[str, Any],
    reason: str,
    errors: Mapping[str, list[str]],
) -> str:
    with current.reading() as rows:
        ranking = get_ranking(rows, ranking_id)
        found = consequences(rows, ranking, wanted)
        shown = changes_of(rows, ranking, found)
    return render_template(
        "rankings/board.html",
        board=_board(),
        errors=errors,
        written={},
        reason=reason,
        asked=list(_flat(typed)),
        consequences=shown,
    )


def _flat(typed: Mapping[str, Any], path: str = "") -> list[tuple[str, str]]:
    """What was typed as pairs of field and value, to be shown or sent once more."""
    pairs: list[tuple[str, str]] = []
    for name, value in typed.items():
        where = f"{path}.{name}" if path else name
        if isinstance(value, Mapping):
            pairs += _flat(value, where)
        elif isinstance(value, list):
            pairs += _flat({str(n): each for n, each in enumerate(value)}, where)
        elif name != "keep":
            pairs.append((where, str(value)))
    return pairs


def _wanted(typed: Mapping[str, Any]) -> BoardChange:
    """The change a form asks for: the order of a tie, or one's own points."""
    reader = Reader(typed)
    if "points" in typed:
        application = reader.whole("application", 1, 2**31, required=True) or 0
        reader.checked()
        points: Mapping[str, Decimal] = read_points(typed)
        return NewPoints(application, current.signed_in().person_id, points)
    rows = reader.rows("order", MAX_TIE)
    places = [
        (row.whole("position", 1, MAX_TIE, required=True), row.whole("id", 1, 2**31, required=True))
        for row in rows
    ]
    reader.checked(*rows)
    positions = [position for position, _id in places]
    if len(set(positions)) < len(positions):
        raise InvalidInput({"order": ["taken"]})
    return TieOrder(tuple(int(str(number)) for _position, number in sorted(places, key=_first)))


def _first(place: tuple[int | None, int | None]) -> int:
    return place[0] or 0


def _revision(typed: Mapping[str, Any]) -> int:
    text = str(typed.get("revision", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@pages.get("/rankings/<id:ranking_id>/allocate")
def proposal(ranking_id: int) -> ResponseReturnValue:
    """What would be given to whom, to be confirmed."""
    return render_template("rankings/allocate.html", board=_board(), errors={})


@pages.post("/rankings/<id:ranking_id>/allocate")
def allocate(ranking_id: int) -> ResponseReturnValue:
    """Give out the places, exactly as they were shown."""
    revision = _revision({"revision": request.form.get("revision", "")})
    try:
        with current.engine().unit(current.actor()) as unit:
            allocate_places(unit, ranking_id, revision)
    except InvalidInput as refused:
        errors = words.field_errors(refused.errors)
        return render_template("rankings/allocate.html", board=_board(), errors=errors), 422
    except Conflict:
        return _stale(ranking_id)
    flash(_("The places are given. Every candidate is told the result and its reasons."), "done")
    return redirect(url_for("rankings.show", ranking_id=ranking_id))
