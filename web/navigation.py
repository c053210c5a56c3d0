"""The frame around a page: which entries the menu has for whom, and the role in the band."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, g, request, url_for
from flask_babel import gettext as _

from web import current
from web.display import department_name
from web.viewer import Viewer

MOST = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the menu; ``count`` is shown where it is not None."""

    label: str
    address: str
    current: bool
    count: str | None = None


def menu() -> list[Entry]:
    """The entries the viewer's role may open."""
    viewer = current.viewer()
    if viewer is None:
        return []
    entries = [_home(viewer), Entry(_("Cases"), url_for("cases.index"), _here("cases."))]
    if viewer.is_ri or viewer.is_student:
        entries.append(Entry(_("New contract"), url_for("start.show"), _here("start.")))
    if viewer.is_ri:
        entries.append(Entry(_("Import"), url_for("imports.show"), _here("imports.")))
    if viewer.is_ri or viewer.is_admin:
        entries.append(Entry(_("Incidents"), url_for("incidents.index"), _here("incidents.")))
    return entries


def _home(viewer: Viewer) -> Entry:
    if viewer.is_student:
        return Entry(_("My mobility"), url_for("home.student"), _here("home."))
    waiting = inbox_total()
    here = _here("inbox.") or _here("tasks.")
    return Entry(_("Tasks"), url_for("inbox.show"), here, capped(waiting))


def inbox_total() -> int:
    """How many tasks wait for the viewer or their groups; counted once a request."""
    if "inbox_counts" not in g:
        g.inbox_counts = current.engine().inbox_counts(actor=current.actor())
    return int(g.inbox_counts.groups)


def capped(count: int) -> str:
    """A count the engine stops counting at a hundred."""
    return f"{MOST}+" if count >= MOST else str(count)


def role_band() -> str:
    """In which role and for which department one acts."""
    viewer = current.viewer()
    if viewer is None:
        return ""
    roles = [
        (viewer.is_ri, _("International office")),
        (viewer.is_admin, _("Process administrator")),
        (viewer.is_auditor, _("Auditor, reading only")),
        (viewer.is_registrar, _("Registrar’s office")),
    ]
    said = [label for held, label in roles if held]
    for function, sentence in (
        ("coordinator", _("Coordinator: %(departments)s")),
        ("head", _("Head of department: %(departments)s")),
        ("jury", _("Examination board: %(departments)s")),
    ):
        names = ", ".join(department_name(code) for code in viewer.departments_as(function))
        said += [sentence % {"departments": names}] if names else []
    return " · ".join(said) or _("Student")


def safe_target(target: str | None) -> str:
    """``target`` where it is a path of this site, else the start page."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return url_for("home.show")
    if not target.isprintable():
        # Browsers drop tabs and line ends from an address: "/<tab>/host" is "//host".
        return url_for("home.show")
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else url_for("home.show")


def _here(prefix: str) -> bool:
    return (request.endpoint or "").startswith(prefix)


def init_app(app: Flask) -> None:
    """Give every template its frame."""

    @app.context_processor
    def frame() -> dict[str, object]:
        return {
            "viewer": current.viewer(),
            "menu": menu,
            "role_band": role_band,
            "here": request.full_path.rstrip("?") if request.method == "GET" else "/",
        }

    app.jinja_env.globals["capped"] = capped
