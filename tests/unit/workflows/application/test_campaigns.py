"""Campaigns on paper: what is typed, what is pasted, what a year later is."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from engine.errors import InvalidInput
from tests.builders_application import WEIGHTS, campaign_fields, place_fields
from workflows.application.campaign_input import (
    MAX_PLACES,
    pasted_places,
    read_campaign,
    read_places,
)
from workflows.application.campaigns import a_year_later
from workflows.application.fields import Reader
from workflows.application.letters import words
from workflows.application.models import DOCUMENT_KINDS
from workflows.application.policy.allocation import Verdict
from workflows.application.policy.scoring import CRITERIA, rounded, score
from workflows.application.views import OVER, PINNED, RUNNING, Status
from workflows.office_work.local_time import ZONE

DEPARTMENTS = ("lea", "his")
PARTNERS = ("usal.es", "uu.se")


def refused(call, *arguments):
    with pytest.raises(InvalidInput) as refusal:
        call(*arguments)
    return refusal.value.errors


def test_a_campaign_as_it_is_typed():
    departments = [{"code": "lea", "chosen": "on", "quorum": "1", "commission": ["3"], **WEIGHTS}]
    given = read_campaign(
        campaign_fields(min_score="9,5", documents=["cv", "cv"], departments=departments),
        DEPARTMENTS,
        (3, 4),
    )
    assert (given.min_score, given.documents) == (Decimal("9.5"), ("cv",))
    assert given.opens_at == datetime(2026, 2, 1, 7, tzinfo=UTC)
    assert given.closes_at == datetime(2026, 3, 31, 16, tzinfo=UTC)
    (part,) = given.departments
    assert (part.commission, part.quorum, part.weights["motivation"]) == ((3,), 1, 1)


def test_every_error_of_a_campaign_has_its_path():
    departments = [
        {"code": "law", "chosen": "true", **WEIGHTS},
        {"code": "lea", "chosen": "true", "quorum": "3", "commission": ["9"], **WEIGHTS,
         "weight_results": "1000"},
    ]  # fmt: skip
    bad = campaign_fields(
        title="x" * 300,
        academic_year="2026",
        opens_at="soon",
        closes_at="0026-03-31T18:00",
        documents=["passport"],
        allow_debt="maybe",
        departments=departments,
        admin="true",
    )
    assert refused(read_campaign, bad, DEPARTMENTS, (3,)) == {
        "admin": ["unknown_field"],
        "title": ["too_long:200"],
        "academic_year": ["pattern"],
        "opens_at": ["not_a_date"],
        "closes_at": ["not_a_date"],
        "allow_debt": ["not_a_boolean"],
        "documents": ["not_an_option"],
        "departments.0.code": ["not_an_option"],
        "departments.1.weight_results": ["out_of_range:0:100"],
        "departments.1.commission": ["not_an_option"],
        "departments.1.quorum": ["out_of_range:0:1"],
    }


def test_a_campaign_needs_a_department_and_each_only_once():
    part = {"code": "lea", "chosen": "true", **WEIGHTS}
    for departments in ([], [{**part, "chosen": ""}], [part, part]):
        errors = refused(read_campaign, campaign_fields(departments=departments), DEPARTMENTS, ())
        assert set(errors) == {"departments"}


def test_the_table_of_places_and_its_errors():
    rows = [place_fields(), {"department": "lea", "cefr": ""}, place_fields("uu.se", cefr="")]
    assert [each.hei_id for each in read_places({"places": rows}, DEPARTMENTS, PARTNERS)] == list(
        PARTNERS
    )
    bad = place_fields(
        "nowhere.example", isced_f="languages", eqf_level="9", seats="0", months="x", language="1"
    )
    assert refused(read_places, {"places": [bad]}, DEPARTMENTS, PARTNERS) == {
        "places.0.hei_id": ["unknown_partner"],
        "places.0.isced_f": ["pattern"],
        "places.0.eqf_level": ["out_of_range:5:8"],
        "places.0.seats": ["out_of_range:1:50"],
        "places.0.months": ["not_an_integer"],
        "places.0.language": ["pattern"],
    }
    many = {"places": [place_fields()] * (MAX_PLACES + 1)}
    assert refused(read_places, many, DEPARTMENTS, PARTNERS) == {
        "places": [f"too_many:{MAX_PLACES}"]
    }
    assert refused(read_places, {"places": "x"}, DEPARTMENTS, PARTNERS) == {
        "places": ["wrong_type"]
    }


def test_rows_pasted_from_a_spreadsheet():
    assert pasted_places("lea;usal.es;023;6;2\n\nhis\tuu.se\t022\n") == [
        {
            "department": "lea",
            "hei_id": "usal.es",
            "isced_f": "023",
            "eqf_level": "6",
            "seats": "2",
        },
        {"department": "his", "hei_id": "uu.se", "isced_f": "022"},
    ]
    assert refused(pasted_places, "lea\n" * 10_000) == {"paste": [f"too_many:{MAX_PLACES}"]}
    assert refused(pasted_places, "lea\n" + ";" * 30) == {"paste": ["too_many_columns:2"]}


@pytest.mark.parametrize(
    ("at", "later"),
    [
        ("2027-02-01T08:00+01:00", "2028-02-01T08:00+01:00"),
        ("2028-02-29T18:00+01:00", "2029-02-28T18:00+01:00"),
        # The clocks change on 28 March 2027 and on 26 March 2028.
        ("2027-03-27T12:00+01:00", "2028-03-27T12:00+02:00"),
        ("2027-10-31T12:00+01:00", "2028-10-31T12:00+01:00"),
    ],
)
def test_a_year_later_is_the_same_time_of_day(at, later):
    moved = a_year_later(datetime.fromisoformat(at).astimezone(UTC))
    assert moved == datetime.fromisoformat(later)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-03-29T02:30", "2026-03-29T00:30+00:00"),
        ("2026-10-25T02:30", "2026-10-25T01:30+00:00"),
        ("2026-06-01T10:00", "2026-06-01T08:00+00:00"),
        ("2026-06-01T10:00+00:00", "2026-06-01T10:00+00:00"),
    ],
)
def test_an_hour_that_the_clocks_skip_or_repeat_is_the_later_one(typed, meant):
    reader = Reader({"at": typed})
    assert reader.instant("at") == datetime.fromisoformat(meant)
    assert ZONE.key == "Europe/Paris"


def test_a_score_is_exact_and_shown_with_two_decimals():
    weights = {"motivation": 2, "language": 1, "results": 0, "coherence": 3}
    reviews = [
        dict(zip(CRITERIA, map(Decimal, ("15", "12.5", "3", "10")), strict=True)),
        dict(zip(CRITERIA, map(Decimal, ("14", "12", "19", "11")), strict=True)),
    ]
    found = score(reviews, weights)
    assert found.total == Fraction(29 + Decimal("12.25") + Decimal("31.5")) / 6
    assert sum(part.share for part in found.parts) == found.total
    assert found.parts[2].share == 0
    assert rounded(found.total) == Decimal("12.13")
    assert rounded(Fraction(1, 8) * 100 / 100 + Fraction(12)) == Decimal("12.13")
    assert score([], weights) is None
    with pytest.raises(ValueError, match="weight"):
        score(reviews, dict.fromkeys(CRITERIA, 0))


def test_mails_have_the_same_words_in_every_language():
    def shape(value):
        return {k: shape(v) for k, v in value.items()} if isinstance(value, dict) else None

    assert shape(words("fr")) == shape(words("en")) == shape(words("es"))
    assert set(words("fr")["verdicts"]) == {*Verdict, "full_none"}
    assert set(words("fr")["criteria"]) == set(CRITERIA)


def test_an_application_is_over_or_runs_but_never_both():
    assert not OVER & RUNNING
    assert PINNED < RUNNING
    assert set(Status) - OVER - RUNNING == {
        "draft",
        "submitted",
        "returned",
        "admitted",
        "scored",
    }


def test_pages_have_words_for_every_code():
    from web.words import application as said

    assert set(said.STATUSES) == set(Status)
    assert set(said.KINDS) == set(DOCUMENT_KINDS)
    assert set(said.RULES) == set(words("fr")["rules"])
    assert set(Status) >= said.GOOD | said.BAD
    assert OVER == said.BAD
