"""Recording a nomination in the browser."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from engine.definitions import Bundle
from engine.identity import SYSTEM
from engine.values import InboxQuery
from tests.builders_domain import ROOT
from tests.builders_web import actor_of
from workflows.admission.models import IncomingNomination

FORM = {
    "idempotency_key": "one nomination",
    "sending_hei_id": "usal.es",
    "departments": ["lea"],
    "receiving_academic_year_id": "2026/2027",
    "student_given_names": "Inés",
    "student_family_name": "Prado",
    "student_birth_date": "2004-05-17",
    "student_email": "ines@usal.example.org",
    "start_date": "2026-09-07",
    "end_date": "2027-01-23",
    "isced_f_code": "0231",
    "language": "fr",
    "cefr_level": "B2",
}
PLACES = "No place is left in this field of study."
CREDITS = "The total of credits is too low for the time abroad."


@pytest.fixture
def ri(engine, sign_in):
    engine.deploy(Bundle.from_folder(ROOT / "bpmn" / "admission"), actor=SYSTEM)
    return sign_in("claire")


def count(engine):
    with engine.reading() as session:
        return session.scalar(select(func.count()).select_from(IncomingNomination))


def test_it_opens_the_admission_once(engine, ri):
    first = ri.post("/nominations/new", data=FORM)
    again = ri.post("/nominations/new", data=FORM)
    assert first.status_code == again.status_code == 302
    assert first.location == again.location
    assert count(engine) == 1
    page = ri.get(first.location).text
    assert "Inés Prado" in page
    assert "Departments that have to accept" in page


def test_a_step_offers_the_reasons_that_are_usual_there(engine, ri, sign_in, task):
    ri.post("/nominations/new", data=FORM)
    engine.run_due_jobs(worker="test")
    (item,) = engine.inbox(actor=actor_of(engine, "claire"), query=InboxQuery("groups")).items
    asked, checked = ri.get(f"/tasks/{item.id}").text, sign_in("marie").get(f"/tasks/{task}").text
    for page, own, other in ((asked, PLACES, CREDITS), (checked, CREDITS, PLACES)):
        assert f'data-text="{own}"' in page
        assert other not in page


def test_all_that_is_missing_is_told_at_once(ri):
    page = ri.post("/nominations/new", data={}).text
    for name in (
        "departments",
        "sending_hei_id",
        "receiving_academic_year_id",
        "student_family_name",
    ):
        assert f'href="#f-{name}"' in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"departments": []}, "Please fill this in."),
        ({"departments": ["nowhere"]}, "Please choose one of the options."),
        ({"sending_hei_id": "univ-tlse2.fr"}, "Please choose one of the options."),
        ({"student_birth_date": "31/12/2004"}, "Please enter a date."),
        ({"end_date": "2026-01-01"}, "The end lies before the start."),
        ({"student_family_name": "x" * 400}, "At most 300 characters, please."),
        ({"role": "admin"}, "This field does not belong to the form."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(engine, ri, change, sentence):
    answer = ri.post("/nominations/new", data={**FORM, **change})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="ines@usal.example.org"' in answer.text
    assert count(engine) == 0
