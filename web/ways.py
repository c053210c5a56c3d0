"""Where the menu's hubs lead: what one may begin, and the tools of the office."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for
from flask_babel import lazy_gettext as lazy

from web import current
from web.standing import looking_at
from web.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Way:
    """Where a hub leads, for those who may go there."""

    endpoint: str
    label: str
    sentence: str
    icon: str
    open_to: Callable[[Viewer], bool]
    starts: frozenset[str] = frozenset()
    """The processes that it starts; where all of them are retired, it leads nowhere."""

    @property
    def address(self) -> str:
        """The page's address."""
        return url_for(self.endpoint)


def _ri(viewer: Viewer) -> bool:
    return viewer.is_ri


def _ri_or_student(viewer: Viewer) -> bool:
    return viewer.is_ri or viewer.is_student


def _organizers(viewer: Viewer) -> bool:
    return viewer.is_ri or bool(viewer.departments)


def _staff(viewer: Viewer) -> bool:
    return viewer.is_staff


def _operators(viewer: Viewer) -> bool:
    return viewer.is_ri or viewer.is_admin


def _process_readers(viewer: Viewer) -> bool:
    return viewer.is_admin or viewer.is_auditor


def _operators_of_a_demo(viewer: Viewer) -> bool:
    return _operators(viewer) and current.settings().demo


STARTS: tuple[Way, ...] = (
    Way(
        "start.show",
        lazy("New contract"),
        lazy("Open a learning agreement for a student and give them the first task."),
        "file-earmark-text",
        _ri_or_student,
        frozenset({"contract", "validation_plan"}),
    ),
    Way(
        "nominations.show",
        lazy("New nomination"),
        lazy("Record a student whom a partner sends here, and open the admission."),
        "person",
        _ri,
        frozenset({"admission"}),
    ),
    Way(
        "imports.show",
        lazy("Import"),
        lazy("Read a learning agreement from an XML file of the EWP network."),
        "upload",
        _ri,
        frozenset({"contract"}),
    ),
    Way(
        "meetings.new",
        lazy("New meeting"),
        lazy("Plan an information meeting; people sign up once it is published."),
        "calendar-event",
        _organizers,
        frozenset({"meeting"}),
    ),
    Way(
        "partnerships.new",
        lazy("New agreement"),
        lazy("Propose an agreement or a double degree with a partner."),
        "pencil-square",
        _organizers,
        frozenset({"partnership"}),
    ),
)
"""What can be begun."""

TOOLS: tuple[Way, ...] = (
    Way(
        "meetings.index",
        lazy("Meetings"),
        lazy("Information meetings: those to come, who has signed up, the minutes."),
        "calendar-event",
        _staff,
    ),
    Way(
        "partnerships.index",
        lazy("Agreements"),
        lazy("The agreements with partners: until when, how many places are taken."),
        "file-earmark-text",
        _staff,
    ),
    Way(
        "contract_change.semesters",
        lazy("Semester dates"),
        lazy("When the semesters of each partner begin: the windows for changes count from there."),
        "calendar-event",
        _ri,
    ),
    Way(
        "grading_tables.index",
        lazy("Grading tables"),
        lazy("How often each grade is given, here and at the partners: what conversions rest on."),
        "list",
        _ri,
    ),
    Way(
        "operations.show",
        lazy("Operations"),
        lazy("What the workers do: the queue, what has failed, who runs, how fast it answers."),
        "sliders",
        _operators,
    ),
    Way(
        "incidents.index",
        lazy("Incidents"),
        lazy("Cases that cannot go on by themselves, and what to do about them."),
        "exclamation-triangle",
        _operators,
    ),
    Way(
        "processes.index",
        lazy("Processes"),
        lazy("The lifecycles: their versions, what differs between them, the next one as a draft."),
        "diagram-3",
        _process_readers,
    ),
    Way(
        "settings.substitutes",
        lazy("Substitutions"),
        lazy("Who does whose work while somebody is away: past, present and to come."),
        "people",
        _ri,
    ),
    Way(
        "retention.index",
        lazy("Retention"),
        lazy("How long each kind of file is kept, what is due to go, and what was erased."),
        "lock",
        _ri,
    ),
    Way(
        "outbox.index",
        lazy("Outbox"),
        lazy("The mails of this demonstration, which go nowhere."),
        "envelope",
        _operators_of_a_demo,
    ),
)
"""What the office works with beside its tasks."""


def open_to(viewer: Viewer, ways: tuple[Way, ...]) -> list[Way]:
    """Those of the ways that this person may go."""
    return [way for way in ways if way.open_to(looking_at(viewer, way.endpoint))]
