"""Pages of the grade transfer: sheets, tasks, the case, and the partner's link."""

import html
import re

import orjson
import pytest

from engine import SYSTEM
from tests.builders_grade_transfer import PARTNER, STAY, ReceivingHouse
from tests.builders_substitution import arrange
from tests.builders_web import PASSWORD, served
from workflows.people.models import Person
from workflows.people.services import set_password

SHEET = "/grades/lea/2026-2027"


@pytest.fixture
def house(database, settings, clock):
    return ReceivingHouse.built(database, settings, clock)


@pytest.fixture
def visit(house, settings):
    """A client that is signed in as somebody of the house, in English."""
    app = served(settings, house.engine)

    def by_name(name=None):
        client = app.test_client()
        if name:
            with house.engine.unit(SYSTEM) as unit:
                person = unit.session.get(Person, house.ids[name])
                set_password(unit.session, person, PASSWORD)
                login = person.login
            data = {"login": login, "password": PASSWORD}
            assert client.post("/sign-in", data=data).status_code == 302
        client.post("/language", data={"language": "en"})
        return client

    return by_name


@pytest.fixture
def students(house):
    ids = [house.incoming(student_family_name=f"Ortega {n}") for n in range(3)]
    for mobility in ids:
        house.begin(mobility)
    house.until("2027-05-20")
    return ids


def text_of(answer):
    return html.unescape(answer.get_data(as_text=True))


def fields(house, marks):
    """The form of a sheet with these marks, as a browser sends it."""
    known = {(m, code): house.courses(m)[code] for m, code in marks}
    seen = {f"c{course.id}": course.mark for course in known.values()}
    cells = {f"cells.c{known[key].id}": mark for key, mark in marks.items()}
    return {**cells, "seen": orjson.dumps(seen).decode()}


def test_a_substitute_fills_in_the_sheet_and_is_named_with_whom_they_replace(
    house, students, visit
):
    marks = {(students[0], "LEA501"): "14"}
    paul = visit("other_coordinator")
    assert paul.get(SHEET).status_code == 404
    day = {"first": "2027-05-20", "last": "2027-05-21"}
    arrange(house, house.coordinator, house.other_coordinator, **day, processes=["contract"])
    assert paul.get(SHEET).status_code == 404
    arrange(house, house.coordinator, house.other_coordinator, **day, processes=["grade_transfer"])
    assert "data-mark data-saved" in text_of(paul.get(SHEET))
    column = house.courses(students[0])["LEA501"].id
    saved = paul.post(SHEET, data={**fields(house, marks), "certify": str(column)})
    assert saved.status_code == 302
    case = text_of(visit("ri").get(f"/cases/{house.case(students[0]).id}"))
    assert case.count("Paul Roussel, for Marie Delmas: ") == 2


def test_the_sheet_shows_students_courses_and_how_far_it_is(house, students, visit):
    page = text_of(visit("coordinator").get(SHEET))
    assert page.count("data-mark data-saved") == 6
    assert "0 of 6 entered, 0 certified" in page
    assert "LEA501" in page
    assert "Ortega 2 Inés" in page
    read_only = text_of(visit("ri").get(SHEET))
    assert "data-mark data-saved" not in read_only
    assert "You can read this sheet" in read_only


def test_marks_are_saved_and_a_course_certified_in_one_go(house, students, visit):
    client = visit("coordinator")
    marks = {(m, "LEA501"): "12,5" for m in students}
    form = {**fields(house, marks), "certify": str(house.courses(students[0])["LEA501"].id)}
    page = text_of(client.post(SHEET, data=form, follow_redirects=True))
    assert "3 marks saved." in page
    assert "3 marks certified." in page
    assert "3 of 6 entered, 3 certified" in page
    marks = {(students[0], "LEA502"): "abi"}
    form = {**fields(house, marks), "certify": str(house.courses(students[2])["LEA502"].id)}
    page = text_of(client.post(SHEET, data=form, follow_redirects=True))
    assert "1 mark certified." in page
    assert "2 students have no mark in this course yet." in page
    house.wait()
    assert house.open(students[0]) == ["check"]


def test_a_wrong_mark_comes_back_with_its_sentence_and_what_was_typed(house, students, visit):
    marks = {(students[0], "LEA501"): "25", (students[1], "LEA501"): "<b>7</b>"}
    answer = visit("coordinator").post(SHEET, data=fields(house, marks))
    page = text_of(answer)
    assert answer.status_code == 422
    assert "The grade lies outside its scale: 0 to 20." in page
    assert 'value="25"' in page
    assert "<b>7</b>" not in answer.get_data(as_text=True)
    assert house.courses(students[0])["LEA501"].mark == ""


def test_a_list_is_filled_in_and_not_saved(house, students, visit):
    client = visit("coordinator")
    course = str(house.courses(students[0])["LEA501"].id)
    lines = "Inés ORTEGA 0\t14\nortega 2 ines;9,5"
    form = {"seen": "{}", "paste": "1", "paste_course": course, "paste_text": lines}
    page = text_of(client.post(SHEET, data=form))
    assert "2 marks filled in" in page
    assert re.search(r'value="14" data-mark data-saved=""', page)
    assert house.courses(students[0])["LEA501"].mark == ""


def test_a_paste_of_ten_thousand_lines_gets_a_clear_answer(house, students, visit):
    client = visit("coordinator")
    course = str(house.courses(students[0])["LEA501"].id)
    form = {
        "seen": "{}",
        "paste": "1",
        "paste_course": course,
        "paste_text": "Ortega\t12\n" * 10_000,
    }
    answer = client.post(SHEET, data=form)
    assert answer.status_code == 422
    assert "At most 1000 lines, please; these are 10000." in text_of(answer)
    assert len(answer.data) < 200_000


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"seen": "{"}, 422),
        ({"seen": "[1]"}, 422),
        ({"seen": "{}", "cells.c1": "x" * 30}, 422),
        ({"seen": "{}", "cells.zz": "12"}, 422),
        ({"seen": "{}", "cells.c999999999999": "12"}, 422),
        ({"seen": "{}", "cells": "12"}, 422),
        ({"seen": "{}", "certify": "999999"}, 404),
        ({"seen": "{}", "certify": "x"}, 404),
        ({"seen": "{}", "paste": "1", "paste_course": "7777", "paste_text": "a;1"}, 422),
        ({"seen": "{}", **{f"cells.c{n}": "1" for n in range(1, 5001)}}, 413),
    ],
)
def test_hostile_forms_are_refused_and_change_nothing(house, students, visit, form, status):
    assert visit("coordinator").post(SHEET, data=form).status_code == status
    assert all(not course.mark for m in students for course in house.courses(m).values())


def test_strangers_find_no_sheet(house, students, visit):
    for name in ("other_coordinator", "student"):
        client = visit(name)
        assert client.get(SHEET).status_code in {403, 404}
        assert client.post(SHEET, data={"seen": "{}"}).status_code in {403, 404}
    coordinator = visit("coordinator")
    for address in ("/grades/lea/2026", "/grades/lea/2025-2026", "/grades/xyz/2026-2027"):
        assert coordinator.get(address).status_code == 404


def test_an_empty_house_explains_itself(house, visit):
    assert "No grade sheet yet" in text_of(visit("coordinator").get("/grades"))
    mobility = house.incoming()
    office = visit("ri")
    assert "1 incoming student with a signed agreement" in text_of(office.get("/grades"))
    page = text_of(office.post(f"/grades/begin/{mobility}", follow_redirects=True))
    assert "The grade transfer has begun" in page
    again = text_of(office.post(f"/grades/begin/{mobility}", follow_redirects=True))
    assert "has begun already" in again
    assert visit("coordinator").post(f"/grades/begin/{mobility}").status_code == 403


def test_the_task_keeps_what_was_typed_and_adds_courses_without_script(house, students, visit):
    client = visit("coordinator")
    (item,) = house.case(students[0]).open_items
    page = text_of(client.get(f"/tasks/{item.id}"))
    assert "Certify" in page
    assert "Open the sheet of the whole department" in page
    known = house.courses(students[0])
    cells = {f"cells.c{known['LEA501'].id}": "12", f"cells.c{known['LEA502'].id}": "21"}
    answer = client.post(f"/tasks/{item.id}/complete", data={**cells, "row_action": "add"})
    assert "annex.0.title" in text_of(answer)
    form = {**cells, "annex.0.title": "Chœur", "annex.0.ects": "x", "annex.0.mark": ""}
    answer = client.post(f"/tasks/{item.id}/complete", data=form)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "ECTS credits (1)" in page
    form |= {"annex.0.ects": "1,5", "annex.0.mark": "17"}
    page = text_of(client.post(f"/tasks/{item.id}/complete", data=form))
    assert "Économie: The grade lies outside its scale: 0 to 20." in page
    form[f"cells.c{known['LEA502'].id}"] = "11"
    assert client.post(f"/tasks/{item.id}/complete", data=form).status_code == 302
    assert {c.mark for c in house.courses(students[0]).values()} == {"12", "11", "17"}


def test_ri_checks_signs_and_the_partner_fetches_and_acknowledges(house, students, visit):
    mobility = students[0]
    house.grade(mobility, LEA501="14", LEA502="7 R")
    office = visit("ri")
    (check,) = house.case(mobility).open_items
    page = text_of(office.get(f"/tasks/{check.id}"))
    assert "the result of the resit is still to come" in page
    assert "6 ECTS credits earned of 10.5 in the agreement; 4.5 to come." in page
    assert "No title in English, Spanish, where the transcript will repeat the original" in page
    form = {**STAY, "outcome": "issue", f"titles_en.c{house.courses(mobility)['LEA501'].id}": "Tr."}
    answer = office.post(f"/tasks/{check.id}/complete", data=form)
    assert "confirm that it goes out as partial" in text_of(answer)
    office.post(f"/tasks/{check.id}/complete", data={**form, "partial": "true"})
    (sign,) = house.case(mobility).open_items
    page = text_of(office.get(f"/tasks/{sign.id}"))
    assert "Partial transcript" in page
    digest = re.search(r'name="digest" value="(\w{64})"', page)[1]
    office.post(f"/tasks/{sign.id}/complete", data={"outcome": "sign", "digest": digest})
    house.wait()
    (mail,) = [m for m in house.mails() if m.to == "carmen@usal.example.org"]
    link = re.search(r"/partner/[\w.\-]+", mail.body)[0]
    partner = visit()
    page = text_of(partner.get(link))
    assert "Transcript of records of Inés Ortega 0" in page
    assert "Carmen Sánchez" in page
    for language in ("fr", "en", "es"):
        file = partner.get(f"{link}/transcript/{language}")
        assert (file.status_code, file.mimetype) == (200, "application/pdf")
        assert file.data == house.papers(mobility)[language]
    for wrong in (f"{link}/transcript/de", f"{link}x/transcript/fr"):
        assert partner.get(wrong).status_code == 404
    answer = partner.post(link, data={"outcome": "acknowledge", "digest": digest})
    assert answer.status_code == 422
    answer = partner.post(link, data={"outcome": "acknowledge", "digest": digest, **PARTNER})
    assert answer.status_code == 302
    assert house.open(mobility) == ["certify"]
    assert partner.get(f"{link}/transcript/fr").status_code == 200
    page = text_of(office.get(f"/cases/{house.case(mobility).id}"))
    assert "Acknowledged by Carmen Sánchez, Coordinadora" in page
    assert "Who entered what, and when" in page


def test_the_link_of_a_superseded_version_says_so(house, visit):
    mobility = house.to_partner()
    (mail,) = [m for m in house.mails() if m.to == "carmen@usal.example.org"]
    link = re.search(r"/partner/[\w.\-]+", mail.body)[0]
    office = visit("ri")
    case = house.case(mobility).id
    course = house.courses(mobility)["LEA501"].id
    page = text_of(office.get(f"/cases/{case}"))
    assert "Correct a grade" in page
    nothing = office.post(
        f"/cases/{case}/grade-correction", data={"reason": "x"}, follow_redirects=True
    )
    assert "Choose at least one certified result." in text_of(nothing)
    form = {"courses": str(course), "reason": "Copie oubliée", "idempotency_key": "once"}
    page = text_of(office.post(f"/cases/{case}/grade-correction", data=form, follow_redirects=True))
    assert "The marks are open again" in page
    house.wait()
    house.grade(mobility, LEA501="17")
    house.issue(mobility, change_reason="correction")
    partner = visit()
    assert partner.get(link).status_code == 200
    assert 'name="outcome"' not in text_of(partner.get(link))
    assert partner.get(f"{link}/transcript/fr").data == house.papers(mobility, 1)["fr"]
    assert (
        visit("coordinator").post(f"/cases/{case}/grade-correction", data=form).status_code == 403
    )


def test_ri_records_that_a_student_has_given_up(house, students, visit):
    office = visit("ri")
    case = house.case(students[0]).id
    wrong = office.post(
        f"/cases/{case}/withdrawal", data={"withdrawn_on": "2027-02-30"}, follow_redirects=True
    )
    assert "Please enter a date." in text_of(wrong)
    page = text_of(
        office.post(
            f"/cases/{case}/withdrawal", data={"withdrawn_on": "2027-03-12"}, follow_redirects=True
        )
    )
    assert "gave up the stay on 12 March 2027" in page
    assert house.open(students[0]) == ["check"]
