"""Keeping a scenario that was recorded: shown in the table, named, put into the draft, played."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.definitions import Bundle, revised
from engine.errors import Conflict, DeploymentRejected, InvalidInput
from web import current
from web.addresses import number
from web.studio.answers import too_late
from web.studio.process import Process, kept, process_of
from workflows.scenarios.loading import ScenarioInvalid
from workflows.scenarios.results import FOLDER, ask
from workflows.scenarios.rows import fields_of
from workflows.scenarios.sheet import Sheet, sheet_of

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}", re.ASCII)
"""How the file of a scenario may be called, without its suffix."""


def name_errors(bundle: Bundle, name: str, title: str) -> dict[str, list[str]]:
    """What is wrong with the name and the title of a new scenario."""
    errors: dict[str, list[str]] = {}
    if not title:
        errors["title"] = [_("Say in a line what the scenario shows.")]
    if not NAME.fullmatch(name):
        errors["name"] = [_("Use small letters, digits, - and _, a letter or digit first.")]
    elif f"{FOLDER}/{name}.yaml" in bundle.files:
        errors["name"] = [_("There is a scenario of this name already.")]
    return errors


def shown(key: str, sheet: Sheet, told: Mapping[str, object]) -> str:
    """The page that asks to keep a scenario; ``told`` is what the page says of its origin."""
    try:
        text = sheet.dump("scenario.yaml").decode()
    except ScenarioInvalid as wrong:
        return _page(process_of(key), sheet, "", {}, wrong, told)
    return _page(process_of(key), sheet, text, {}, None, told)


def _page(
    process: Process,
    sheet: Sheet | None,
    text: str,
    errors: Mapping[str, list[str]],
    wrong: ScenarioInvalid | None,
    told: Mapping[str, object],
) -> str:
    return render_template(
        "rehearsal/keep.html",
        process=process,
        revision=process.draft.revision if process.draft else "",
        rows=[fields_of(each) for each in sheet.steps] if sheet else [],
        text=text,
        errors=errors,
        wrong=wrong,
        **told,
    )


def keep(key: str, told: Mapping[str, object]) -> ResponseReturnValue:
    """Put the scenario that was sent into the draft and have it played; else say what is wrong."""
    process = process_of(key)
    name, title = request.form.get("name", "").strip(), request.form.get("title", "").strip()
    text = request.form.get("text", "").replace("\r\n", "\n")
    if number(request.form.get("revision", "")) != (
        process.draft.revision if process.draft else None
    ):
        return too_late(key, text)
    errors = name_errors(process.bundle, name, title)
    try:
        sheet = sheet_of(text.encode("utf-8", "surrogatepass"), f"{name}.yaml")
    except ScenarioInvalid as wrong:
        return _page(process, None, text, errors, wrong, told), 422
    if errors:
        return _page(process, sheet, text, errors, None, told), 422
    content = sheet.headed(title, sheet.at, sheet.processes).dump(f"{name}.yaml")
    try:
        bundle = revised(process.bundle, {f"{name}.yaml": content})
        kept(process, bundle)
    except (InvalidInput, DeploymentRejected) as refused:
        return _page(process, sheet, text, {"name": [str(refused)]}, None, told), 422
    except Conflict:
        return too_late(key, text)
    with current.engine().unit(current.actor()) as unit:
        ask(unit, bundle, [f"{FOLDER}/{name}.yaml"])
    flash(_("The scenario is in the draft and is being played. Nothing is published yet."), "done")
    return redirect(url_for("process_sheets.show", key=key, file=f"{name}.yaml"))
