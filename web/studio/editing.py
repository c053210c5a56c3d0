"""The page on which a diagram of a draft is edited, and who else has that draft open."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from engine.errors import NotFound
from web import current, security
from web.display import person_name, remember_names
from web.studio.draft_files import told
from web.studio.process import process_of
from web.studio.vocabulary import vocabulary

pages = Blueprint("process_editing", __name__)


@pages.get("/processes/<key:key>/draft/edit/<path:stem>.bpmn")
def diagram(key: str, stem: str) -> ResponseReturnValue:
    """A diagram of the draft, or of the version in force where there is no draft yet."""
    process, engine = process_of(key), current.engine()
    name = f"{stem}.bpmn"
    if name not in process.bundle.files:
        raise NotFound
    page = render_template(
        "studio/editor.html",
        key=key,
        name=name,
        process=process,
        vocabulary=vocabulary(engine, process.bundle),
        problems=told(engine.lint(process.bundle)),
    )
    return security.for_editor(page)


@pages.post("/processes/<key:key>/draft/presence")
def present(key: str) -> ResponseReturnValue:
    """Say that one has the draft open; answers with the names of the others who have."""
    process_of(key)
    others = current.engine().open_definition_draft(key, actor=current.actor())
    remember_names(others)
    return jsonify({"others": sorted(map(person_name, others))})
