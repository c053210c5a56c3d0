"""From when to when an agreement holds, across leap years and late signatures."""

from datetime import date

import pytest

from workflows.partnership.policy import term
from workflows.years import academic_year


@pytest.mark.parametrize(
    ("planned", "signed", "years", "before", "expected"),
    [
        ("2026-09-01", "2026-05-01", 5, "P12M", ("2026-09-01", "2031-08-31", "2030-08-31")),
        ("2028-02-29", "2028-01-01", 1, "P12M", ("2028-02-29", "2029-02-27", "2028-02-29")),
        ("2028-02-29", "2028-01-01", 4, "P6M", ("2028-02-29", "2032-02-28", "2031-08-28")),
        ("2026-03-01", "2026-03-12", 2, "P12M", ("2026-03-12", "2028-03-11", "2027-03-11")),
        ("2026-09-01", "2026-05-01", 1, "P18M", ("2026-09-01", "2027-08-31", "2026-09-01")),
        ("2026-09-01", "2026-05-01", 1, "P2W3D", ("2026-09-01", "2027-08-31", "2027-08-14")),
    ],
)
def test_the_term(planned, signed, years, before, expected):
    found = term(date.fromisoformat(planned), date.fromisoformat(signed), years, before)
    days = (found.starts_on, found.ends_on, found.renewal_on)
    assert days == tuple(date.fromisoformat(day) for day in expected)


@pytest.mark.parametrize(
    ("day", "year"),
    [("2026-08-31", "2025/2026"), ("2026-09-01", "2026/2027"), ("2027-01-01", "2026/2027")],
)
def test_academic_years_begin_in_september(day, year):
    assert academic_year(date.fromisoformat(day)) == year
