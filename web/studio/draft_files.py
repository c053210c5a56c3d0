"""One file of a draft, fetched and kept by an editor in the browser while somebody works on it.

The entity tag names the state that a text was made from: the revision of the draft, or
``v`` and the number of the version in force where there is no draft. A text made from another
state is refused, so that nobody overwrites what they have not seen.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from engine.definitions import Bundle, Problem, with_file
from engine.definitions.guard import MAX_FILE_BYTES
from engine.errors import Conflict, DeploymentRejected, InvalidInput, NotFound
from web import current, words
from web.display import person_name
from web.errors import problem
from web.studio.process import Process, kept, process_of

pages = Blueprint("process_files", __name__)

FILES = "/processes/<key:key>/draft/files/<path:name>"
_MIMETYPES = {".bpmn": "application/xml", ".dmn": "application/xml", ".json": "application/json"}


@pages.get(FILES)
def fetch(key: str, name: str) -> ResponseReturnValue:
    """A file of the draft, or of the version in force where there is no draft."""
    state = process_of(key)
    if name not in state.bundle.files:
        raise NotFound
    suffix = name[name.rfind(".") :]
    answer = Response(state.bundle.files[name], mimetype=_MIMETYPES.get(suffix, "text/plain"))
    answer.set_etag(state.tag)
    return answer


@pages.put(FILES)
def keep(key: str, name: str) -> ResponseReturnValue:
    """Keep a text, right or wrong, as a file of the draft; tells what lint says of the whole.

    ``If-Match`` carries the tag of the state it was made from; ``If-None-Match: *`` says that
    there was no draft, or no such file in it.
    """
    if (request.content_length or 0) > MAX_FILE_BYTES:
        return problem(413, "draft_file_too_large")
    state = process_of(key)
    if not request.if_match and not request.if_none_match.star_tag:
        return problem(428, "revision_missing")
    if not _seen(state, name):
        return _changed(state)
    try:
        bundle = with_file(state.bundle, name, request.get_data())
        revision = kept(state, bundle)
    except InvalidInput as refused:
        return problem(422, refused.code, errors=words.field_errors(refused.errors))
    except DeploymentRejected as refused:
        return problem(422, refused.code, problems=told(refused.problems))
    except Conflict:
        return _changed(process_of(key))
    return _kept(key, revision, bundle)


def _seen(state: Process, name: str) -> bool:
    if request.if_match:
        return request.if_match.contains(state.tag)
    return state.draft is None or name not in state.bundle.files


def _kept(key: str, revision: int, bundle: Bundle) -> Response:
    engine = current.engine()
    answer = jsonify(
        {
            "revision": str(revision),
            "saved_at": engine.clock.now().isoformat(),
            "saved_by": person_name(current.actor().id),
            "problems": told(engine.lint(bundle)),
        }
    )
    answer.set_etag(str(revision))
    return answer


def _changed(state: Process) -> Response:
    by, at = state.last_saved
    return problem(
        412, "draft_changed", revision=state.tag, saved_by=person_name(by), saved_at=at.isoformat()
    )


def told(problems: Sequence[Problem]) -> list[dict[str, object]]:
    """Problems as an editor lists them.

    ``sentence`` speaks the reader's language, ``detail`` is English and names the values;
    ``option`` is the option of an approval step that is concerned, if one is.
    """
    return [
        {
            "code": each.code,
            "severity": each.severity.value,
            "element": each.element_id,
            "line": each.line,
            "file": each.file,
            "sentence": words.problem_meaning(each) or each.message,
            "detail": each.message,
            "option": each.params.get("option", ""),
        }
        for each in problems
    ]
