"""Beginning a recognition, and taking in the file a partner has sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

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
from workflows.recognition.recording import Case, case_of
from workflows.recognition.services import begin, first_task

if TYPE_CHECKING:
    from engine import Unit

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
    """Record that a partner's transcript is here, with its file where there is one."""
    case = cast("Instance", g.instance)
    mobility = _mobility(case.business_key)
    name, data = _sent_file()
    try:
        incoming = receive(data, name, mobility) if data else None
    except (Refused, InvalidInput) as refused:
        address = url_for("recognition.start", instance_id=instance_id)
        back = url_for("cases.show", instance_id=instance_id)
        return _refused(case, name, refused, address=address, back=back)
    try:
        task = _begun(mobility, incoming)
    except InvalidInput as refused:
        for sentences in words.field_errors(refused.errors).values():
            flash(" ".join(sentences), "warning")
        return redirect(url_for("cases.show", instance_id=instance_id))
    flash(_("The recognition has begun."), "done")
    return redirect(url_for("tasks.show", item_id=task))


def _begun(mobility: Mobility, incoming: Incoming | None) -> int:
    """Begin the recognition and keep the file, if there is one; its first task."""
    engine, actor = current.engine(), current.actor()
    with engine.unit(actor) as unit:
        home = current.settings().home_hei
        case = begin(engine, unit, mobility.id, home_hei_id=home)
        task = first_task(unit.session, case)
        if incoming is not None:
            engine.save_draft(task, actor=actor, data=incoming.draft, unit=unit)
            _take_in(unit, case_of(unit.session, case), mobility, incoming)
    return task


@pages.post("/tasks/<id:item_id>/transcript")
def upload(item_id: int) -> ResponseReturnValue:
    """Take in a partner's file, or say by line what is wrong with it; then nothing is kept."""
    item = cast("WorkItem", g.work_item)
    if item.page != PAGE:
        raise NotFound
    name, data = _sent_file()
    mobility = _mobility(item.business_key)
    try:
        incoming = receive(data, name, mobility)
    except (Refused, InvalidInput) as refused:
        address = url_for("recognition.upload", item_id=item_id)
        back = url_for("tasks.show", item_id=item_id)
        return _refused(item, name, refused, address=address, back=back)
    engine, actor = current.engine(), current.actor()
    with engine.unit(actor) as unit:
        draft = {**(item.draft or {}), **incoming.draft}
        # First, because it locks the case and checks that the task is the actor's.
        engine.save_draft(item.id, actor=actor, data=draft, unit=unit)
        _take_in(unit, Case(item.instance_id, item.definition_id), mobility, incoming)
    flash(_("%(file)s is here. Look it over, then send it.", file=name), "done")
    return redirect(url_for("tasks.show", item_id=item_id))


def _sent_file() -> tuple[str, bytes]:
    """The name and the bytes of the file sent; one byte more than may be, to be refused."""
    file = request.files.get("file")
    name = ((file.filename if file else None) or "")[:NAME_LENGTH]
    return name, file.read(MAX_BYTES + 1) if file else b""


def _take_in(unit: Unit, case: Case, mobility: Mobility, incoming: Incoming) -> None:
    take_in(unit.session, case, mobility, incoming, actor=unit.actor.id, now=unit.now)


def _refused(
    about: Instance | WorkItem,
    name: str,
    refused: Refused | InvalidInput,
    *,
    address: str,
    back: str,
) -> ResponseReturnValue:
    if isinstance(refused, Refused):
        problems = refused.problems
    else:
        texts = [text for each in words.field_errors(refused.errors).values() for text in each]
        problems = [ImportProblem(0, "", text) for text in texts]
    said = [
        {"line": each.line, "text": words.refused_file(each.code, each.params, _text(each))}
        for each in problems
    ]
    page = render_template(
        "recognition/upload.html",
        about=about,
        filename=name,
        problems=said,
        address=address,
        back=back,
    )
    return page, 422


def _text(problem: ImportProblem) -> str:
    """The sentence of a problem that agreements share, else as it was written."""
    return words.import_problem(problem)
