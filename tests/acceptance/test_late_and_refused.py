"""Each lifecycle where somebody is late and somebody says no, in a browser on a moved clock."""

from tests.acceptance import acts
from tests.builders_domain import course
from tests.builders_grade_transfer import ReceivingHouse

OFFICE = "claire.vidal"
COORDINATOR = "marie.delmas"
STUDENT = "lea.martin"
TITLES = ("Derecho", "Historia", "Lengua", "Economía", "Traducción")


def is_late(visitor, case):
    """Whoever is asked sees on the case, and in the tasks, that the day has passed."""
    page = visitor.page
    page.goto(case)
    assert page.locator(".work-row.plain .state.is-late").count() == 1
    address = page.locator(".work-row.plain a.title").get_attribute("href")
    page.goto("/")
    row = page.locator("[data-item], .next-card").filter(has=page.locator(f"a[href='{address}']"))
    assert row.locator(".state.is-late").count() >= 1


def told(office, address, words):
    """The outbox holds a mail with these words in its subject to that address."""
    return any(words in subject for subject, _ in acts.mails(office, address))


def reads(visitor, case, reason):
    """Somebody finds the reason on the case, or on their task in it."""
    visitor.page.goto(case)
    tasks = visitor.page.locator(".work-row.plain a.title")
    if reason not in visitor.page.locator("main").inner_text() and tasks.count():
        visitor.page.goto(tasks.first.get_attribute("href"))
    return reason in visitor.page.locator("main").inner_text()


def test_application(people, house):
    office, student = people("Claire Vidal"), people("Léa Martin")
    acts.write_campaign(office, "2026-01-12T08:00", "2026-02-27T18:00")
    acts.keep_campaign(office, "usal.es\t023\t6\t1\t5\tes\tB1")
    acts.begin_application(student)
    acts.choose(student.page, 0, "Salamanca")
    acts.fill_application(student.page)
    acts.submit_application(student)
    case = house.case("application")

    house.pass_until(2026, 1, 23, 10)
    is_late(office.returns(), case)
    assert told(office, OFFICE, "Rappel")
    assert told(office, OFFICE, "En retard")

    acts.answer(office, case, "refuse", "Le dossier ne concerne pas cette composante.")
    house.settle()
    assert reads(student.returns(), case, "Le dossier ne concerne pas cette composante.")


def test_contract(people, house):
    student, office = people("Léa Martin"), people("Claire Vidal")
    acts.begin_contract(student, "usal.es", "2026/2027")
    case = house.case("contract")

    house.pass_until(2026, 2, 3, 10)
    is_late(student.returns(), case)
    office.returns()
    assert told(office, STUDENT, "Rappel")
    assert told(office, OFFICE, "En retard")
    assert told(office, COORDINATOR, "En retard")

    student.open_task(case)
    acts.write_contract(student, [("Derecho", "30")], [("UE 1", "30")])
    coordinator = people("Marie Delmas")
    acts.answer(coordinator, case, "return", "Ce cours n’existe pas au second semestre.")
    assert reads(student, case, "Ce cours n’existe pas au second semestre.")


def test_exam_waiver(people, house):
    house.agreement()
    case = house.case("exam_waiver")

    house.pass_until(2026, 1, 27, 10)
    coordinator, office = people("Marie Delmas"), people("Claire Vidal")
    is_late(coordinator, case)
    assert told(office, COORDINATOR, "Rappel")
    assert told(office, OFFICE, "En retard")

    acts.answer(coordinator, case, "approve")
    acts.answer(
        people("Hélène Faure"), case, "reject", "Ces examens peuvent être passés à distance."
    )
    house.settle()
    student = people("Léa Martin", width=390)
    assert reads(student, case, "Ces examens peuvent être passés à distance.")


def test_grade_transfer(people, house):
    incoming = ReceivingHouse(house.engine, house.clock)
    stay = {"start_date": "2026-01-19", "end_date": "2026-06-12"}
    mobility = house.work(lambda: incoming.incoming(receiving_academic_year_id="2025/2026", **stay))
    house.work(incoming.begin, mobility)
    case = house.case("grade_transfer")

    house.pass_until(2026, 7, 3, 10)
    coordinator, office = people("Marie Delmas"), people("Claire Vidal")
    is_late(coordinator, case)
    assert told(office, COORDINATOR, "Rappel")
    assert told(office, OFFICE, "En retard")

    acts.enter_marks(coordinator, "lea", "2025-2026", "14", "11")
    office.open_task(case)
    office.page.locator("input[name^='reopen.']").first.check()
    office.decide("return", "Cette note ne figure pas au procès-verbal.")
    house.settle()
    assert reads(coordinator, case, "Cette note ne figure pas au procès-verbal.")


def test_recognition(people, house):
    house.agreement(studied=[course(title) for title in TITLES])
    house.pass_until(2027, 2, 22, 9)
    office = people("Claire Vidal")
    acts.begin_recognition(office, house.case("contract"))
    case = house.case("recognition")

    house.pass_until(2027, 3, 23, 10)
    is_late(office.returns(), case)
    assert told(office, OFFICE, "Rappel")
    assert told(office, OFFICE, "En retard")

    office.open_task(case)
    acts.enter_transcript(office, [(title, "7") for title in TITLES])
    acts.submit(office)
    coordinator = people("Marie Delmas")
    acts.answer(coordinator, case, "approve")
    acts.answer(people("Jeanne Perrin"), case, "return", "La note d’Historia est à revoir.")
    assert reads(coordinator, case, "La note d’Historia est à revoir.")
