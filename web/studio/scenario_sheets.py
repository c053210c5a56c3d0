"""A scenario of the draft: its steps in a table that can be changed, and the text it is kept in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import Bundle, Definition, Draft
from engine.definitions import revised
from engine.errors import Conflict, DeploymentRejected, InvalidInput, NotFound
from web import current
from web.addresses import number
from web.studio.answers import too_late
from web.studio.keeping import name_errors
from web.studio.outline import model_of
from web.studio.process import process_of
from workflows.scenarios.actions import ACTIONS
from workflows.scenarios.cast import MEMBERS, PARTNER
from workflows.scenarios.loading import ScenarioInvalid, read_scenario
from workflows.scenarios.results import FOLDER, scenario_names
from workflows.scenarios.rows import KINDS, fields_of, row_of
from workflows.scenarios.sheet import Row, Sheet, sheet_of

pages = Blueprint("process_sheets", __name__)

_FIRST_STEP: Row = {"expect": {"open": []}}
_AT = "2026-09-07T09:00"
_MOVES = {"up": -1, "down": 1}


@dataclass(frozen=True, slots=True)
class Opened:
    """A scenario file with the draft it lies in; without a draft, with the version in force."""

    key: str
    file: str
    draft: Draft | None
    in_force: Definition | None
    names: Mapping[str, str]

    @property
    def bundle(self) -> Bundle:
        """The files around it."""
        if self.draft is not None:
            return self.draft.bundle
        return self.in_force.bundle if self.in_force else Bundle(self.key, {})

    @property
    def elements(self) -> list[str]:
        """What a step can be about, as far as the diagram can be read."""
        model = model_of(self.bundle)
        return sorted(model.elements) if model else []

    @property
    def content(self) -> bytes:
        """The file; raises NotFound where there is no such scenario."""
        name = f"{FOLDER}/{self.file}"
        if name not in scenario_names(self.bundle):
            raise NotFound
        return self.bundle.files[name]

    @property
    def revision(self) -> int | None:
        """The state of the draft that is shown."""
        return self.draft.revision if self.draft else None

    @property
    def sheet(self) -> Sheet:
        """The steps; raises ScenarioInvalid where the file is no scenario."""
        return sheet_of(self.content, self.file)


def _opened(key: str, file: str) -> Opened:
    process = process_of(key)
    return Opened(key, file, process.draft, process.in_force, process.names)


@pages.get("/processes/<key:key>/versions/<id:number>/scenarios/<file>")
def version(key: str, number: int, file: str) -> ResponseReturnValue:
    """The steps of a version's scenario, to be read."""
    shown = current.engine().version(key, number)
    opened = Opened(key, file, None, shown, shown.model.names)
    return _show(opened, number=number)


@pages.get("/processes/<key:key>/draft/scenarios/<file>")
def show(key: str, file: str) -> ResponseReturnValue:
    """The steps of a scenario in the draft."""
    return _show(_opened(key, file))


def _show(
    opened: Opened, *, number: int | None = None, wrong: ScenarioInvalid | None = None
) -> str:
    sheet, unreadable = None, None
    try:
        sheet = opened.sheet
    except ScenarioInvalid as invalid:
        unreadable = invalid
    return render_template(
        "studio/scenario.html",
        opened=opened,
        number=number,
        sheet=sheet,
        rows=[fields_of(each) for each in sheet.steps] if sheet else [],
        typed=request.form if wrong else {},
        wrong=wrong or unreadable,
    )


@pages.post("/processes/<key:key>/draft/scenarios/<file>")
def head(key: str, file: str) -> ResponseReturnValue:
    """Change the title, when it begins, and which lifecycles take part."""
    form = request.form
    processes = tuple(filter(None, map(str.strip, form.get("processes", "").split(","))))
    title, at = form.get("title", "").strip(), form.get("at", "").strip()
    return _change(
        _opened(key, file),
        lambda sheet: sheet.headed(title, at, processes),
        f"{title}\n{at}\n{', '.join(processes)}",
        lambda opened, wrong: _show(opened, wrong=wrong),
    )


@pages.get("/processes/<key:key>/draft/scenarios/<file>/step")
def step(key: str, file: str) -> ResponseReturnValue:
    """The form of one step, or of a new one."""
    opened = _opened(key, file)
    place = number(request.args.get("number", ""))
    steps = opened.sheet.steps
    if place is not None and not 0 < place <= len(steps):
        raise NotFound
    fields = fields_of(steps[place - 1]) if place else {"kind": "complete"}
    return _step_form(opened, fields, request.args)


def _step_form(
    opened: Opened,
    fields: Mapping[str, str],
    where: Mapping[str, str],
    wrong: ScenarioInvalid | None = None,
) -> str:
    return render_template(
        "studio/scenario_step.html",
        opened=opened,
        fields=fields,
        place=number(where.get("number", "")),
        after=number(where.get("after", "")),
        kinds=KINDS,
        members=(*MEMBERS, PARTNER),
        actions=sorted(ACTIONS),
        elements=opened.elements,
        wrong=wrong,
    )


@pages.post("/processes/<key:key>/draft/scenarios/<file>/step")
def keep_step(key: str, file: str) -> ResponseReturnValue:
    """Keep one step, or add a new one."""
    form = request.form
    place = number(form.get("number", ""))
    after = number(form.get("after", ""))

    def change(sheet: Sheet) -> Sheet:
        row = row_of(form)
        if place is not None:
            _require_step(sheet, place)
            return sheet.with_step(place - 1, row)
        return sheet.with_new_step(min(after or 0, len(sheet.steps)), row)

    typed = "\n".join(f"{name}: {text}" for name, text in form.items() if name in _TYPED and text)
    return _change(
        _opened(key, file),
        change,
        typed,
        lambda opened, wrong: _step_form(opened, form, form, wrong),
    )


_TYPED = (
    *("kind", "who", "what", "outcome", "reason", "error", "open", "running", "finished"),
    *("terminated", "more"),
)


@pages.post("/processes/<key:key>/draft/scenarios/<file>/arrange")
def arrange(key: str, file: str) -> ResponseReturnValue:
    """Move one step up or down, or take it out."""
    place = number(request.form.get("number", ""))
    act = request.form.get("act", "")

    def change(sheet: Sheet) -> Sheet:
        _require_step(sheet, place)
        assert place is not None
        if act in _MOVES:
            return sheet.moved(place - 1, _MOVES[act])
        return sheet.without_step(place - 1)

    return _change(_opened(key, file), change, "", lambda opened, wrong: _show(opened, wrong=wrong))


def _require_step(sheet: Sheet, place: int | None) -> None:
    if place is None or not 0 < place <= len(sheet.steps):
        raise NotFound


@pages.get("/processes/<key:key>/draft/scenarios/<file>/text")
def text(key: str, file: str) -> ResponseReturnValue:
    """The file as it is written."""
    opened = _opened(key, file)
    return _text_form(opened, opened.content.decode("utf-8", "replace"))


def _text_form(opened: Opened, content: str, wrong: ScenarioInvalid | None = None) -> str:
    return render_template("studio/scenario_text.html", opened=opened, text=content, wrong=wrong)


@pages.post("/processes/<key:key>/draft/scenarios/<file>/text")
def keep_text(key: str, file: str) -> ResponseReturnValue:
    """Keep the file as it was typed, comments and all."""
    opened = _opened(key, file)
    typed = request.form.get("text", "").replace("\r\n", "\n")
    if f"{FOLDER}/{file}" not in scenario_names(opened.bundle):
        raise NotFound
    content = typed.encode("utf-8", "surrogatepass")
    try:
        read_scenario(content, file, file)
    except ScenarioInvalid as wrong:
        return _text_form(opened, typed, wrong), 422
    return _keep(opened, content, typed)


@pages.get("/processes/<key:key>/draft/new-scenario")
def begin(key: str) -> ResponseReturnValue:
    """Name a new scenario."""
    return _begin_form(_opened(key, ""), {})


def _begin_form(opened: Opened, errors: Mapping[str, list[str]]) -> str:
    return render_template("studio/scenario_new.html", opened=opened, errors=errors)


@pages.post("/processes/<key:key>/draft/new-scenario")
def create(key: str) -> ResponseReturnValue:
    """Begin a scenario with one step, to be changed."""
    name, title = request.form.get("name", "").strip(), request.form.get("title", "").strip()
    opened = _opened(key, f"{name}.yaml")
    errors = name_errors(opened.bundle, name, title)
    if errors:
        return _begin_form(opened, errors), 422
    content = Sheet(title, _AT, (), (_FIRST_STEP,)).dump(opened.file)
    return _keep(opened, content, f"{name}\n{title}")


def _change(
    opened: Opened,
    change: Callable[[Sheet], Sheet],
    typed: str,
    again: Callable[[Opened, ScenarioInvalid], str],
) -> ResponseReturnValue:
    """Keep a sheet that was changed, or show what is wrong with the change."""
    if _is_stale(opened):
        return too_late(opened.key, typed)
    try:
        content = change(opened.sheet).dump(opened.file)
    except ScenarioInvalid as wrong:
        return again(opened, wrong), 422
    return _keep(opened, content, typed)


def _is_stale(opened: Opened) -> bool:
    return number(request.form.get("revision", "")) != opened.revision


def _keep(opened: Opened, content: bytes, typed: str) -> ResponseReturnValue:
    if _is_stale(opened):
        return too_late(opened.key, typed)
    try:
        current.engine().save_definition_draft(
            revised(opened.bundle, {opened.file: content}),
            actor=current.actor(),
            revision=opened.revision,
            based_on=opened.in_force.version if opened.in_force else 0,
        )
    except (InvalidInput, DeploymentRejected) as refused:
        wrong = ScenarioInvalid([str(refused)])
        return _text_form(opened, content.decode("utf-8", "replace"), wrong), 422
    except Conflict:
        return too_late(opened.key, typed)
    flash(_("The draft is saved. Nothing is published yet."), "done")
    return redirect(url_for("process_sheets.show", key=opened.key, file=opened.file))
