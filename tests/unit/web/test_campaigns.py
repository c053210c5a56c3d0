"""Campaign pages: opened by the office, applied in by a student, ranked, allocated, answered."""

import re
from io import BytesIO

import pytest

from engine.definitions import Bundle
from engine.identity import SYSTEM
from tests.builders_application import (
    CRITERIA,
    WEIGHTS,
    application_fields,
    campaign_fields,
)
from workflows.partners.models import Institution

PASTED = "lea\tusal.es\t023\t6\t1\t5\tes\tB1\nlea\tuu.se\t023\t6\t2\t5\ten\t\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077 53de0000000c49444154"
    "08d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082".replace(" ", "")
)


@pytest.fixture
def office(app, engine, settings, sign_in):
    """The international office, with the process deployed and another partner."""
    engine.deploy(Bundle.from_folder(settings.bundles_dir / "application"), actor=SYSTEM)
    with engine.unit(SYSTEM) as unit:
        unit.session.add(Institution(hei_id="uu.se", name="Uppsala", locale="en"))
    return sign_in("claire")


def flat(data, path=""):
    """Nested values as the fields of a form."""
    pairs = {}
    for name, value in data.items():
        where = f"{path}.{name}" if path else name
        if isinstance(value, dict):
            pairs |= flat(value, where)
        elif isinstance(value, list):
            pairs |= flat({str(number): each for number, each in enumerate(value)}, where)
        else:
            pairs[where] = value
    return pairs


def hidden(page, name):
    """The value of a hidden field."""
    return re.search(rf'name="{name}" value="([^"]*)"', page.text)[1]


@pytest.fixture
def campaign(office):
    """The number of a published campaign with three places, one more document asked for."""
    created = office.post("/campaigns/new", data=flat(campaign_fields(documents=["cv"])))
    number = re.search(r"/campaigns/(\d+)/places", created.location)[1]
    page = office.get(created.location)
    asked = {"revision": hidden(page, "revision"), "paste": PASTED, "row_action": "paste"}
    page = office.post(created.location, data=asked)
    assert page.text.count('value="usal.es"') == 2
    rows = [
        dict(zip(("department", "hei_id", "isced_f", "eqf_level", "seats", "months", "language",
                  "cefr"), line.split("\t"), strict=True))
        for line in PASTED.splitlines()
    ]  # fmt: skip
    kept = office.post(
        created.location, data=flat({"places": rows, "revision": hidden(page, "revision")})
    )
    assert kept.status_code == 302
    page = office.get(f"/campaigns/{number}")
    assert "3 places" in page.text
    assert "no agreement in force in 2026/2027" in page.text
    office.post(f"/campaigns/{number}/publish", data={"revision": hidden(page, "revision")})
    assert "open now" in office.get(f"/campaigns/{number}").text
    return number


def ranking_of(office, campaign):
    return re.search(r"/rankings/(\d+)", office.get(f"/campaigns/{campaign}").text)[1]


def begin(student, campaign, ranking):
    answer = student.post(f"/campaigns/{campaign}/apply", data={"ranking": ranking})
    assert answer.status_code == 302
    return answer.location


def work(engine):
    while engine.run_due_jobs(worker="tests"):
        pass


def test_an_empty_office_teaches_what_to_do(office, sign_in):
    assert "No campaign yet" in office.get("/campaigns").text
    assert "No campaign is open" in sign_in("lea").get("/campaigns").text
    assert "No campaign for you" in sign_in("marie").get("/campaigns").text


def test_what_is_wrong_with_a_campaign_is_told_at_its_fields(office):
    bad = campaign_fields(
        title="",
        academic_year="2026/2028",
        closes_at="2026-01-01T10:00",
        min_score="30",
        departments=[{"code": "lea", "chosen": "true", **dict.fromkeys(WEIGHTS, "0")}],
    )
    page = office.post("/campaigns/new", data=flat(bad))
    assert page.status_code == 422
    for said in (
        "Title: Please fill this in.",
        "Academic year: This does not have the expected form.",
        "Closes: The end lies before the start.",
        "Least score to be placed: Please enter a value from 0 to 20.",
        "At least one criterion must have a weight.",
    ):
        assert said in page.text
    assert 'value="2026/2028"' in page.text


def test_a_long_paste_is_refused_and_kept(office, campaign):
    address = f"/campaigns/{campaign}/places"
    paste = "lea\tusal.es\t023\t6\t1\t5\tes\tB1\n" * 10_000
    page = office.post(address, data={"paste": paste, "row_action": "paste", "revision": "1"})
    assert page.status_code in {413, 422}
    wrong = office.post(
        address, data={"paste": "lea\t" + "x\t" * 20, "row_action": "paste", "revision": "1"}
    )
    assert wrong.status_code == 422
    assert "Line 1 has more columns than the table." in wrong.text


def test_nobody_overwrites_what_somebody_else_has_changed(office, campaign, sign_in):
    page = office.get(f"/campaigns/{campaign}/edit")
    revision = hidden(page, "revision")
    typed = flat(campaign_fields(title="First", documents=["cv"]))
    assert (
        office.post(f"/campaigns/{campaign}/edit", data={**typed, "revision": revision}).status_code
        == 302
    )
    second = office.post(
        f"/campaigns/{campaign}/edit", data={**typed, "title": "Second", "revision": revision}
    )
    assert second.status_code == 409
    assert 'value="Second"' in second.text
    assert "First" in office.get(f"/campaigns/{campaign}").text


def test_the_whole_way_on_pages(office, campaign, sign_in, engine, app):
    student, coordinator = sign_in("lea"), sign_in("marie")
    ranking = ranking_of(office, campaign)
    address = begin(student, campaign, ranking)
    page = student.get(address)
    places = re.findall(r'<option value="(\d+)"\s*>Salamanca', page.text)
    data = flat(application_fields(places[0], languages=[{"language": "es", "cefr": "A1"}]))
    moved = student.post(f"{address}/complete", data={**data, "row_action": "down:wishes:0"})
    assert "The language level lies below" in moved.text
    refused = student.post(f"{address}/complete", data=data)
    assert refused.status_code == 422
    assert "CV: This document is still missing." in refused.text
    application = re.search(r"/applications/(\d+)/documents", page.text)[1]
    for name, content, said in (
        ("cv.pdf", PNG, "it should end in .png"),
        ("cv.png", b"not a picture", "Please send a PDF, JPEG or PNG file."),
        ("cv.png", b"", "empty"),
    ):
        student.post(
            f"/applications/{application}/documents",
            data={"kind": "cv", "file": (BytesIO(content), name), "next": address},
        )
        assert said in student.get(address).text
    student.post(
        f"/applications/{application}/documents",
        data={"kind": "cv", "file": (BytesIO(PNG), "cv.png"), "next": address},
    )
    assert "cv.png" in student.get(address).text
    assert student.post(f"{address}/complete", data=data).status_code == 302
    work(engine)
    case = student.post(f"/campaigns/{campaign}/apply", data={"ranking": ranking}).location
    assert "The language level lies below" in student.get(case).text

    check = re.search(r'href="(/tasks/\d+)"', office.get(case).text)[1]
    page = office.get(check)
    assert "1 rule not met" in page.text
    admit = {"outcome": "admit", "wishes.0.place": places[0], "wishes.0.admitted": "true"}
    assert office.post(f"{check}/complete", data=admit).status_code == 422
    admitted = office.post(f"{check}/complete", data={**admit, "remark": "B1 in June"})
    assert admitted.status_code == 302

    score = re.search(r'href="(/tasks/\d+)"', coordinator.get(case).text)[1]
    points = {f"points.{name}": "14" for name in CRITERIA}
    assert "Coherence of the project" in coordinator.get(score).text
    wrong = coordinator.post(
        f"{score}/complete", data={**points, "points.results": "21", "outcome": "score"}
    )
    assert "Results: Please enter a value from 0 to 20." in wrong.text
    coordinator.post(f"{score}/complete", data={**points, "outcome": "score"})
    assert "14.00" not in student.get(case).text

    board = f"/rankings/{ranking}"
    page = coordinator.get(board)
    assert "14.00" in page.text
    assert "The campaign still takes applications." in page.text
    change = {
        **points,
        "points.motivation": "18",
        "application": application,
        "revision": hidden(page, "revision"),
    }
    wrong = coordinator.post(f"{board}/change", data={**change, "points.results": "21"})
    assert wrong.status_code == 422
    assert 'href="#f-points-results"' in wrong.text
    assert re.search(r'id="f-points-results"[^>]*value="21"[^>]*aria-invalid="true"', wrong.text)
    assert re.search(r'id="f-points-motivation"[^>]*value="18"', wrong.text)
    shown = coordinator.post(f"{board}/change", data=change)
    assert "Nobody’s result changes." in shown.text
    assert coordinator.post(f"{board}/change", data={**change, "keep": "yes"}).status_code == 422
    kept = {**change, "keep": "yes", "reason": "Second reading"}
    assert coordinator.post(f"{board}/change", data=kept).status_code == 302
    assert coordinator.post(f"{board}/change", data=kept).status_code == 409
    assert "15.00" in coordinator.get(board).text

    assert "still takes applications" in office.get(f"{board}/allocate").text
    page = office.get(f"/campaigns/{campaign}")
    office.post(f"/campaigns/{campaign}/close", data={"revision": hidden(page, "revision")})
    page = office.get(f"{board}/allocate")
    assert "L. 311-3-1" in page.text
    given = {"revision": hidden(page, "revision")}
    assert office.post(f"{board}/allocate", data=given).status_code == 302
    assert office.post(f"{board}/allocate", data=given).status_code == 409
    work(engine)
    confirm = re.search(r'href="(/tasks/\d+)"', student.get(case).text)[1]
    page = student.get(confirm)
    assert "15.00" in page.text
    assert "this is the place given" in page.text
    answer = {"outcome": "confirm", "place": hidden(page, "place")}
    assert student.post(f"{confirm}/complete", data=answer).status_code == 302
    assert "departure" not in coordinator.get(board).text
    withdrawn = student.post(f"/applications/{application}/withdraw", data={"reason": "Ill"})
    assert withdrawn.status_code == 302
    assert "withdrawn" in student.get(case).text


def test_boards_and_campaigns_are_for_those_who_have_a_part_in_them(office, campaign, sign_in):
    ranking = ranking_of(office, campaign)
    student, admin = sign_in("lea"), sign_in("sam")
    assert student.get(f"/rankings/{ranking}").status_code == 403
    assert admin.get(f"/rankings/{ranking}").status_code == 200
    assert admin.post(f"/rankings/{ranking}/change", data={}).status_code == 403
    assert admin.get(f"/rankings/{ranking}/allocate").status_code == 403
    assert office.get("/rankings/999").status_code == 404
    assert office.get("/campaigns/999").status_code == 404
    assert student.post("/campaigns/999/apply", data={"ranking": "1"}).status_code == 404
    assert office.post(f"/campaigns/{campaign}/apply", data={"ranking": ranking}).status_code == 403


def test_a_copy_is_for_the_year_after(office, campaign):
    copied = office.post(f"/campaigns/{campaign}/copy")
    page = office.get(copied.location)
    assert 'value="2027/2028"' in page.text
    assert 'value="2027-02-01T08:00"' in page.text
    number = re.search(r"/campaigns/(\d+)/edit", copied.location)[1]
    assert "3 places" in office.get(f"/campaigns/{number}").text
