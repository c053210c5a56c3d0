"""Any two states of a lifecycle beside each other: as pictures, and as a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from engine import Draft, Version
from engine.definitions import Bundle, Subject, compare, drawn_in, marks
from engine.errors import NotFound
from web import current
from web.addresses import number
from web.studio.library import versions_of
from web.studio.outline import chosen_element, drawn_file

pages = Blueprint("process_comparisons", __name__)

DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison; ``choice`` is what its selection field sends.

    ``diagram`` is the address of its picture, empty where it has none that can be read.
    """

    choice: str
    label: str
    bundle: Bundle
    file: str
    diagram: str


@pages.get("/processes/<key:key>/compare")
def show(key: str) -> str:
    """Two versions, or a version and the draft: what differs, drawn and told.

    Without a choice, the version in force and the draft; without a draft, the last two.
    """
    versions, draft = versions_of(key), current.engine().definition_draft(key)
    chosen_before, chosen_after = _usual(versions, draft)
    before = _side(key, request.args.get("before") or chosen_before, draft)
    after = _side(key, request.args.get("after") or chosen_after, draft)
    changes = compare(before.bundle, after.bundle)
    marked = marks(changes, {before.file, after.file})
    drawn = drawn_in(before.file, before.bundle.files.get(before.file, b"")) | drawn_in(
        after.file, after.bundle.files.get(after.file, b"")
    )
    marked = {id_: mark for id_, mark in marked.items() if id_ in drawn}
    return render_template(
        "studio/compare.html",
        key=key,
        definition=current.engine().definition(versions[0].definition_id),
        choices=[
            *([(DRAFT, _("Draft of the next version"))] if draft else []),
            *_numbered(versions),
        ],
        before=before,
        after=after,
        changes=changes,
        marked=marked,
        counts=Counter(marked.values()),
        names={each.id: each.name for each in changes if each.subject is Subject.ELEMENT},
        selectable=drawn,
        chosen=chosen_element(),
    )


def _usual(versions: list[Version], draft: Draft | None) -> tuple[str, str]:
    newest = str(versions[0].number)
    return (newest, DRAFT) if draft else (str(versions[min(1, len(versions) - 1)].number), newest)


def _numbered(versions: list[Version]) -> list[tuple[str, str]]:
    return [
        (str(each.number), _("Version %(number)s", number=each.number) + _excerpt(each.note))
        for each in versions
    ]


def _excerpt(note: str) -> str:
    words = " ".join(note.split())
    return f": {words[:59]}…" if len(words) > 60 else f": {words}" if words else ""


def _side(key: str, choice: str, draft: Draft | None) -> Side:
    """One side by what was chosen; raises NotFound where there is no such state."""
    chosen = number(choice)
    if choice == DRAFT and draft is not None:
        label, bundle = _("Draft of the next version"), draft.bundle
        address = url_for("process_drafts.diagram", key=key)
    elif chosen is not None:
        label = _("Version %(number)s", number=chosen)
        bundle = current.engine().version(key, chosen).bundle
        address = url_for("processes.diagram", key=key, number=chosen)
    else:
        raise NotFound
    file = drawn_file(bundle)
    return Side(choice, label, bundle, file, address if file else "")
