"""A meeting as an iCalendar file (RFC 5545), for the calendars people keep."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from workflows.meeting.models import CANCELLED, Meeting

MEDIA_TYPE = "text/calendar"
LINE_OCTETS = 75
"""RFC 5545, 3.1: a line is no longer than that, without its end."""


def calendar_file(meeting: Meeting, *, address: str) -> str:
    """The file with the one event; ``address`` is the meeting's page in this installation."""
    host = urlsplit(address).hostname or "passerelle"
    where = ", ".join(filter(None, (meeting.place, meeting.url)))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Passerelle//Meetings//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:meeting-{meeting.id}@{host}",
        f"DTSTAMP:{_instant(meeting.changed_at)}",
        f"SEQUENCE:{meeting.revision}",
        f"DTSTART:{_instant(meeting.starts_at)}",
        f"DTEND:{_instant(meeting.ends_at)}",
        f"SUMMARY:{_text(meeting.title)}",
        f"LOCATION:{_text(where)}",
        f"DESCRIPTION:{_text(meeting.description)}",
        f"URL:{address}",
        f"STATUS:{'CANCELLED' if meeting.state == CANCELLED else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11): no line ends, no separators that mean something."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(line: str) -> list[str]:
    """The line in pieces short enough, none of which cuts a character (RFC 5545, 3.1)."""
    pieces, piece = [], ""
    for character in line:
        if len(f"{piece}{character}".encode()) > LINE_OCTETS:
            pieces.append(piece)
            piece = " "
        piece += character
    return [*pieces, piece]
