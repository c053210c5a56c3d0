"""Entering the day on which a semester begins."""

import pytest
from sqlalchemy import select

from engine.errors import Forbidden, InvalidInput
from tests.builders_house import House
from workflows.contract_change.models import SemesterStart
from workflows.contract_change.semesters import set_semester_start

GOOD = {
    "hei_id": "usal.es",
    "academic_year": "2026/2027",
    "semester": "1",
    "starts_on": "2026-09-07",
}


@pytest.fixture
def database_url(sqlite_url):
    """Nothing here depends on the kind of database."""
    return sqlite_url


@pytest.fixture
def house(database, settings, clock):
    return House.built(database, settings, clock)


def test_the_same_semester_again_replaces_the_day(house):
    for day in ("2026-09-07", "2026-09-14"):
        with house.engine.unit(house.ri) as unit:
            set_semester_start(unit, **{**GOOD, "starts_on": day})
    with house.engine.reading() as session:
        assert session.scalars(select(SemesterStart.starts_on)).all() == ["2026-09-14"]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("hei_id", "", "required"),
        ("hei_id", "nowhere.example", "not_an_option"),
        ("hei_id", "usal.es\x00", "not_an_option"),
        ("academic_year", "2026/2028", "pattern"),
        ("academic_year", "2026", "pattern"),
        ("semester", "0", "out_of_range:1:9"),
        ("semester", "first", "out_of_range:1:9"),
        ("semester", "٣", "out_of_range:1:9"),
        ("starts_on", "2026-02-30", "not_a_date"),
        ("starts_on", "20260907", "not_a_date"),
        ("starts_on", "2029-09-07", "not_in_year"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(house, name, text, code):
    with house.engine.unit(house.ri) as unit, pytest.raises(InvalidInput) as refusal:
        set_semester_start(unit, **{**GOOD, name: text})
    assert refusal.value.errors[name] == [code]


def test_only_the_office_enters_dates(house):
    with house.engine.unit(house.coordinator) as unit, pytest.raises(Forbidden):
        set_semester_start(unit, **GOOD)
