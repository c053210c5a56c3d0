"""The forms of a draft: their fields as a list to work on, and how they will look."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from engine.definitions import Problem, with_file
from engine.errors import Conflict, DeploymentRejected, InvalidInput, NotFound
from engine.forms import Form, compile_form, editing
from engine.forms.answers import MAX_TEXT
from engine.forms.compiler import MAX_COMPONENTS
from engine.forms.components import MAX_OPTIONS
from engine.forms.editing import Piece, Schema
from web import current, words
from web.display import clock_time, remember_names
from web.i18n import LANGUAGES, language
from web.lifecycles.base import Typed
from web.studio.process import NAME, Process, begun_with, kept, process_of
from web.submissions import nested

pages = Blueprint("process_forms", __name__)

ADDRESS: Final = "/processes/<key:key>/draft/forms/<form_name>"
OVERWRITE: Final = "overwrite"
LIMITS: Final = {"text": MAX_TEXT, "options": MAX_OPTIONS, "components": MAX_COMPONENTS}


@dataclass(frozen=True, slots=True)
class Editing:
    """A form as it is worked on; ``schema`` is None where the file cannot be read."""

    process: Process
    name: str
    schema: Schema | None
    conflict: bool = False
    refused: Sequence[str] = ()
    tried: Typed = field(default_factory=Typed)

    @property
    def file(self) -> str:
        """Its place in the bundle."""
        return file_of(self.name)

    @property
    def state(self) -> str:
        """What it was made from: the state the page was opened with, until it is taken over."""
        return request.form.get("state", "") if self.conflict else self.process.tag


def file_of(name: str) -> str:
    """The file of a form in the bundle."""
    return f"forms/{name}.json"


@pages.get(ADDRESS)
def show(key: str, form_name: str) -> ResponseReturnValue:
    """The fields of a form, what is wrong with them, and a preview."""
    process = _process_with(key, form_name)
    return _page(Editing(process, form_name, _schema(process.bundle.files[file_of(form_name)])))


def _process_with(key: str, name: str) -> Process:
    process = process_of(key)
    if file_of(name) not in process.bundle.files:
        raise NotFound
    return process


def _schema(data: bytes | str) -> Schema | None:
    try:
        schema = json.loads(data)
        # Half a character can stand in JSON and in no page.
        json.dumps(schema, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None  # lint names the place; the page says that it cannot be edited here
    return schema if isinstance(schema, dict) else None


def _compiled(schema: Schema | None, file: str) -> Form:
    return compile_form(json.dumps(schema or {}).encode(), file)[0]


def _page(form: Editing, template: str = "studio/form_editor.html") -> str:
    remember_names([form.process.last_saved[0]])
    schema = form.schema or {}
    pieces = editing.pieces_of(schema)
    at_piece, elsewhere = _placed(form, pieces)
    shown = request.values.get("preview", "")
    spoken = shown if shown in LANGUAGES else language()
    return render_template(
        template,
        key=form.process.key,
        process=form.process,
        form=form,
        base=json.dumps(schema),
        pieces=pieces,
        at_piece=at_piece,
        elsewhere=elsewhere,
        spoken=spoken,
        preview=preview(_compiled(schema, form.file), spoken, form.tried),
        saved_at=clock_time(form.process.last_saved[1]),
        opened=request.args.get("open", ""),
        editing=editing,
        limits=LIMITS,
    )


def _placed(
    form: Editing, pieces: Sequence[Piece]
) -> tuple[Mapping[str, list[Problem]], list[Problem]]:
    """What lint says of the form: by the path of the component, and of the form as a whole."""
    at_piece: dict[str, list[Problem]] = {}
    elsewhere: list[Problem] = []
    for problem in current.engine().lint(form.process.bundle):
        if problem.file != form.file:
            continue
        key = problem.params.get("field") or problem.params.get("name")
        path = next(
            (
                piece.path
                for piece in pieces
                if piece.name == problem.element_id or (key and piece.component.get("key") == key)
            ),
            None,
        )
        (elsewhere if path is None else at_piece.setdefault(path, [])).append(problem)
    return at_piece, elsewhere


def preview(form: Form, spoken: str, tried: Typed) -> str:
    """The form in one language, by the template that shows it on the page of its task."""
    with force_locale(spoken):
        return render_template("tasks/_form.html", form=form, typed=tried)


@pages.post(ADDRESS)
def save(key: str, form_name: str) -> ResponseReturnValue:
    """Keep what was typed, with one field more, less or elsewhere where that was asked."""
    process = _process_with(key, form_name)
    action, _, path = request.form.get("row_action", "").partition(":")
    schema, opened = _acted(_typed(), action, path)
    if request.form.get("state") != process.tag and action != OVERWRITE:
        return _too_late(process, form_name, schema)
    try:
        changed = _keep(process, form_name, schema)
    except InvalidInput as refused:
        said = [each for listed in words.field_errors(refused.errors).values() for each in listed]
        return _page(Editing(process, form_name, schema, refused=said)), 422
    except DeploymentRejected as refused:
        said = [words.problem_meaning(each) or each.message for each in refused.problems]
        return _page(Editing(process, form_name, schema, refused=said)), 422
    except Conflict:
        return _too_late(process_of(key), form_name, schema)
    if "HX-Request" in request.headers:
        if not changed:
            # Nothing on the page is replaced: who has gone on to the preview is typing there.
            return "", 204
        return _page(Editing(process_of(key), form_name, schema), "studio/_form_saved.html")
    shown = request.form.get("preview")
    return redirect(
        url_for("process_forms.show", key=key, form_name=form_name, open=opened, preview=shown)
        + (f"#c{opened}" if opened else "")
    )


def _typed() -> Schema:
    """The form as the page was made from it, with what was typed since."""
    base = _schema(request.form.get("base", ""))
    if base is None:
        raise InvalidInput({"base": ["wrong_type"]})
    sent: Any = nested(request.form.items(multi=True)).get("c")
    typed = sent if isinstance(sent, dict) else {}
    return editing.with_typed(
        base,
        {path.removeprefix("n"): each for path, each in typed.items() if isinstance(each, dict)},
    )


def _acted(schema: Schema, action: str, path: str) -> tuple[Schema, str]:
    """The form after what a button asks for, and the component to go on with."""
    before, _, last = path.rpartition("-")
    if action == "add" and path in editing.SETTINGS:
        schema = editing.added(schema, path)
        return schema, str(len(schema["components"]) - 1)
    if action in {"up", "down"} and last.isascii() and last.isdigit():
        by = -1 if action == "up" else 1
        there = f"{before}-{int(last) + by}" if before else str(int(last) + by)
        return editing.moved(schema, path, by), there
    if action == "remove":
        return editing.removed(schema, path), ""
    if action == "add_option":
        return editing.with_option(schema, path), path
    if action == "remove_option":
        path, _, number = path.partition(":")
        if number.isascii() and number.isdigit():
            return editing.without_option(schema, path, int(number)), path
    return schema, ""


def _keep(process: Process, name: str, schema: Schema) -> bool:
    """Whether there was anything to keep.

    What says the same stays byte for byte: only what says something else is a change.
    """
    before = process.bundle.files[file_of(name)]
    if _schema(before) == schema:
        return False
    kept(process, with_file(process.bundle, file_of(name), _text_of(schema)))
    return True


def _text_of(schema: Schema) -> bytes:
    return (json.dumps(schema, ensure_ascii=False, indent=2) + "\n").encode()


def _too_late(process: Process, name: str, schema: Schema) -> ResponseReturnValue:
    """Both are kept: the draft as the other left it, and what was typed on the page."""
    form = Editing(process, name, schema, conflict=True)
    if "HX-Request" in request.headers:
        return _page(form, "studio/_form_saved.html")
    return _page(form), 409


@pages.post(f"{ADDRESS}/try")
def try_out(key: str, form_name: str) -> ResponseReturnValue:
    """What the server says to these answers, by the rules that hold on the task's page."""
    process = _process_with(key, form_name)
    schema = _schema(process.bundle.files[file_of(form_name)])
    form = _compiled(schema, file_of(form_name))
    answers: dict[str, object] = {
        each.key: request.form.getlist(each.key)
        if each.type == "checklist"
        else request.form.get(each.key, "")
        for each in form.fields
    }
    try:
        form.validate(answers)
        errors: Mapping[str, list[str]] = {}
    except InvalidInput as refused:
        errors = words.field_errors(refused.errors)
    tried = Typed(answers, outcome="accepted" if not errors else "refused", errors=errors)
    return Response(_page(Editing(process, form_name, schema, tried=tried)))


@pages.post("/processes/<key:key>/draft/forms")
def begin(key: str) -> ResponseReturnValue:
    """A new form without a field, to be named by the ``form`` of a user task."""
    process = process_of(key)
    name = request.form.get("name", "").strip()
    if not NAME.fullmatch(name):
        flash(_("The name of a form is a word of letters, digits and _."), "warning")
        return redirect(url_for("process_drafts.show", key=key))
    schema: Schema = {"id": name, "type": "default", "schemaVersion": 17, "components": []}
    begun_with(process, file_of(name), _text_of(schema))
    return redirect(url_for("process_forms.show", key=key, form_name=name))
