"""How a grant is computed: days, cents, and when prefinancing is due."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.grant.policy import Rates, compute, prefinancing_due, state_of_balance, stay_days

RATES = Rates(Decimal("400.00"), 30, 80)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-09-01", "2027-01-31", 150),
        ("2026-09-01", "2026-09-01", 1),
        ("2026-09-15", "2027-01-20", 126),
        ("2027-02-01", "2027-02-28", 30),
        ("2028-02-01", "2028-02-29", 30),
        ("2028-02-29", "2029-02-27", 360),
        ("2026-12-31", "2027-01-30", 30),
        ("2026-10-31", "2026-11-29", 30),
        ("2026-01-01", "2026-12-31", 360),
    ],
)
def test_whole_months_count_thirty_days_and_the_rest_one_each(first, last, days):
    found = stay_days(date.fromisoformat(first), date.fromisoformat(last), 30)
    assert found == days


@given(DAYS, st.integers(0, 800))
def test_a_longer_stay_never_counts_fewer_days(first, length):
    last = first + timedelta(days=length)
    assert stay_days(first, last, 30) <= stay_days(first, last + timedelta(days=1), 30)
    assert 1 <= stay_days(first, last, 30) <= length + 1 + 2 * (length // 28 + 1)


def test_a_stay_that_ends_before_it_starts_is_none():
    with pytest.raises(ValueError, match=r"before it starts"):
        stay_days(date(2026, 9, 2), date(2026, 9, 1), 30)


def test_amounts_are_exact_to_the_cent():
    found = compute(date(2026, 9, 1), date(2026, 10, 20), Rates(Decimal("333.33"), 30, 70))
    assert (found.days, found.total) == (50, Decimal("555.55"))
    assert found.prefinancing == Decimal("388.89")
    assert compute(date(2026, 9, 1), date(2027, 1, 31), RATES).prefinancing == Decimal("1600.00")


@given(DAYS, st.integers(0, 400), st.integers(0, 100_000), st.integers(0, 100))
def test_prefinancing_is_never_more_than_the_grant(first, length, cents, percent):
    rates = Rates(Decimal(cents) / 100, 30, percent)
    found = compute(first, first + timedelta(days=length), rates)
    assert Decimal(0) <= found.prefinancing <= found.total
    assert found.total == found.total.quantize(Decimal("0.01"))


@pytest.mark.parametrize(
    ("released", "start", "due"),
    [
        (datetime(2026, 7, 1, 9, tzinfo=UTC), "2026-09-01", "2026-07-31"),
        (datetime(2026, 8, 20, 9, tzinfo=UTC), "2026-09-01", "2026-09-01"),
        (datetime(2026, 9, 5, 9, tzinfo=UTC), "2026-09-01", "2026-10-05"),
        # Half past eleven in the evening of Paris, the summer time ends in between.
        (datetime(2026, 10, 24, 21, 30, tzinfo=UTC), "2027-01-01", "2026-11-23"),
        (datetime(2028, 1, 30, 23, 30, tzinfo=UTC), "2028-06-01", "2028-03-01"),
    ],
)
def test_prefinancing_is_due_in_thirty_days_or_by_the_start(released, start, due):
    found = prefinancing_due(released, "P30D", date.fromisoformat(start))
    assert found == date.fromisoformat(due)


def test_a_balance_says_what_is_left_to_do():
    assert [state_of_balance(Decimal(n)) for n in ("0.00", "0.01", "-0.01")] == [
        "settled",
        "balance_due",
        "refund_due",
    ]
