"""Beginning a recognition, and taking in the file a partner has sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import InvalidInput, NotFound
from engine.values import Instance, WorkItem
from web import current, words
from workflows.contract.xml import MAX_BYTES, ImportProblem, Refused
from workflows.mobility.models import Mobility
from workflows.mobility.services import mobility_of_case
from workflows.recognition.intake import Incoming, receive, take_in
from workflows.recognition.services import begin

pages = Blueprint("recognition", __name__)

NAME_LENGTH = 200
PAGE = "recognition.transcript"


def _mobility(business_key: str) -> Mobility:
    """The mobility of a case; a case without one is not found."""
    with current.reading() as rows:
        found = mobility_of_case(rows, business_key)
    if found is None:
        raise NotFound
    return found


@pages.post("/cases/<id:instance_id>/recognition")
def start(instance_id: int) -> ResponseReturnValue:
    """Begin the recognition of the case's mobility, and go to its first task."""
    case = cast("Instance", g.instance)
    engine = current.engine()
    try:
        with engine.unit(current.actor()) as unit:
            started = begin(
                engine,
                unit,
                _mobility(case.business_key).id,
                home_hei_id=current.settings().home_hei,
            )
    except InvalidInput as refused:
        for sentences in words.field_errors(refused.errors).values():
            flash(" ".join(sentences), "warning")
        return redirect(url_for("cases.show", instance_id=instance_id))
    flash(_("The recognition has begun."), "done")
    return redirect(url_for("tasks.show", item_id=started.work_items[0]))


@pages.post("/tasks/<id:item_id>/transcript")
def upload(item_id: int) -> ResponseReturnValue:
    """Take in a partner's file, or say by line what is wrong with it; then nothing is kept."""
    item = cast("WorkItem", g.work_item)
    if item.page != PAGE:
        raise NotFound
    file = request.files.get("file")
    name = ((file.filename if file else "") or "?")[:NAME_LENGTH]
    # One byte more than may be: enough to be refused, whatever else there is.
    data = file.read(MAX_BYTES + 1) if file else b""
    mobility = _mobility(item.business_key)
    try:
        incoming = receive(data, name, mobility)
    except Refused as refused:
        return _refused(item, name, refused.problems)
    except InvalidInput as refused:
        texts = [text for each in words.field_errors(refused.errors).values() for text in each]
        return _refused(item, name, [ImportProblem(0, "", text) for text in texts])
    _keep(item, mobility, incoming)
    flash(_("%(file)s is here. Look it over, then send it.", file=name), "done")
    return redirect(url_for("tasks.show", item_id=item_id))


def _keep(item: WorkItem, mobility: Mobility, incoming: Incoming) -> None:
    engine, actor = current.engine(), current.actor()
    with engine.unit(actor) as unit:
        draft = {**(item.draft or {}), **incoming.draft}
        # First, because it locks the case and checks that the task is the actor's.
        engine.save_draft(item.id, actor=actor, data=draft, unit=unit)
        take_in(unit.session, item, mobility, incoming, actor=actor.id, now=unit.now)


def _refused(item: WorkItem, name: str, problems: Sequence[ImportProblem]) -> ResponseReturnValue:
    said = [
        {"line": each.line, "text": words.refused_file(each.code, each.params, _text(each))}
        for each in problems
    ]
    page = render_template("recognition/upload.html", item=item, filename=name, problems=said)
    return page, 422


def _text(problem: ImportProblem) -> str:
    """The sentence of a problem that agreements share, else as it was written."""
    return words.import_problem(problem)
