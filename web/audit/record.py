"""The audit trail as a whole: verified up to when, and the anchors that prove it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.history.access_log import LOG
from engine.history.anchor_files import MEDIA_TYPE, file_name
from engine.history.checking import Check
from web import current
from web.addresses import number as typed_number
from web.display import remember_names

pages = Blueprint("record", __name__)

CHECKS = 10
ANCHORS = 25


@pages.get("/record")
def show() -> ResponseReturnValue:
    """What the last verification found, those before it, and the anchors."""
    engine = current.engine()
    before = typed_number(request.args.get("before", "")) or None
    anchors = engine.anchors(limit=ANCHORS + 1, before=before)
    checks = engine.history_checks(limit=CHECKS)
    remember_names(each.started_by for each in checks)
    return render_template(
        "audit/record.html",
        running=next((each for each in checks if each.running), None),
        last=_last_ended(checks),
        checks=checks,
        anchors=anchors[:ANCHORS],
        file_name=file_name,
        log_of_accesses=LOG,
        older=anchors[ANCHORS - 1].number if len(anchors) > ANCHORS else None,
    )


def _last_ended(checks: Iterable[Check]) -> Check | None:
    return next((each for each in checks if each.ended_at is not None), None)


@pages.post("/record/verify")
def verify() -> ResponseReturnValue:
    """Verify the whole record in the background; where that is under way already, watch it."""
    current.engine().start_check(actor=current.signed_in().actor)
    return redirect(url_for("record.show"))


@pages.get("/record/anchors/<id:number>")
def anchor(number: int) -> ResponseReturnValue:
    """The file of an anchor, to be kept elsewhere."""
    found = current.engine().anchor(number)
    answer = Response(current.engine().anchor_lines(found), mimetype=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f"attachment; filename={file_name(found)}"
    return answer
