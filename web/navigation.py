"""The frame around a page: which entries the menu has for whom, and the role in the band."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, g, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from web import current
from web.display import department_name
from web.standing import looking_at
from web.tabs import in_history
from web.viewer import Viewer
from web.ways import STARTS, TOOLS, open_to
from workflows.grade_transfer.sheets import departments_of
from workflows.office_work.standing_in import Standing
from workflows.people.services import LEGAL, PRESIDENT, RI_CARE

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
    grading = looking_at(viewer, "grades.index")
    if grading.is_ri or departments_of(grading.actor):
        entries.append(Entry(_("Grades"), url_for("grades.index"), _here("grades.")))
    choosing = looking_at(viewer, "campaigns.index")
    if viewer.is_student or choosing.oversees or choosing.departments:
        label = _("My applications") if viewer.is_student else _("Campaigns")
        here = _here("campaign") or _here("rankings.")
        entries.append(Entry(label, url_for("campaigns.index"), here))
    if viewer.is_student:
        entries.append(Entry(_("Meetings"), url_for("meetings.index"), _here("meetings.")))
    if viewer.is_auditor or viewer.is_admin:
        entries.append(Entry(_("History"), url_for("history.search"), in_history()))
    for ways, label, endpoint in (
        (STARTS, _("New"), "hubs.start"),
        (TOOLS, _("Office"), "hubs.office"),
    ):
        mine = open_to(viewer, ways)
        here = request.endpoint in {endpoint, *(way.endpoint for way in mine)}
        if len(mine) == 1:
            entries.append(Entry(str(mine[0].label), mine[0].address, here))
        elif mine:
            entries.append(Entry(label, url_for(endpoint), here))
    return entries


def _home(viewer: Viewer) -> Entry:
    if viewer.is_student:
        return Entry(_("My mobility"), url_for("home.student"), _here("home."))
    waiting = inbox_total(viewer)
    here = _here("inbox.") or _here("tasks.")
    return Entry(_("Tasks"), url_for("inbox.show"), here, capped(waiting))


def inbox_total(viewer: Viewer) -> int:
    """How many tasks wait for the viewer or their groups; counted once a request."""
    if "inbox_counts" not in g:
        g.inbox_counts = current.engine().inbox_counts(actor=viewer.actor)
    return int(g.inbox_counts.groups)


def capped(count: int) -> str:
    """A count the engine stops counting at a hundred."""
    return f"{MOST}+" if count >= MOST else str(count)


def roles(viewer: Viewer) -> list[str]:
    """The functions somebody has, with their departments; a student has none."""
    held = [
        (viewer.is_ri, _("International office")),
        (viewer.is_admin, _("Process administrator")),
        (viewer.is_auditor, _("Auditor, reading only")),
        (viewer.is_registrar, _("Registrar’s office")),
        (viewer.has(RI_CARE), _("Student support, international office")),
        (viewer.has(LEGAL), _("Legal affairs")),
        (viewer.has(PRESIDENT), _("President’s office")),
    ]
    said = [label for has, label in held if has]
    for function, sentence in (
        ("coordinator", _("Coordinator: %(departments)s")),
        ("head", _("Head of department: %(departments)s")),
        ("jury", _("Examination board: %(departments)s")),
        ("council", _("Council: %(departments)s")),
        ("teacher", _("Teacher: %(departments)s")),
    ):
        name = str.upper if function == "council" else department_name
        names = ", ".join(map(name, viewer.departments_as(function)))
        said += [sentence % {"departments": names}] if names else []
    return said


def role_band() -> str:
    """In which role and for which department one acts."""
    viewer = current.viewer()
    if viewer is None:
        return ""
    said = roles(viewer) or [_("Student")]
    said += [_("for %(name)s until %(day)s", name=s.name, day=until(s)) for s in viewer.replacing]
    said += [
        _("replaced by %(name)s until %(day)s", name=s.name, day=until(s))
        for s in viewer.replaced_by
    ]
    return " · ".join(said)


def until(standing: Standing) -> str:
    """The last day of a substitution, as short as the band needs it."""
    return str(format_date(standing.until - timedelta(microseconds=1), "d MMM"))


def this_page() -> str:
    """The path of the page that was asked for, as a browser asks for it again."""
    return f"{request.script_root}{request.full_path}".rstrip("?")


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
            "viewer": current.acting(),
            "demonstration": current.settings().demo,
            "menu": menu,
            "role_band": role_band,
            "here": this_page() if request.method == "GET" else url_for("home.show"),
        }

    app.jinja_env.globals["capped"] = capped
