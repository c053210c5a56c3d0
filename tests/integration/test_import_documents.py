"""Importing agreements and answers: everything is kept, nothing happens twice."""

from __future__ import annotations

import itertools
import threading
from dataclasses import asdict

import pytest
from lxml import etree
from sqlalchemy import func, select, text

from engine.errors import Conflict, NotFound
from engine.tables import metadata
from engine.values import InboxQuery
from tests.builders_domain import draft, sample
from tests.builders_house import House
from workflows.contract.views import Change
from workflows.mobility.models import Mobility
from workflows.mobility.services import get_mobility
from workflows.partners.models import Department

SAMPLES = ("ewp-la-get-response", "ola-ex1", "ola-ex4")
EX1 = sample("ola-ex1").decode()


@pytest.fixture
def house(once):
    return once(House.built)


def imported(house, name):
    report = house.read_in(sample(name), name)
    assert report.ok, report.errors
    (mobility,) = report.mobility_ids
    return mobility


def everything(house):
    """Every row of every table, to see that nothing has changed."""
    with house.engine.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in metadata.sorted_tables
        }


def values(thing):
    """Every text inside nested dataclasses, mappings and sequences."""
    if isinstance(thing, dict):
        return set().union(*map(values, thing.values()), set())
    if isinstance(thing, list | tuple | frozenset):
        return set().union(*map(values, thing), set())
    return {str(thing)}


@pytest.mark.parametrize("name", [*SAMPLES, "ola-ex2", "ola-ex5"])
def test_what_a_file_holds_is_found_again_character_by_character(house, name):
    if name in {"ola-ex2", "ola-ex5"}:
        imported(house, "ola-ex1")
    mobility = imported(house, name)
    view = house.view(mobility)
    with house.engine.reading() as session:
        sending = get_mobility(session, mobility).sending_hei_id
    shown = values(asdict(view)) | {sending}
    root = etree.fromstring(sample(name), etree.XMLParser(remove_comments=True))
    texts = {node.text for node in root.iter() if not len(node) and node.text}
    attributes = {value for node in root.iter() for key, value in node.items() if "}" not in key}
    assert texts
    assert texts | attributes <= shown


@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_file_again_changes_nothing(house, name):
    imported(house, name)
    before = everything(house)
    report = house.read_in(sample(name))
    assert (report.created, report.updated, report.unchanged) == (0, 0, 1)
    assert everything(house) == before


def test_the_official_example_becomes_three_versions_at_the_partner_s_step(house):
    mobility = imported(house, "ewp-la-get-response")
    view = house.view(mobility)
    assert [(v.number, v.kind, v.status) for v in view.versions] == [
        (1, "first-version", "signed"),
        (2, "approved-changes", "signed"),
        (3, "changes-proposal", "submitted"),
    ]
    assert house.step(mobility) == "partner_answer"
    third = view.current
    assert third.compared_with == 1
    assert [(row.title, row.change) for row in third.part("studied").rows] == [
        ("Elementary Set Theory", Change.ADDED),
        ("Introductory calculus", Change.REMOVED),
    ]
    assert [(row.title, row.change) for row in third.part("recognised").rows] == [
        ("Calculus", Change.KEPT),
        ("Algebra with Geometry", Change.KEPT),
    ]
    assert [(c.name, c.after) for c in third.field_changes] == [
        ("student_family_name", "Karamazov")
    ]
    assert view.versions[0].agreement.student_family_name == "Sidorov"
    assert all(s.intact for version in view.versions for s in version.signatures)
    assert {s.signer_app for s in view.versions[0].signatures} == {"Dashboard", "USOS"}


def test_an_agreement_waits_in_the_inbox_of_ri(house):
    mobility = imported(house, "ola-ex1")
    assert house.view(mobility).department == "unassigned"
    page = house.engine.inbox(actor=house.ri, query=InboxQuery(view="groups"))
    (item,) = page.items
    assert (item.business_key, item.labels.subject) == (str(mobility), "Nalty Patel")
    assert item.labels.counterparty == "example_b.edu"


def test_the_department_is_known_by_its_name_or_identifier(house):
    with house.engine.unit(house.ri) as unit:
        unit.session.add(
            Department(
                code="mi",
                name_fr="Maths",
                name_en="department of mathematics ",
                name_es="Mates",
            )
        )
    assert house.view(imported(house, "ola-ex1")).department == "mi"
    with house.engine.unit(house.ri) as unit:
        unit.session.get(Department, "his").ounit_id = "140"
    assert house.view(imported(house, "ewp-la-get-response")).department == "his"


def test_the_student_is_known_by_the_address(house):
    own = EX1.replace("nalty@example_a.edu", "Lea.Martin@example.org")
    (mobility,) = house.read_in(own.encode()).mobility_ids
    assert house.view(mobility).student_person_id == house.ids["student"]
    case = house.engine.instance(house.view(mobility).instance_id, actor=house.student)
    assert case.business_key == str(mobility)


def test_proposal_approval_and_the_signed_version_are_one_story(house):
    mobility = imported(house, "ola-ex1")
    assert house.step(mobility) == "partner_answer"
    assert imported(house, "ola-ex2") == mobility
    assert house.step(mobility) == "completed"
    (version,) = house.view(mobility).versions
    assert version.status == "signed"
    assert version.signature("receiving").timestamp == "2020-12-25T10:16:10+01:00"
    assert version.signature("receiving").signer_name == "Ochoa Patel"
    history = house.engine.history(house.view(mobility).instance_id, actor=house.ri)
    done = [event for event in history if event.kind == "work_item_completed"]
    assert [(e.actor, e.on_behalf_of) for e in done] == [
        (house.ri.id, "partner:patel@example_b.edu")
    ]
    for name in ("ola-ex2", "ola-ex4", "ola-ex1"):
        before = everything(house)
        report = house.read_in(sample(name))
        assert (report.ok, report.unchanged) == (True, 1), name
        assert everything(house) == before


def test_a_comment_rejects_and_the_next_version_begins(house):
    mobility = imported(house, "ola-ex1")
    imported(house, "ola-ex5")
    assert house.step(mobility) == "draft"
    first, second = house.view(mobility).versions
    assert first.status == "rejected"
    assert first.comments[0].text == "Some comment why reject"
    assert first.comments[0].signer_position == "Lecturer"
    assert [row.title for row in second.part("studied").rows] == [
        "Advanced Logics for Computer Scientists",
        "Big Data Mining and Processing",
    ]
    for name in ("ola-ex5", "ola-ex1"):
        before = everything(house)
        assert house.read_in(sample(name)).unchanged == 1
        assert everything(house) == before


def test_the_signed_version_after_a_rejection_is_a_version_of_its_own(house):
    mobility = imported(house, "ola-ex1")
    imported(house, "ola-ex5")
    imported(house, "ola-ex4")
    statuses = [version.status for version in house.view(mobility).versions]
    assert statuses == ["rejected", "superseded", "signed"]
    assert house.step(mobility) == "completed"
    before = everything(house)
    assert house.read_in(sample("ola-ex4")).unchanged == 1
    assert everything(house) == before


def test_all_samples_in_their_order(house):
    names = ("ewp-la-get-response", "ola-ex1", "ola-ex2", "ola-ex4", "ola-ex5")
    reports = [house.read_in(sample(name)) for name in names]
    assert all(report.ok for report in reports)
    assert [report.warnings[0].code for report in reports if report.warnings] == ["late_comment"]
    mobility = reports[-1].mobility_ids[0]
    (version,) = house.view(mobility).versions
    assert version.status == "signed"
    assert (version.comments[0].text, version.comments[0].late) == ("Some comment why reject", True)
    assert house.step(mobility) == "completed"


@pytest.mark.parametrize("order", list(itertools.permutations(["ola-ex1", "ola-ex2", "ola-ex4"])))
def test_every_order_of_arrival_ends_signed(house, order):
    for name in order:
        house.read_in(sample(name))
    with house.engine.reading() as session:
        (mobility,) = session.scalars(select(Mobility.id)).all()
    assert house.view(mobility).current.status == "signed"
    assert house.step(mobility) == "completed"


def test_a_fully_signed_agreement_is_a_case_that_has_ended(house):
    mobility = imported(house, "ola-ex4")
    assert house.step(mobility) == "completed"
    assert house.view(mobility).current.status == "signed"


def without(document, *names):
    for name in names:
        start = document.index(f"<{name}>")
        document = document[:start] + document[document.index(f"</{name}>") + len(name) + 3 :]
    return document


def test_a_case_starts_and_goes_on_where_its_signatures_are(house):
    once = without(EX1, "sending-hei-signature")
    never = without(once, "student-signature")
    steps = []
    for document in (never, once, EX1):
        (mobility,) = house.read_in(document.encode()).mobility_ids
        steps.append(house.step(mobility))
    assert steps == ["draft", "sign_sending", "partner_answer"]


def test_a_new_proposal_replaces_the_one_before(house):
    mobility = imported(house, "ola-ex1")
    newer = EX1.replace("324-1", "324-2").replace("Big Data<", "Bigger Data<")
    report = house.read_in(newer.encode())
    assert report.updated == 1
    first, second = house.view(mobility).versions
    assert (first.status, second.status) == ("superseded", "submitted")
    marks = {row.title: row.change for row in second.part("recognised").rows}
    assert marks == {"Advanced Logic": Change.KEPT, "Bigger Data": Change.CHANGED}
    assert house.step(mobility) == "partner_answer"
    stale = house.read_in(sample("ola-ex2"))
    assert [problem.code for problem in stale.errors] == ["proposal_not_open"]


def test_a_proposal_that_changes_under_its_id_is_refused(house):
    imported(house, "ola-ex1")
    before = everything(house)
    report = house.read_in(EX1.replace("Big Data<", "Bigger Data<").encode())
    assert [problem.code for problem in report.errors] == ["proposal_changed"]
    assert report.errors[0].line > 1
    assert everything(house) == before


def test_a_corrected_contact_needs_no_new_version(house):
    mobility = imported(house, "ola-ex1")
    report = house.read_in(EX1.replace("<family-name>Davis", "<family-name>Davies").encode())
    assert report.updated == 1
    view = house.view(mobility)
    assert view.agreement.receiving_contact_family_name == "Davies"
    assert len(view.versions) == 1
    assert view.current.agreement.receiving_contact_family_name == "Davis"
    assert all(signature.intact for signature in view.current.signatures)


def test_institutions_of_a_mobility_never_change(house):
    imported(house, "ola-ex1")
    report = house.read_in(EX1.replace("<hei-id>example_b", "<hei-id>example_c").encode())
    assert [problem.code for problem in report.errors] == ["receiving_hei_changed"]


@pytest.mark.parametrize("name", ["ola-ex2", "ola-ex5"])
def test_an_answer_to_nothing_says_what_is_missing(house, name):
    before = everything(house)
    report = house.read_in(sample(name))
    (problem,) = report.errors
    assert (problem.code, problem.line) == ("unknown_agreement", 3)
    assert "c442c289-5541-4cae-9edb-8ad83e133" in problem.text
    assert "example_a.edu" in problem.text
    assert everything(house) == before


def test_an_answer_to_another_proposal_is_refused(house):
    imported(house, "ola-ex1")
    report = house.read_in(sample("ola-ex2").replace(b"324-1", b"324-9"))
    assert [problem.code for problem in report.errors] == ["unknown_proposal"]


def test_our_own_contract_is_answered_by_its_digest(house):
    mobility = house.open()
    house.to_partner(mobility)
    view = house.view(mobility)
    request = (
        sample("ola-ex2")
        .replace(b"example_a.edu", b"univ-tlse2.fr")
        .replace(b"c442c289-5541-4cae-9edb-8ad83e133", view.omobility_id.encode())
        .replace(b"4C159B15BAF222F868493C167125FA324-1", view.current.digest.encode())
    )
    assert house.read_in(request).updated == 1
    assert house.step(mobility) == "completed"
    assert house.view(mobility).current.status == "signed"


def test_a_wrong_file_stores_nothing_even_after_good_agreements(house):
    la = sample("ewp-la-get-response").decode()
    body = la[la.index("<la>") : la.index("</la>") + 5]
    bad = body.replace("c442c289", "d442c289").replace("2018-11-12T13:13:45", "2018-11-12T24:00:00")
    two = la.replace("</omobility-las-get-response>", f"{bad}</omobility-las-get-response>")
    before = everything(house)
    report = house.read_in(two.encode())
    assert [problem.code for problem in report.errors] == ["bad_timestamp"]
    assert report.errors[0].line > la.count("\n")
    assert everything(house) == before


def test_hostile_files_store_nothing(house):
    before = everything(house)
    bomb = "".join(f'<!ENTITY a{n} "{"&a" + str(n - 1) + ";" * 1}">' for n in range(1, 9))
    for data in (
        b"<!DOCTYPE la SYSTEM 'file:///etc/passwd'><la/>",
        f"<!DOCTYPE la [{bomb}]><la>&a8;</la>".encode(),
        b"<la>" * 5000,
        sample("ola-ex1")[:-30],
        b"\x00" * 100,
    ):
        report = house.read_in(data)
        assert not report.ok
        assert report.errors[0].line >= 0
        assert report.errors[0].text
    assert everything(house) == before


def test_markup_in_a_document_stays_text(house):
    hostile = EX1.replace(
        "Big Data<", "&lt;img src=x onerror=alert(1)&gt;'; DROP TABLE mobility;--<"
    )
    (mobility,) = house.read_in(hostile.encode()).mobility_ids
    titles = [row.title for row in house.view(mobility).current.part("recognised").rows]
    assert titles[1] == "<img src=x onerror=alert(1)>'; DROP TABLE mobility;--"


def test_many_agreements_in_one_file(house):
    la = sample("ewp-la-get-response").decode()
    body = la[la.index("<la>") : la.index("</la>") + 5]
    many = "".join(body.replace("c442c289", f"c442c{n:03d}") for n in range(20))
    data = la.replace(body, many).encode()
    assert house.read_in(data).created == 20
    assert house.read_in(data).unchanged == 20


def test_a_sample_is_carried_to_its_last_signature(house):
    mobility = imported(house, "ewp-la-get-response")
    house.answer(
        mobility, house.ri, "approve", signer_name="Paweł Kowalski", signer_position="Coordinator"
    )
    assert house.step(mobility) == "completed"
    assert {version.status for version in house.view(mobility).versions} == {"signed"}


def test_a_rejected_change_list_is_rewritten_as_a_whole_table(house):
    own = (
        sample("ewp-la-get-response").decode().replace("ivan@example.com", "lea.martin@example.org")
    )
    (mobility,) = house.read_in(own.encode()).mobility_ids
    house.answer(mobility, house.ri, "reject", "Please keep calculus.")
    fourth = house.view(mobility).current
    assert [row.title for row in fourth.part("studied").rows] == ["Elementary Set Theory"]
    assert fourth.kind == "agreement"
    assert fourth.compared_with == 3
    house.answer(mobility, house.student, **draft(start_date="", end_date=""))
    assert house.step(mobility) == "check_coherence"


def test_nothing_of_an_import_waits_in_memory(house):
    imported(house, "ola-ex1")
    with house.engine.reading() as session:
        counts = {
            name: session.scalar(select(func.count()).select_from(text(name)))
            for name in ("mobility", "contract_version", "contract_component", "contract_signature")
        }
    assert counts == {
        "mobility": 1,
        "contract_version": 1,
        "contract_component": 5,
        "contract_signature": 2,
    }


def test_a_student_without_an_account_is_served_by_ri(house):
    mobility = imported(house, "ola-ex1")
    imported(house, "ola-ex5")
    (item,) = house.items(mobility)
    assert item.candidate == "ri"
    house.answer(mobility, house.ri, **draft(start_date="", end_date=""))
    (item,) = house.items(mobility)
    assert (item.element, item.candidate) == ("check_coherence", "ri")
    house.engine.assign(item.id, actor=house.ri, to=house.coordinator.id)
    house.answer(mobility, house.coordinator, "approve")
    house.answer(mobility, house.ri, "approve")
    signature = house.view(mobility).current.signature("student")
    assert signature.signer_name == "Claire Vidal"


@pytest.mark.parametrize("names", [("ola-ex1",) * 4, ("ola-ex1", "ola-ex4") * 2])
def test_imports_at_the_same_time_are_one_after_the_other(house, names):
    barrier = threading.Barrier(len(names))
    reports = []

    def read_in(name):
        barrier.wait()
        reports.append(house.read_in(sample(name)))

    threads = [threading.Thread(target=read_in, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.errors for report in reports] == [()] * len(names)
    assert sum(report.created for report in reports) == 1
    (mobility,) = set(itertools.chain(*(report.mobility_ids for report in reports)))
    assert len(house.view(mobility).versions) == 1


def test_an_answer_of_both_doors_at_once_has_one_winner(house):
    for _ in range(5):
        mobility = house.open()
        house.to_partner(mobility)
        view = house.view(mobility)
        request = (
            sample("ola-ex2")
            .replace(b"example_a.edu", b"univ-tlse2.fr")
            .replace(b"c442c289-5541-4cae-9edb-8ad83e133", view.omobility_id.encode())
            .replace(b"4C159B15BAF222F868493C167125FA324-1", view.current.digest.encode())
        )
        (item,) = house.items(mobility)
        barrier = threading.Barrier(2)
        answers = []

        def by_hand(barrier=barrier, item=item, answers=answers):
            barrier.wait()
            try:
                house.engine.complete(
                    item.id,
                    actor=house.ri,
                    outcome="reject",
                    reason="No.",
                    idempotency_key="by hand",
                )
                answers.append("reject")
            except (Conflict, NotFound):
                answers.append("late")

        def by_document(barrier=barrier, request=request, answers=answers):
            barrier.wait()
            report = house.read_in(request)
            answers.append("approve" if report.ok else report.errors[0].code)

        threads = [threading.Thread(target=target) for target in (by_hand, by_document)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) in (["approve", "late"], ["proposal_not_open", "reject"])
        statuses = [version.status for version in house.view(mobility).versions]
        assert statuses == (["signed"] if "approve" in answers else ["rejected", "draft"])
