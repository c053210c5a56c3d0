"""The pages of the grading tables: what RI enters, what is refused in place, what was used."""

from __future__ import annotations

import re

import pytest

from tests.builders_domain import HOME
from tests.builders_recognition import transcript
from tests.builders_web import served
from workflows.grading.models import GradingTable

TYPED = {
    "hei_id": "usal.es",
    "scale": "ES",
    "isced_f": "0231",
    "eqf": "6",
    "years": "2025/2026, 2026/2027",
    "figures": "counts",
    "declared": "400",
    "entries": "MH\t12\nSB\t58\nNT\t170\nAP\t160",
    "source": "EGRACONS 2027",
}


@pytest.fixture
def house(back_from_abroad):
    return back_from_abroad


@pytest.fixture
def app(house, settings):
    return served(settings, house.engine)


@pytest.fixture
def ri(sign_in):
    return sign_in("claire")


def send(client, **changes):
    return client.post("/grading-tables/new", data={**TYPED, **changes}, follow_redirects=True)


def text_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def tables(house, hei_id="usal.es"):
    with house.engine.reading() as session:
        found = session.query(GradingTable).filter_by(hei_id=hei_id).order_by(GradingTable.version)
        return [(row.version, row.years, row.source) for row in found]


def test_the_office_s_tools_lead_to_the_list(ri):
    assert "/grading-tables" in ri.get("/office").get_data(as_text=True)
    page = text_of(ri.get("/grading-tables"))
    assert "Salamanca 0231 6 ES 2024/2025, 2025/2026 400 1" in page


def test_a_new_version_leaves_the_earlier_one_as_it_was(house, ri):
    page = text_of(send(ri))
    assert "Version 2" in page
    assert "MH 12 3 %" in page
    assert "Claire" in page
    assert tables(house) == [
        (1, ("2024/2025", "2025/2026"), "tests"),
        (2, ("2025/2026", "2026/2027"), "EGRACONS 2027"),
    ]


def test_the_form_sent_twice_adds_one_version(house, ri):
    for _ in range(2):
        send(ri, idempotency_key="once")
    assert [version for version, _, _ in tables(house)] == [1, 2]


def test_our_own_table_is_entered_in_the_same_way(house, ri):
    send(ri, hei_id=HOME, scale="FR", entries="18;4\n14;78\n10;106", declared="")
    assert [version for version, _, _ in tables(house, HOME)] == [1, 2]


def test_what_was_put_right_is_told(ri):
    page = text_of(send(ri, entries="AP 160\nSS 40\nNT 170\nSB 58\nMH 12", declared="440"))
    assert "The table listed fails; they were taken out." in page
    assert "it was put in order" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"hei_id": ""}, "Please fill this in."),
        ({"hei_id": "nowhere.example"}, "Please choose one of the options."),
        ({"scale": ""}, "Please fill this in."),
        ({"scale": "??"}, "This grading scale is not known here."),
        ({"isced_f": "abc"}, "This does not have the expected form."),
        ({"years": "2026"}, "This does not have the expected form."),
        ({"source": " "}, "Please fill this in."),
        ({"figures": "x"}, "Please choose one of the options."),
        ({"declared": "401"}, "The figures add up to 400, not to 401."),
        ({"declared": "many"}, "Please enter a whole number."),
        ({"entries": ""}, "Please fill this in."),
        ({"entries": "MH 12\n\nXX 3"}, "Line 2: This grade is not on the scale chosen."),
        ({"entries": "MH 12\nSB"}, "Line 2: Please enter a number."),
        ({"entries": "SS 12", "declared": ""}, "The table holds no passing grade"),
        ({"entries": "MH 60\nSB 60", "figures": "shares"}, "The figures add up to 120, not to 100"),
        ({"entries": "\n".join(["MH 1"] * 10_000)}, "At most 20000 characters, please."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    house, ri, changes, sentence
):
    answer = send(ri, **changes)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert 'value="2025/2026, 2026/2027"' in answer.get_data(as_text=True) or "years" in changes
    assert len(tables(house)) == 1


def test_all_that_is_wrong_is_told_at_once(house, ri):
    wrong = {"hei_id": "", "source": "", "years": "2026", "figures": "x", "declared": "many"}
    page = send(ri, **wrong, entries="MH 12\nXX 3").get_data(as_text=True)
    marked = re.findall(r'id="f-(\w+)"[^>]*aria-invalid="true"', page)
    assert marked == ["hei_id", "years", "entries", "declared", "source"]
    summary = page[page.index('id="error-summary"') : page.index("<form", page.index("<main"))]
    fields = re.findall(r'href="#f-(\w+)"', summary)
    assert fields == ["hei_id", "years", "figures", "entries", "declared", "source"]
    assert [field for field in fields if f'id="f-{field}' not in page] == []
    assert "Please choose one of the options." in page
    assert "Line 2: This grade is not on the scale chosen." in page
    assert len(tables(house)) == 1


def test_a_version_names_the_recognitions_that_used_it(house, ri):
    house.begin()
    house.complete(house.ri, **transcript())
    send(ri)
    with house.engine.reading() as session:
        first, second = (
            row.id
            for row in session.query(GradingTable)
            .filter_by(hei_id="usal.es")
            .order_by(GradingTable.version)
        )
    used = ri.get(f"/grading-tables/{first}").get_data(as_text=True)
    assert f'href="/cases/{house.case}"' in used
    assert "A newer version is in use" in used
    unused = text_of(ri.get(f"/grading-tables/{second}"))
    assert "None so far." in unused


def test_a_table_nobody_knows_is_not_found(ri):
    assert ri.get("/grading-tables/999").status_code == 404
    for number in ("999", "x", "9" * 30):
        assert ri.get(f"/grading-tables/new?from={number}").status_code == 404
