"""The places of a campaign rest on the agreements in force; what does not fit is said."""

from __future__ import annotations

from datetime import date

import pytest

from tests.builders_duties import DutiesHouse
from workflows.partnership.coverage import Offer, covers
from workflows.partnership.models import Partnership

YEAR = "2026/2027"


@pytest.fixture
def house(once):
    return once(DutiesHouse.built)


def agreed(house, title, **changes):
    """An agreement of LEA with Salamanca on two places, in force from 2024 to 2029."""
    with house.engine.unit(house.ri) as unit:
        values = {
            "kind": "agreement",
            "title": title,
            "hei_id": "usal.es",
            "department": "lea",
            "state": "in_force",
            "places_out": 2,
            "starts_on": date(2024, 9, 1),
            "ends_on": date(2029, 8, 31),
            "created_at": unit.now,
            "created_by": unit.actor.id,
        }
        unit.session.add(Partnership(**{**values, **changes}))


def found(house, *offers):
    with house.engine.reading() as session:
        return [
            (each.agreement and each.agreement.title, each.offered, each.exceeded)
            for each in covers(session, [Offer(*offer) for offer in offers], YEAR)
        ]


def test_an_offer_within_the_agreement_of_its_department(house):
    agreed(house, "LEA")
    agreed(house, "all", department="")
    assert found(house, ("usal.es", "lea", 2)) == [("LEA", 2, False)]


def test_offers_that_rest_on_one_agreement_are_counted_together(house):
    agreed(house, "all", department="")
    offers = found(house, ("usal.es", "lea", 2), ("usal.es", "his", 1), ("uu.se", "lea", 4))
    assert offers == [("all", 3, True), ("all", 3, True), (None, 4, False)]


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "written"},
        {"state": "expired"},
        {"kind": "framework"},
        {"ends_on": date(2026, 8, 31)},
        {"starts_on": date(2027, 9, 1)},
        {"department": "his"},
        {"hei_id": "uu.se"},
    ],
)
def test_what_is_not_in_force_that_year_for_that_department_covers_nothing(house, changes):
    agreed(house, "other", **changes)
    assert found(house, ("usal.es", "lea", 1)) == [(None, 1, False)]


@pytest.mark.parametrize("day", ["first", "last"])
def test_one_day_of_the_year_is_enough(house, day):
    changes = {"ends_on": date(2026, 9, 1)} if day == "first" else {"starts_on": date(2027, 8, 31)}
    agreed(house, "short", **changes)
    assert found(house, ("usal.es", "lea", 1)) == [("short", 1, False)]
