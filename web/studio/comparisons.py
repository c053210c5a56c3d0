"""Any two states of a lifecycle beside each other: as pictures, and as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import shorten

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from engine import Draft, Version
from engine.definitions import Bundle, compare, drawn_in, marks
from engine.errors import NotFound
from web import current, words
from web.addresses import number
from web.studio.library import versions_of
from web.studio.outline import chosen_element, drawn_file
from web.studio.releases import offered

pages = Blueprint("process_comparisons", __name__)

DRAFT, RELEASE = "draft", "release"
EXCERPT = 60


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison; ``choice`` is what its selection field sends.

    ``file`` is that of the diagram, ``diagram`` its address; empty where none can be read.
    """

    choice: str
    label: str
    bundle: Bundle
    file: str
    diagram: str

    @property
    def drawn(self) -> frozenset[str]:
        """The ids of the elements in its picture."""
        return drawn_in(self.file, self.bundle.files[self.file]) if self.file else frozenset()


@pages.get("/processes/<key:key>/compare")
def show(key: str) -> str:
    """Two states of a lifecycle: versions, the draft, what a release brings.

    Without a choice, the version in force and the draft; without a draft, the last two.
    """
    versions, draft = versions_of(key), current.engine().definition_draft(key)
    unpublished = _unpublished(key, draft, offered(key, versions))
    usual = _usual(versions, draft)
    before, after = (
        _side(key, request.args.get(name) or choice, unpublished)
        for name, choice in zip(("before", "after"), usual, strict=True)
    )
    changes = compare(before.bundle, after.bundle)
    drawn = before.drawn | after.drawn
    found = marks(changes, {before.file, after.file})
    marked = {id_: mark for id_, mark in found.items() if id_ in drawn}
    return render_template(
        "studio/compare.html",
        key=key,
        definition=current.engine().definition(versions[0].definition_id),
        choices=[
            *((each.choice, each.label) for each in unpublished.values()),
            *((str(each.number), _told(each)) for each in versions),
        ],
        before=before,
        after=after,
        changes=changes,
        marked=marked,
        counts=Counter(marked.values()),
        selectable=drawn,
        chosen=chosen_element(),
    )


def _usual(versions: list[Version], draft: Draft | None) -> tuple[str, str]:
    newest, before = versions[0], versions[:2][-1]
    return (str(newest.number), DRAFT) if draft else (str(before.number), str(newest.number))


def _told(version: Version) -> str:
    """A version as an option of a selection field: its number and how its note begins."""
    note = shorten(words.version_note(version.note), EXCERPT, placeholder="…")
    return " · ".join(filter(None, (_("Version %(number)s", number=version.number), note)))


def _unpublished(key: str, draft: Draft | None, offer: Bundle | None) -> dict[str, Side]:
    sides = []
    if draft is not None:
        address = url_for("process_drafts.diagram", key=key)
        sides.append(_drawn(DRAFT, _("Draft of the next version"), draft.bundle, address))
    if offer is not None:
        address = url_for("process_offers.diagram", key=key)
        sides.append(_drawn(RELEASE, _("What the program brings"), offer, address))
    return {each.choice: each for each in sides}


def _side(key: str, choice: str, unpublished: Mapping[str, Side]) -> Side:
    """One side by what was chosen; raises NotFound where there is no such state."""
    if choice in unpublished:
        return unpublished[choice]
    chosen = number(choice)
    if chosen is None:
        raise NotFound
    bundle = current.engine().version(key, chosen).bundle
    address = url_for("processes.diagram", key=key, number=chosen)
    return _drawn(choice, _("Version %(number)s", number=chosen), bundle, address)


def _drawn(choice: str, label: str, bundle: Bundle, address: str) -> Side:
    file = drawn_file(bundle)
    return Side(choice, label, bundle, file, address if file else "")
