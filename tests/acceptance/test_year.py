"""One student's whole year, from the application to the recognition, on a clock that moves."""

import re

from engine.values import InstanceStatus
from tests.acceptance import acts

STUDIED = [
    ("Derecho", "6"),
    ("Historia", "6"),
    ("Lengua", "6"),
    ("Economía", "6"),
    ("Traducción", "6"),
]
RECOGNISED = [("Traduction juridique", "15"), ("Civilisation", "15")]
GRADES = ("8,2", "7", "9,6", "7", "6")
CONTACT = "mobility@usal.es.example.org"


def test_year(people, house):
    student = people("Léa Martin", width=390)
    coordinator = people("Marie Delmas")
    office = people("Claire Vidal")
    partner = people(width=390)

    placed(house, student, coordinator, office, partner)
    contract = signed(house, student, coordinator, office, partner)

    head = people("Hélène Faure")
    registrar = people("Rémi Castel")
    granted(house, coordinator, head, registrar)
    changed(house, contract, student, coordinator, office, partner)
    recomputed(house, student, coordinator, head, registrar)
    recognised(house, contract, office, coordinator, people("Jeanne Perrin"), registrar)

    all_is_done(house, student, people("Samuel Ortiz"))


def placed(house, student, coordinator, office, partner):
    """The campaign, the application after a reminder, the place, the partner's yes."""
    acts.write_campaign(office, "2026-01-12T08:00", "2026-02-27T18:00")
    board = acts.keep_campaign(
        office, "usal.es\t023\t6\t1\t5\tes\tB1", "unibo.it\t023\t6\t2\t5\tit\t"
    )
    acts.begin_application(student)
    application = house.case("application")

    house.pass_until(2026, 1, 19, 10)
    office.returns()
    assert any("Rappel" in subject for subject, _ in acts.mails(office, "lea.martin"))
    student.returns().open_task(application)
    acts.choose(student.page, 0, "Salamanca")
    acts.choose(student.page, 1, "Bologna")
    acts.fill_application(student.page)
    acts.submit_application(student)
    acts.answer(office, application, "admit")
    acts.score(coordinator.returns(), application)

    house.pass_until(2026, 3, 2, 9)
    office.returns()
    acts.allocate(office, board)
    acts.answer(student.returns(), application, "confirm")
    acts.answer(office, application, "nominate")
    acts.partner_approves(partner, CONTACT)
    house.settle()
    student.page.goto("/home")
    assert "Rédiger le contrat d’études" in student.page.locator("main").inner_text()


def signed(house, student, coordinator, office, partner):
    """The contract that the partner's yes began, written after reminders and signed by all."""
    contract = house.case("contract")
    house.pass_until(2026, 4, 2, 10)
    office.returns()
    reminded = [at for about, at in acts.mails(office, "lea.martin") if "Rappel" in about]
    # At the same hour by the clock on the wall before and after the night of 29 March.
    assert reminded[-2:] == ["2026-03-27 09:00", "2026-04-01 09:00"]
    student.returns().open_task(contract)
    dates = {"start_date": "2026-09-01", "end_date": "2027-01-31"}
    acts.write_contract(student, STUDIED, RECOGNISED, receiving_contact_email=CONTACT, **dates)
    acts.answer(coordinator.returns(), contract, "approve")
    acts.sign_inside(student, coordinator, office, contract)
    acts.partner_approves(partner, CONTACT, signer_position="Coordinadora Erasmus")
    return contract


def granted(house, coordinator, head, registrar):
    """The exam waiver that the signed contract began."""
    house.pass_until(2026, 4, 7, 10)
    waiver = house.case("exam_waiver")
    acts.answer(coordinator.returns(), waiver, "approve")
    acts.answer(head.returns(), waiver, "approve")
    acts.record_waiver(registrar.returns(), waiver)


def changed(house, contract, student, coordinator, office, partner):
    """During the stay one unit is replaced by another; everybody signs again."""
    house.pass_until(2026, 9, 14, 9)
    page = student.returns().page
    page.goto(contract)
    page.get_by_role("link", name="Demander une modification").click()
    page.fill("#f-reason", "L’UE de civilisation n’est pas remplacée par ces cours.")
    page.locator("main form .btn-primary").click()
    page.wait_for_url(re.compile(r"/tasks/\d+$"))
    taken_out = page.locator(".earlier-row", has_text="Civilisation")
    taken_out.locator("[data-remove]").check()
    taken_out.locator("input[name$='reason_text']").fill("Elle ne correspond à aucun cours.")
    part = page.locator("[data-change-part]", has_text="Civilisation")
    part.locator("[data-add-row]").click()
    page.fill("input[name='recognised.0.title']", "Économie")
    page.fill("input[name='recognised.0.credits.0.value']", "15")
    part.locator("input[name='recognised.0.reason_text']").fill("Elle correspond à Economía.")
    page.locator("form[data-draft-url] .btn-primary").click()
    page.wait_for_url(lambda address: "/complete" not in address)
    change = house.case("contract_change")
    acts.answer(student, change, "approve")
    acts.answer(coordinator.returns(), change, "approve")
    acts.answer(office.returns(), change, "approve")
    acts.partner_approves(partner, CONTACT, signer_position="Coordinadora Erasmus")


def recomputed(house, student, coordinator, head, registrar):
    """The change began a new waiver: one exam added, one taken back."""
    waiver = house.case("exam_waiver")
    assert len(house.cases("exam_waiver")) == 2
    acts.answer(coordinator, waiver, "approve")
    acts.answer(head.returns(), waiver, "approve")
    acts.record_waiver(registrar.returns(), waiver)
    student.page.goto(waiver)
    newest = student.page.locator("#waiver details.version").first
    for exam, became in (
        ("Traduction juridique", "dispensé comme avant"),
        ("Économie", "nouvellement dispensé"),
        ("Civilisation", "n’est plus dispensé"),
    ):
        assert became in newest.locator("tbody tr", has_text=exam).inner_text()


def recognised(house, contract, office, coordinator, jury, registrar):
    """The partner's transcript becomes a decision, registered, with its letter."""
    house.pass_until(2027, 2, 22, 9)
    acts.begin_recognition(office.returns(), contract)
    recognition = house.case("recognition")
    house.pass_until(2027, 3, 5, 9)
    office.returns().open_task(recognition)
    rows = [(title, grade) for (title, _), grade in zip(STUDIED, GRADES, strict=True)]
    acts.enter_transcript(office, rows)
    acts.submit(office)
    acts.answer(coordinator.returns(), recognition, "approve")
    acts.answer(jury.returns(), recognition, "approve")
    acts.answer(registrar.returns(), recognition, "approve")


def all_is_done(house, student, admin):
    """The way through the mobility is done, its papers are there, its history is unbroken."""
    house.pass_until(2027, 6, 1, 9)
    page = student.returns().page
    page.goto(house.case("recognition"))
    stages = page.locator("ol.lifecycle li")
    assert stages.count() == 5
    assert page.locator("ol.lifecycle li.is-done").count() == 5
    assert "Reconnu en totalité\xa0: 30 ECTS" in page.locator("main").inner_text()
    papers = page.locator("#documents li")
    assert papers.filter(has_text="Décision de reconnaissance").count() == 1
    assert papers.filter(has_text="remplacé par une version plus récente").count() == 1
    admin.page.goto("/incidents")
    assert admin.page.locator("main .work-row, main article").count() == 0

    cases = house.cases()
    assert sorted(case.key for case in cases) == [
        "application",
        "contract",
        "contract_change",
        "exam_waiver",
        "exam_waiver",
        "recognition",
    ]
    for case in cases:
        assert case.status is InstanceStatus.COMPLETED
        assert house.engine.verify(case.id).faults == []
