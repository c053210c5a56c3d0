"""What happened in a case, in plain sentences of the reader's language.

The case page shows the newest of them, the auditors' page of its history all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from flask_babel import format_date, format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

from engine.definitions import DefinitionModel
from engine.history.queries import asked
from engine.values import HistoryEvent, Instance
from web import current
from web.display import group_name, person_name, remember_names
from web.pages import diagrams
from web.words.tasks import event_words, outcome_words

PAGE: Final = 100
DIGITS: Final = 9

SENTENCES: Final[Mapping[str, Any]] = {
    "instance_started": lazy("Case opened by %(who)s"),
    "instance_terminated": lazy("Case ended early by %(who)s"),
    "work_item_created": lazy("%(step)s: asked of %(whom)s"),
    "work_item_claimed": lazy("%(step)s: taken by %(who)s"),
    "work_item_released": lazy("%(step)s: given back by %(who)s"),
    "work_item_assigned": lazy("%(step)s: assigned to %(whom)s by %(who)s"),
    "work_item_delegated": lazy("%(step)s: delegated to %(whom)s by %(who)s"),
    "work_item_resolved": lazy("%(step)s: handed back to %(whom)s by %(who)s"),
    "work_item_completed": lazy("%(step)s: %(outcome)s by %(who)s"),
    "task_cancelled": lazy("%(step)s: no longer needed"),
    "seats_closed": lazy("%(step)s: the other answers are no longer needed"),
    "due_date_changed": lazy("%(step)s: due date set to %(value)s by %(who)s"),
    "follow_up_changed": lazy("%(step)s: follow-up date set to %(value)s by %(who)s"),
    "priority_changed": lazy("%(step)s: priority set to %(value)s by %(who)s"),
    "commented": lazy("Comment written by %(who)s"),
    "timer_fired": lazy("%(step)s: time limit reached"),
    "message_received": lazy("%(step)s: message received"),
    "service_completed": lazy("%(step)s: done automatically"),
    "step_taken": lazy("%(step)s: the case has gone on"),
    "incident_raised": lazy("%(step)s: incident, the case cannot go on by itself"),
    "incident_retried": lazy("%(step)s: tried again by %(who)s"),
    "migrated": lazy("Case moved from version %(before)s to version %(after)s by %(who)s"),
    "evidence_exported": lazy("Evidence of this case exported by %(who)s"),
}
_TROUBLE = frozenset({"incident_raised", "job_failed"})
_DECISIONS = frozenset({"work_item_completed", "instance_completed", "instance_started"})


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, of the event ``seq``; ``look`` is ``trouble``, ``decision`` or nothing."""

    seq: int
    at: datetime
    text: str
    reason: str = ""
    look: str = ""
    erased: bool = False


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """A part of a case's timeline, the newest line first, and where the next older one ends."""

    lines: list[Line]
    older: int | None
    is_newest: bool


def page_of(case: Instance, newest: Sequence[HistoryEvent], earlier_than: str = "") -> TimelinePage:
    """The events before the sequence number in ``earlier_than``, else ``newest``.

    Sequence numbers have no gaps, so a page begins at a known place.
    """
    events = before(case, earlier_than) or list(newest)
    teller = Teller(case, events)
    # Reminders that follow each other are one line, wherever a page would end.
    while events and events[0].seq > 1 and teller.reminds(events[0]):
        start = max(0, events[0].seq - 1 - PAGE)
        more = _read(case, start, events[0].seq - 1 - start)
        teller = Teller(case, more + events)
        cut = next((i for i, e in enumerate(reversed(more)) if not teller.reminds(e)), len(more))
        events = more[len(more) - cut :] + events
        if cut < len(more):
            break
    older = events[0].seq if events and events[0].seq > 1 else None
    is_newest = not newest or not events or events[-1].seq >= newest[-1].seq
    return TimelinePage(teller.lines(events), older, is_newest)


def before(case: Instance, text: str) -> list[HistoryEvent]:
    """The page of history before the sequence number in ``text``; none where it is no number."""
    if not (text.isascii() and text.isdigit()) or len(text) > DIGITS:
        return []
    end = int(text) - 1
    start = max(0, end - PAGE)
    return _read(case, start, end - start) if end >= 1 else []


def _read(case: Instance, after: int, limit: int) -> list[HistoryEvent]:
    return current.engine().history(case.id, actor=current.actor(), after=after, limit=limit)


class Teller:
    """Tells the events of one case. ``names`` are those of its elements, by id."""

    def __init__(self, case: Instance, events: Sequence[HistoryEvent]) -> None:
        versions = diagrams.versions_told(case, events)
        self.names = diagrams.element_names(versions[-1], *versions[:-1])
        self._groups: dict[str, str] = {}
        self._reminders: dict[str, tuple[str, str]] = {}
        for version in versions:
            self._reminders |= _reminders(version.model)
        with current.reading() as rows:
            items = {event.work_item_id for event in events if event.work_item_id}
            self.asked = asked(rows.connection(), items)
        remember_names(_people(events))

    def reminds(self, event: HistoryEvent) -> bool:
        """Whether an event is one of a reminder's, which comes again and again."""
        moved = event.kind in {"timer_fired", "service_completed"}
        return moved and event.element in self._reminders

    def lines(self, events: Sequence[HistoryEvent]) -> list[Line]:
        """Sentences, the newest first; reminders that follow each other as one."""
        found: list[Line] = []
        for reminding, run in groupby(events, self.reminds):
            told = list(run)
            found += self._folded(told) if reminding else [self.line(event) for event in told]
        return found[::-1]

    def line(self, event: HistoryEvent) -> Line:
        """One event."""
        look = "trouble" if event.kind in _TROUBLE else ""
        look = "decision" if event.kind in _DECISIONS else look
        reason = (event.payload or {}).get("reason") if event.kind not in _TROUBLE else None
        return Line(event.seq, event.at, self.told(event), str(reason or ""), look, event.erased)

    def told(self, event: HistoryEvent) -> str:
        """The sentence of an event."""
        sentence = SENTENCES.get(event.kind)
        if sentence is None:
            step = self.step(event)
            return " – ".join(filter(None, (event_words(event.kind, event.payload), step)))
        given = event.payload or {}
        said = str(given.get("outcome") or given.get("vote") or "")
        values: Mapping[str, Callable[[], object]] = {
            "step": lambda: self.step(event) or _("Background work"),
            "who": lambda: self.who(event),
            "whom": lambda: self._whom(event),
            "outcome": lambda: outcome_words(said),
            "value": lambda: _value(given.get("to")),
            "before": lambda: given.get("from", "–"),
            "after": lambda: given.get("to", "–"),
        }
        text = str(sentence)
        return text % {name: tell() for name, tell in values.items() if f"%({name})s" in text}

    def step(self, event: HistoryEvent) -> str:
        """The name of the element an event is about; empty where it is about none."""
        return self.names.get(event.element or "", event.element or "")

    def role(self, event: HistoryEvent) -> str:
        """In which function somebody acted: as one of those the task was offered to."""
        candidate = self.asked.get(event.work_item_id or 0, "")
        role = self._group(candidate)
        return "" if role == person_name(event.on_behalf_of or event.actor) else role

    def who(self, event: HistoryEvent) -> str:
        """Who acted, in which function, and for whom."""
        said = person_name(event.actor)
        role = self.role(event)
        said = f"{said} ({role})" if role and event.kind != "work_item_created" else said
        if event.on_behalf_of:
            name = person_name(event.on_behalf_of)
            return str(_("%(who)s, for %(name)s", who=said, name=name))
        return said

    def _whom(self, event: HistoryEvent) -> str:
        given = event.payload or {}
        if event.kind != "work_item_created":
            return person_name(str(given.get("to") or "")) or "–"
        candidate = str(given.get("candidate") or self.asked.get(event.work_item_id or 0, ""))
        return self._group(candidate) or "–"

    def _group(self, candidate: str) -> str:
        """The name of a group; looked up once, however often a long case asks it."""
        if candidate and candidate not in self._groups:
            self._groups[candidate] = group_name(candidate)
        return self._groups.get(candidate, "")

    def _folded(self, run: Sequence[HistoryEvent]) -> Iterator[Line]:
        """A line for each reminder of a run, at the last time that it came."""
        by_reminder: dict[str, list[HistoryEvent]] = {}
        for event in run:
            by_reminder.setdefault(self._reminders[event.element or ""][0], []).append(event)
        for reminder, events in sorted(by_reminder.items(), key=lambda each: each[1][-1].seq):
            times = [event for event in events if event.kind == "timer_fired"] or events[-1:]
            name = self.names.get(reminder, reminder)
            what = name[:1].lower() + name[1:]
            values = {"step": self.names.get(self._reminders[reminder][1], ""), "what": what}
            text = _("%(step)s: %(what)s", **values)
            if len(times) > 1:
                day = format_date(times[0].at, "d MMM y")
                text = _(
                    "%(step)s: %(what)s, %(num)s times since %(day)s",
                    num=len(times),
                    day=day,
                    **values,
                )
            erased = any(event.erased for event in events)
            yield Line(times[-1].seq, events[-1].at, str(text), erased=erased)


def _reminders(model: DefinitionModel) -> dict[str, tuple[str, str]]:
    """The timers that come beside a waiting step, and what they set off: reminder and step."""
    found = {
        each.id: (each.id, each.attached_to)
        for each in model.elements.values()
        if each.attached_to and not each.interrupting and each.event == "timer"
    }
    after = {
        flow.target: found[flow.source] for flow in model.flows.values() if flow.source in found
    }
    return found | after


def _people(events: Sequence[HistoryEvent]) -> Iterator[str | None]:
    for event in events:
        yield from (event.actor, event.on_behalf_of)
        if event.kind in {"work_item_assigned", "work_item_delegated", "work_item_resolved"}:
            yield str((event.payload or {}).get("to") or "")


def _value(value: object) -> str:
    """What a date or a priority was set to."""
    if value is None:
        return "–"
    try:
        return str(format_datetime(datetime.fromisoformat(str(value)), "d MMM y, HH:mm"))
    except ValueError:
        return str(value)
