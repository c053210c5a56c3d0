"""A filter of the history: how it stands in an address, and what it does not take."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest

from engine.errors import InvalidInput
from engine.history.filters import HistoryFilter, parse, query_string
from engine.values import InstanceStatus

PARIS = ZoneInfo("Europe/Paris")

EVERYTHING = HistoryFilter(
    processes=("contract", "grant"),
    versions=(1, 3),
    states=(InstanceStatus.ACTIVE, InstanceStatus.TERMINATED),
    business_key="12",
    org_units=("lea",),
    counterparties=("Università di Bologna & co",),
    people=("person:7",),
    kinds=("work_item_completed",),
    elements=("sign_sending",),
    outcomes=("reject", "return"),
    since=datetime(2026, 2, 1, tzinfo=PARIS),
    until=datetime(2026, 7, 1, tzinfo=PARIS),
    times=2,
    outdated=True,
    substituted=True,
)


def asked(**arguments):
    return parse({name.rstrip("_"): [value] for name, value in arguments.items()}, PARIS)


def test_what_is_written_is_read_back_and_written_the_same_way():
    text = query_string(EVERYTHING, PARIS)
    assert parse(parse_qs(text), PARIS) == EVERYTHING
    assert text.endswith("from=2026-02-01&to=2026-06-30")


def test_nothing_asked_is_written_as_nothing():
    assert query_string(HistoryFilter(), PARIS) == ""
    assert parse({"process": [" "], "times": ["1"], "from": [""]}, PARIS) == HistoryFilter()


def test_the_order_and_repetition_of_values_make_no_other_filter():
    one = parse({"process": ["grant", "contract"]}, PARIS)
    assert one == parse({"process": ["contract", "grant", "contract"]}, PARIS)


def test_the_last_day_is_part_of_the_period_and_days_are_those_of_the_office():
    found = asked(from_="2026-03-29", to="2026-03-29")
    assert found.since == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert found.until == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_an_instant_can_be_given_to_the_second():
    found = asked(from_="2026-02-01T10:30:00+00:00")
    assert found.since == datetime(2026, 2, 1, 10, 30, tzinfo=UTC)
    assert parse(parse_qs(query_string(found, PARIS)), PARIS) == found


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"colour": ["red"]}, {"colour": ["unknown_field"]}),
        ({"process": ["con\0tract"]}, {"process": ["invalid_characters"]}),
        ({"counterparty": ["x" * 201]}, {"counterparty": ["too_long:200"]}),
        ({"element": [str(n) for n in range(51)]}, {"element": ["too_many:50"]}),
        ({"state": ["sleeping"]}, {"state": ["not_an_option"]}),
        ({"outdated": ["perhaps"]}, {"outdated": ["not_an_option"]}),
        ({"version": ["٣"]}, {"version": ["not_an_integer"]}),
        ({"times": ["-1"]}, {"times": ["not_an_integer"]}),
        ({"business_key": ["1", "2"]}, {"business_key": ["too_many:1"]}),
        ({"from": ["yesterday"]}, {"from": ["not_a_date"]}),
        ({"from": ["0001-01-01T00:00:00+14:00"]}, {"from": ["not_a_date"]}),
        ({"to": ["9999-12-31"]}, {"to": ["not_a_date"]}),
        ({"from": ["2026-02-02"], "to": ["2026-02-01"]}, {"to": ["before_start"]}),
    ],
)
def test_what_cannot_be_looked_for_is_refused_at_its_argument(arguments, code):
    with pytest.raises(InvalidInput) as refused:
        parse(arguments, PARIS)
    assert refused.value.errors == code
