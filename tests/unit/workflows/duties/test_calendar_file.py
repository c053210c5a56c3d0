"""The iCalendar file of a meeting (RFC 5545): escaped, folded, in UTC."""

import re
from datetime import UTC, datetime

import pytest

from workflows.meeting.calendar import calendar_file
from workflows.meeting.models import Meeting

ADDRESS = "https://mobility.example.org/meetings/7"


def meeting(**changes):
    values = {
        "id": 7,
        "title": "Partir",
        "description": "",
        "starts_at": datetime(2026, 3, 28, 13, 0, tzinfo=UTC),
        "ends_at": datetime(2026, 3, 28, 15, 0, tzinfo=UTC),
        "changed_at": datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        "place": "Amphi 5",
        "url": "",
        "state": "published",
        "revision": 0,
    }
    return Meeting(**{**values, **changes})


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


def test_one_event_with_what_a_calendar_needs():
    lines = unfolded(calendar_file(meeting(), address=ADDRESS))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "UID:meeting-7@mobility.example.org" in lines
    assert "DTSTART:20260328T130000Z" in lines
    assert "DTEND:20260328T150000Z" in lines
    assert "STATUS:CONFIRMED" in lines
    assert f"URL:{ADDRESS}" in lines


def test_a_meeting_called_off_replaces_the_one_in_the_calendar():
    lines = unfolded(calendar_file(meeting(state="cancelled", revision=3), address=ADDRESS))
    assert {"STATUS:CANCELLED", "SEQUENCE:3"} <= set(lines)


@pytest.mark.parametrize("title", ["é" * 150, "x" * 150, "😀" * 60, "a, b; c\\d"])
def test_long_and_special_texts_are_folded_and_come_back(title):
    text = calendar_file(meeting(title=title), address=ADDRESS)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    (summary,) = [line for line in unfolded(text) if line.startswith("SUMMARY:")]
    said = re.sub(r"\\([\\;,])", r"\1", summary.removeprefix("SUMMARY:"))
    assert said == title


def test_no_text_smuggles_a_line_in():
    hostile = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\nATTENDEE:mailto:all@example.org"
    text = calendar_file(meeting(description=hostile, place=hostile), address=ADDRESS)
    assert unfolded(text).count("BEGIN:VEVENT") == 1
    assert not [line for line in unfolded(text) if line.startswith("ATTENDEE")]
