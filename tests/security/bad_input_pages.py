"""The office's pages with a form, and what would do in each: bad input changes one field of it."""

from tests.builders_application import application_fields
from tests.security.bad_input_forms import Page
from tests.security.duties_world import MEETING, PROPOSAL, REPORT

TABLE = {
    "hei_id": "usal.es",
    "scale": "ES",
    "isced_f": "0231",
    "eqf": "6",
    "years": "2023/2024 2024/2025",
    "figures": "counts",
    "entries": "MH 12\nSB 58\nNT 170\nAP 160",
    "source": "Letter of May 2027",
}
NOMINATION = {
    "sending_hei_id": "usal.es",
    "departments": "lea",
    "receiving_academic_year_id": "2027/2028",
    "student_given_names": "Inés",
    "student_family_name": "Prado",
    "student_birth_date": "2004-05-17",
    "student_email": "ines@usal.example.org",
    "start_date": "2027-09-06",
    "end_date": "2028-01-22",
    "isced_f_code": "0231",
    "language": "fr",
    "cefr_level": "B2",
}
CAMPAIGN = {
    "departments.0.chosen": "true",
    "opens_at": "2027-05-01T10:00",
    "closes_at": "2027-06-01T10:00",
}
TRANSCRIPT = {
    "received_on": "2027-03-01",
    "issued_on": "2027-02-20",
    "scale": "ES",
    "rows.0.title": "Derecho",
    "rows.0.credits": "6",
    "rows.0.grade": "7,5",
}
APPLICATION = {
    **{name: text for name, text in application_fields().items() if isinstance(text, str)},
    "languages.0.language": "es",
    "languages.0.cefr": "B2",
}
FILE = {
    "purpose": "Échanges",
    "starts_on": "2027-09-01",
    "years": "3",
    "isced_f": "0231",
    "places_out": "2",
    "places_in": "2",
}
MEET = {**MEETING, "starts_at": "2027-06-04T14:00", "ends_at": "2027-06-04T15:00"}
LETTER = {"to": "coordinator", "text": "Bonjour"}


def task(case):
    """The way to the open task of a case that is made anew."""
    return lambda office: f"/tasks/{office.items(case(office))[0].id}"


PAGES = {
    "campaign": Page("claire", lambda _: "/campaigns/new", CAMPAIGN),
    "places": Page("claire", lambda o: f"/campaigns/{o.campaign()['campaign_id']}/places", {}),
    "application": Page("lea", task(lambda o: o.application()), APPLICATION, "/complete"),
    "nomination": Page("claire", lambda _: "/nominations/new", NOMINATION),
    "grade sheet": Page("marie", lambda _: "/grades/lea/2026-2027", {"cells.c1": "12"}),
    "grading table": Page("claire", lambda _: "/grading-tables/new", TABLE),
    "transcript": Page("claire", task(lambda o: o.kept("recognition")), TRANSCRIPT, "/complete"),
    "grant": Page("claire", task(lambda o: o.kept("grant")), {}, "/complete"),
    "grant opened": Page("claire", lambda o: f"/cases/{o.over}", {"scheme": "crous"}, "/grant"),
    "meeting": Page("marie", lambda _: "/meetings/new", MEET),
    "meeting called off": Page(
        "marie", lambda o: f"/meetings/{o.meeting()}", {"reason": "x"}, "/cancel"
    ),
    "agreement": Page("marie", lambda _: "/partnerships/new", PROPOSAL),
    "agreement's file": Page("marie", task(lambda o: o.partnership()), FILE, "/complete"),
    "difficulty": Page("lea", lambda o: f"/mobilities/{o.graded}/difficulty", REPORT),
    "letter": Page("marie", lambda o: f"/relay/{o.graded}", {**LETTER, "to": "student"}),
    "partner's letter": Page("tom", lambda o: o.correspondence(), LETTER),
    "mails": Page("claire", lambda _: "/settings", {}, "/mail"),
    "substitution": Page(
        "marie", lambda _: "/settings/substitutions", {"first": "2027-06-01", "last": "2027-06-02"}
    ),
    "stay cut short": Page(
        "claire",
        lambda o: f"/cases/{o.over}/cut-short",
        {"last_day": "2027-01-02", "reason": "x"},
    ),
}
