from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.schedule import FRANCE, TimerKind, next_due, parse_timer

PARIS = ZoneInfo("Europe/Paris")
ZONES = [PARIS, ZoneInfo("UTC"), ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def paris(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=PARIS, fold=fold).astimezone(UTC)


def due(text: str, start: datetime, fired: int = 0) -> datetime | None:
    return next_due(parse_timer(text), start, PARIS, None, fired)


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("PT15M", utc(2026, 1, 1, 10), utc(2026, 1, 1, 10, 15)),
        ("PT36H", utc(2026, 1, 1, 10), utc(2026, 1, 2, 22)),
        ("PT0S", utc(2026, 1, 1, 10), utc(2026, 1, 1, 10)),
        ("PT0,5S", utc(2026, 1, 1), utc(2026, 1, 1) + timedelta(milliseconds=500)),
        ("P7D", paris(2026, 1, 1, 10), paris(2026, 1, 8, 10)),
        ("P2W", paris(2026, 1, 1, 10), paris(2026, 1, 15, 10)),
        ("P1M", paris(2026, 1, 31, 10), paris(2026, 2, 28, 10)),
        ("P1M", paris(2028, 1, 31, 10), paris(2028, 2, 29, 10)),
        ("P1Y", paris(2028, 2, 29, 10), paris(2029, 2, 28, 10)),
        ("P4Y", paris(2028, 2, 29, 10), paris(2032, 2, 29, 10)),
        ("P1Y2M10DT2H30M", paris(2026, 1, 1, 10), paris(2027, 3, 11, 12, 30)),
        ("P1M", paris(2026, 12, 31, 10), paris(2027, 1, 31, 10)),
        ("2027-01-31T12:00:00+01:00", utc(2026, 1, 1), utc(2027, 1, 31, 11)),
        ("2027-01-31T12:00:00Z", utc(2026, 1, 1), utc(2027, 1, 31, 12)),
        ("2027-01-31T12:00:00.250Z", utc(2026, 1, 1), utc(2027, 1, 31, 12, 0, 0, 250_000)),
        ("2027-07-31T12:00:00", utc(2026, 1, 1), utc(2027, 7, 31, 10)),
        ("2027-01-31T12:00", utc(2026, 1, 1), utc(2027, 1, 31, 11)),
        ("2027-01-31", utc(2026, 1, 1), paris(2027, 1, 31)),
        (" P1D ", paris(2026, 1, 1, 10), paris(2026, 1, 2, 10)),
    ],
)
def test_dates_and_durations_are_due_once(text, start, expected):
    assert due(text, start) == expected
    assert due(text, start, fired=1) is None


def test_spring_a_day_is_23_hours_and_a_skipped_time_is_later():
    # 2026-03-29, 02:00 becomes 03:00
    assert due("P1D", paris(2026, 3, 28, 12)) == paris(2026, 3, 29, 12) == utc(2026, 3, 29, 10)
    assert due("PT24H", paris(2026, 3, 28, 12)) == paris(2026, 3, 29, 13)
    assert due("P1D", paris(2026, 3, 28, 2, 30)) == paris(2026, 3, 29, 3, 30)
    assert due("2026-03-29T02:30:00", utc(2026, 1, 1)) == utc(2026, 3, 29, 1, 30)


def test_autumn_a_day_is_25_hours_and_a_doubled_time_is_its_first():
    # 2026-10-25, 03:00 becomes 02:00
    assert due("P1D", paris(2026, 10, 24, 12)) == utc(2026, 10, 25, 11)
    assert due("PT24H", paris(2026, 10, 24, 12)) == paris(2026, 10, 25, 11)
    assert due("P1D", paris(2026, 10, 24, 2, 30)) == utc(2026, 10, 25, 0, 30)
    assert due("PT1H", paris(2026, 10, 25, 2, 30)) == paris(2026, 10, 25, 2, 30, fold=1)


def test_a_cycle_runs_as_often_as_it_says():
    start = utc(2026, 1, 1)
    runs = [due("R3/PT24H", start, fired) for fired in range(4)]
    assert runs == [utc(2026, 1, 2), utc(2026, 1, 3), utc(2026, 1, 4), None]
    assert due("R/PT24H", start, 1000) == start + timedelta(days=1001)


def test_a_monthly_cycle_does_not_lose_the_31st():
    start = paris(2026, 1, 31, 9)
    assert [due("R/P1M", start, n) for n in range(3)] == [
        paris(2026, 2, 28, 9),
        paris(2026, 3, 31, 9),
        paris(2026, 4, 30, 9),
    ]


def test_a_daily_cycle_keeps_its_time_of_day_across_the_change_of_clocks():
    start = paris(2026, 3, 27, 8)
    for n in range(5):
        local = due("R/P1D", start, n).astimezone(PARIS)
        assert (local.hour, local.day) == (8, (27 + n) % 31 + 1)


def test_a_cycle_with_a_begin_starts_there_and_makes_up_for_nothing():
    text = "R3/2026-01-01T08:00:00/P1D"
    assert due(text, utc(2025, 6, 1)) == paris(2026, 1, 1, 8)
    assert due(text, paris(2026, 1, 1, 8)) == paris(2026, 1, 1, 8)
    assert due(text, paris(2026, 5, 1, 9)) == paris(2026, 5, 2, 8)
    assert due(text, paris(2026, 5, 1, 9), 2) == paris(2026, 5, 4, 8)
    assert due(text, paris(2026, 5, 1, 9), 3) is None
    assert due("R/1970-01-01T00:00:00/PT1M", utc(2026, 1, 1, 0, 0, 1)) == utc(2026, 1, 1, 0, 1)


def test_a_cycle_with_an_end_stops_there():
    runs = [due("R/P1D/2026-01-03T00:00:00Z", utc(2026, 1, 1), n) for n in range(3)]
    assert runs == [utc(2026, 1, 2), utc(2026, 1, 3), None]


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "P", "PT", "P1", "P1H", "P1DT", "-P1D", "P-1D", "P1.5D", "P1D2M", "P1M1Y", "p1d",
        "1D", "P1S", "PT1D", "P٣D", "tomorrow", "0 0 * * *", "2026-02-29", "2026-13-01",
        "2026-01-32", "2026-01-01T25:00:00", "2026-01-01T24:00:00", "2026-01-01T10:00:00+25:00",
        "2026-1-1", "26-01-01", "2026-W01", "2026-01-01T10", "0000-01-01", "R", "R3", "R/", "R3/",
        "R0/P1D", "R-1/P1D", "R/PT0S", "R/PT59S", "R/PT0.9S", "R/P0D", "R/P0M", "R/x/P1D",
        "R/P1D/x", "R/P1D/P1D", "R/2026-01-01/2026-01-02", "R/2026-01-01/P1D/2027-01-01",
        "R9999999/P1D", "R/0001-01-01T00:00:00+14:00/P1D", "P99999999D", "P1D" * 100, "R" * 201,
        "2026-01-01T10:00:00@Europe/Paris", "P1D\x00", "P1D\nP2D",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"\.$") as refused:
        parse_timer(text)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["P9000Y", "P9999999D", "PT999999999H", "P99999M", "R/P9000Y"])
def test_a_time_after_the_year_9999_is_refused(text):
    with pytest.raises(ValueError, match="9999"):
        due(text, utc(2026, 1, 1), 0 if text.startswith("P") else 10**6)


def test_a_start_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        next_due(parse_timer("P1D"), datetime(2026, 1, 1), PARIS)  # noqa: DTZ001


def test_kinds():
    kinds = [parse_timer(text).kind for text in ("2026-01-01", "P1D", "R/P1D")]
    assert kinds == [TimerKind.DATE, TimerKind.DURATION, TimerKind.CYCLE]


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("P1D", paris(2026, 4, 30, 10), paris(2026, 5, 4, 10)),  # 1 May, then a weekend
        ("P5D", paris(2026, 4, 30, 10), paris(2026, 5, 11, 10)),  # and 8 May
        ("P1D", paris(2026, 5, 2, 10), paris(2026, 5, 4, 10)),  # from a Saturday
        ("P1W", paris(2026, 5, 1, 10), paris(2026, 5, 11, 10)),  # 8 May goes on to Monday
        ("P1M", paris(2026, 4, 1, 10), paris(2026, 5, 4, 10)),
        ("P1M2D", paris(2026, 4, 1, 10), paris(2026, 5, 6, 10)),
        ("PT1H", paris(2026, 5, 1, 10), paris(2026, 5, 1, 11)),
        ("P0D", paris(2026, 5, 1, 10), paris(2026, 5, 1, 10)),
    ],
)
def test_with_a_calendar_days_are_working_days(text, start, expected):
    assert next_due(parse_timer(text), start, PARIS, FRANCE) == expected


instants = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@st.composite
def durations(draw: st.DrawFn) -> str:
    counts = st.integers(0, 40)
    date = "".join(f"{draw(counts)}{unit}" for unit in "YMWD" if draw(st.booleans()))
    clock = "".join(f"{draw(st.integers(0, 5000))}{u}" for u in "HMS" if draw(st.booleans()))
    assume(date or clock)
    return f"P{date}" + (f"T{clock}" if clock else "")


@settings(deadline=None)
@given(text=durations(), start=instants, zone=st.sampled_from(ZONES))
def test_nothing_is_due_before_it_was_started(text, start, zone):
    when = next_due(parse_timer(text), start, zone)
    assert when is not None
    assert when.tzinfo is UTC
    assert when >= start


@settings(deadline=None)
@given(text=durations(), start=instants, zone=st.sampled_from(ZONES))
def test_days_keep_the_time_of_day_unless_the_clocks_skip_it(text, start, zone):
    text = text.split("T")[0]
    assume(text != "P")
    local = next_due(parse_timer(text), start, zone).astimezone(zone)
    wall = start.astimezone(zone)
    shift = timedelta(hours=local.hour - wall.hour, minutes=local.minute - wall.minute)
    assert shift in (timedelta(), timedelta(hours=1), timedelta(minutes=30))


@settings(deadline=None)
@given(text=durations(), start=instants, zone=st.sampled_from(ZONES), count=st.integers(1, 30))
def test_each_run_of_a_cycle_comes_once_and_later_than_the_one_before(text, start, zone, count):
    try:
        timer = parse_timer(f"R{count}/{text}")
    except ValueError:
        assume(False)
    runs = [next_due(timer, start, zone, None, fired) for fired in range(count + 1)]
    assert runs[-1] is None
    times = [start, *(run for run in runs if run is not None)]
    assert len(times) == count + 1
    assert all(earlier < later for earlier, later in pairwise(times))


@settings(deadline=None)
@given(
    text=st.sampled_from(["R/PT1H", "R/P1D", "R5/PT24H", "R/P1M", "P3D", "R/PT90M"]),
    start=instants,
    zone=st.sampled_from(ZONES),
    jumps=st.lists(
        st.sampled_from([timedelta(minutes=7), timedelta(hours=1), timedelta(days=1)]), max_size=60
    ),
)
def test_a_clock_that_jumps_fires_each_run_once_and_none_early(text, start, zone, jumps):
    """The loop a job queue runs: fire what is due, ask for the next, look again later."""
    timer = parse_timer(text)
    now, fired, log = start, 0, []
    for jump in jumps:
        now += jump
        while (when := next_due(timer, start, zone, None, fired)) is not None and when <= now:
            log.append((fired, when, now))
            fired += 1
    assert [number for number, _, _ in log] == list(range(len(log)))
    assert all(when <= at for _, when, at in log)
    missed = next_due(timer, start, zone, None, fired)
    assert missed is None or missed > now or not jumps


def complaint(action: Callable[[], object]) -> str:
    """What a ValueError says, "fine" without one; any other error goes through."""
    try:
        action()
    except ValueError as refused:
        return str(refused)
    return "fine"


@settings(deadline=None)
@given(st.text(max_size=40))
def test_no_text_raises_anything_but_a_value_error(text):
    assert complaint(lambda: parse_timer(text))


@settings(deadline=None)
@given(st.text(alphabet="RPTYMWDHS0123456789/.-:,+Z", max_size=30), instants)
def test_what_can_be_parsed_can_be_computed_or_is_too_far(text, start):
    assert complaint(lambda: next_due(parse_timer(text), start, PARIS))
