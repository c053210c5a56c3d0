"""A learning agreement from its draft to three signatures, and every way back."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import text

from engine.errors import Conflict, Forbidden, InvalidInput, InvalidState, NotFound
from engine.identity import Actor
from tests.builders_domain import course, draft
from tests.builders_house import House
from workflows.contract.digest import content_digest
from workflows.contract.reading import latest_version
from workflows.contract.services import save_draft
from workflows.contract.signing import verify_signatures
from workflows.contract.views import Change, Role
from workflows.links import issue_link, verify_link

PARTNER = {"signer_name": "Carmen Sánchez", "signer_position": "Coordinadora"}


@pytest.fixture
def house(once):
    return once(House.built)


def test_the_bundle_has_no_problems(house):
    from engine.definitions import Bundle
    from tests.builders_domain import ROOT

    assert house.engine.lint(Bundle.from_folder(ROOT / "bpmn" / "contract")) == []


def test_the_whole_way_to_three_signatures(house):
    mobility = house.open()
    steps = [house.step(mobility)]
    house.answer(mobility, house.student, **draft())
    steps.append(house.step(mobility))
    house.answer(mobility, house.coordinator, "approve")
    steps.append(house.step(mobility))
    house.answer(mobility, house.student, "approve", digest=house.view(mobility).current.digest)
    steps.append(house.step(mobility))
    house.answer(mobility, house.coordinator, "approve", signer_position="Responsable")
    steps.append(house.step(mobility))
    house.answer(mobility, house.ri, "approve", insurance=True, enrolment=True)
    steps.append(house.step(mobility))
    house.answer(mobility, house.ri, "approve", **PARTNER)
    steps.append(house.step(mobility))
    assert steps == [
        "draft",
        "check_coherence",
        "sign_student",
        "sign_sending",
        "check_admin",
        "partner_answer",
        "completed",
    ]
    version = house.view(mobility).current
    assert (version.number, version.status) == (1, "signed")
    assert [signature.role for signature in version.signatures] == list(Role)
    assert {signature.digest for signature in version.signatures} == {version.digest}
    assert all(signature.intact for signature in version.signatures)
    student, sending, receiving = version.signatures
    assert (student.signer_name, student.signer_app) == (None, "Passerelle")
    assert (sending.signer_name, sending.signer_position) == ("Marie Delmas", "Responsable")
    assert sending.signer_email == "marie@example.org"
    assert (receiving.signer_name, receiving.signer_position) == tuple(PARTNER.values())
    assert receiving.signer_email == "carmen@usal.example.org"
    assert receiving.signed_at == house.clock.now()
    (check, admin) = version.reviews
    assert (check.stage, check.outcome, check.reviewer_name) == ("check", "approve", "Marie Delmas")
    assert admin.checks == {"insurance": True, "grant_agreement": False, "enrolment": True}
    assert house.engine.verify(house.view(mobility).instance_id).intact


def test_totals_and_warnings_are_by_part_and_never_block(house):
    mobility = house.open()
    studied = [course("Uno", "4.5"), course("Dos", "4,5")]
    house.answer(mobility, house.student, **draft(studied=studied, provisions_url=""))
    version = house.view(mobility).current
    assert version.part("studied").totals == {"ects": Decimal(9)}
    assert version.part("recognised").totals == {"ects": Decimal(30)}
    assert [part.letter for part in version.parts] == ["A", "B", "C"]
    assert {w.code for w in version.warnings} == {"ects_below_expected", "missing_provisions_url"}
    assert house.step(mobility) == "check_coherence"


def test_a_submission_names_every_error_by_its_path_and_nothing_happens(house):
    mobility = house.open()
    bad = draft(
        cefr_level="",
        end_date="2026-08-01",
        studied=[course(" "), course("Dos", term_number="3")],
        virtual=[{"title": "Online"}],
    )
    with pytest.raises(InvalidInput) as refusal:
        house.answer(mobility, house.student, **bad)
    assert refusal.value.errors == {
        "cefr_level": ["required"],
        "end_date": ["before_start"],
        "studied.0.title": ["required"],
        "studied.1.term_number": ["term_after_total"],
        "virtual.0.short_description": ["required"],
    }
    assert house.step(mobility) == "draft"
    assert house.view(mobility).current.part("studied").rows == ()


def test_a_half_written_draft_is_kept_and_can_be_submitted_later(house):
    mobility = house.open()
    with house.engine.unit(house.student) as unit:
        save_draft(unit.session, mobility, {"studied": [course("Half", None)], "language": "es"})
    version = house.view(mobility).current
    assert [row.title for row in version.part("studied").rows] == ["Half"]
    assert version.status == "draft"
    with pytest.raises(InvalidInput):
        house.answer(mobility, house.student)
    house.answer(mobility, house.student, **draft())
    with house.engine.unit(house.student) as unit, pytest.raises(InvalidState):
        save_draft(unit.session, mobility, {})


def test_a_return_needs_a_reason_and_leads_back_to_a_copy(house):
    mobility = house.open()
    house.answer(mobility, house.student, **draft())
    with pytest.raises(InvalidInput) as refusal:
        house.answer(mobility, house.coordinator, "return", " ")
    assert refusal.value.errors == {"reason": ["required"]}
    house.answer(mobility, house.coordinator, "return", "Il manque un cours.")
    assert house.step(mobility) == "draft"
    first, second = house.view(mobility).versions
    assert (first.status, first.reviews[0].reason) == ("returned", "Il manque un cours.")
    assert (second.status, second.compared_with) == ("draft", 1)
    assert {row.change for row in second.part("studied").rows} == {Change.KEPT}


@pytest.mark.parametrize("stage", ["student", "sending", "admin"])
def test_a_return_after_signatures_keeps_them_on_their_version(house, stage):
    mobility = house.open()
    house.answer(mobility, house.student, **draft())
    house.answer(mobility, house.coordinator, "approve")
    people = {"student": house.student, "sending": house.coordinator, "admin": house.ri}
    signed = 0
    for name, actor in people.items():
        if name == stage:
            house.answer(mobility, actor, "return", "Encore une fois.")
            break
        house.answer(mobility, actor, "approve")
        signed += 1
    first, second = house.view(mobility).versions
    assert len(first.signatures) == signed
    assert first.status == "returned"
    assert first.reviews[-1].stage == stage
    assert second.signatures == ()
    assert house.step(mobility) == "draft"


def test_a_rejection_starts_the_next_version_and_loses_nothing(house):
    mobility = house.open()
    house.to_partner(mobility)
    with pytest.raises(InvalidInput):
        house.answer(mobility, house.ri, "reject", "")
    house.answer(mobility, house.ri, "reject", "Curso 3 no se imparte <este> año.", **PARTNER)
    assert house.step(mobility) == "draft"
    first, second = house.view(mobility).versions
    assert first.status == "rejected"
    assert first.comments[0].text == "Curso 3 no se imparte <este> año."
    assert first.comments[0].signer_name == "Carmen Sánchez"
    assert [s.role for s in first.signatures] == [Role.STUDENT, Role.SENDING]
    rows = [
        {"title": row.title, "los_code": row.los_code, "lineage": row.lineage}
        | {"term_number": "1", "total_terms": "2", "credits": [{"value": "6"}]}
        for row in second.part("studied").rows
    ]
    rows[0]["credits"] = [{"value": "7.5"}]
    del rows[2]
    rows.append(course("Nuevo"))
    house.to_partner(mobility, studied=rows, language="en")
    second = house.view(mobility).current
    assert [(row.title, row.change) for row in second.part("studied").rows] == [
        ("Curso 1", Change.CHANGED),
        ("Curso 2", Change.KEPT),
        ("Curso 4", Change.KEPT),
        ("Curso 5", Change.KEPT),
        ("Nuevo", Change.ADDED),
        ("Curso 3", Change.REMOVED),
    ]
    changed = second.part("studied").rows[0]
    assert changed.changed_fields == {"credits"}
    assert changed.previous.credits[0].text == "6"
    assert second.part("studied").totals == {"ects": Decimal("31.5")}
    assert [(c.name, c.before, c.after) for c in second.field_changes] == [("language", "es", "en")]
    house.answer(mobility, house.ri, "approve", **PARTNER)
    first, second = house.view(mobility).versions
    assert (first.status, second.status) == ("rejected", "signed")
    with house.engine.reading() as session:
        assert set(verify_signatures(session, mobility).values()) == {True}
        assert len(verify_signatures(session, mobility)) == 5


def test_the_partner_answers_through_the_link_and_touches_nothing_else(house, settings):
    mobility, other = house.open(), house.open(receiving_hei_id="uu.se")
    house.to_partner(mobility)
    house.to_partner(other)
    (item,), (foreign,) = house.items(mobility), house.items(other)
    digest = house.view(mobility).current.digest
    token = issue_link(
        settings.secret_key,
        instance_id=item.instance_id,
        work_item_id=item.id,
        digest=digest,
        now=house.clock.now(),
    )
    partner = verify_link(settings.secret_key, token, now=house.clock.now()).actor
    with pytest.raises(NotFound):
        house.engine.work_item(foreign.id, actor=partner)
    with pytest.raises(NotFound):
        house.engine.complete(foreign.id, actor=partner, outcome="approve", idempotency_key="x")
    with pytest.raises(InvalidInput) as refusal:
        house.answer(mobility, partner, "approve", digest=digest)
    assert set(refusal.value.errors) == {"signer_name", "signer_position"}
    house.answer(mobility, partner, "approve", digest=digest, **PARTNER)
    assert house.step(mobility) == "completed"
    assert house.step(other) == "partner_answer"


def test_nobody_signs_what_they_have_not_seen(house):
    mobility = house.open()
    house.answer(mobility, house.student, **draft())
    house.answer(mobility, house.coordinator, "approve")
    with pytest.raises(Conflict):
        house.answer(mobility, house.student, "approve", digest="0" * 64)
    assert house.step(mobility) == "sign_student"
    assert house.view(mobility).current.signatures == ()


def test_what_changed_after_signing_is_found(house):
    mobility = house.open()
    house.to_partner(mobility)
    with house.engine.unit(house.ri) as unit:
        unit.connection.execute(
            text("UPDATE contract_component SET title = 'Otro' WHERE title = 'Curso 1'")
        )
    version = house.view(mobility).current
    assert [signature.intact for signature in version.signatures] == [False, False]
    with house.engine.reading() as session:
        assert verify_signatures(session, mobility) == {
            (1, "student"): False,
            (1, "sending"): False,
        }
        assert content_digest(latest_version(session, mobility)) == version.digest


def test_only_whom_the_lane_names_may_answer(house):
    mobility = house.open()
    strangers = [house.other_student, house.coordinator, house.other_coordinator, house.ri]
    for stranger in strangers:
        with pytest.raises((Forbidden, NotFound)):
            house.answer(mobility, stranger, **draft())
    house.answer(mobility, house.student, **draft())
    for stranger in [house.student, house.other_student, house.other_coordinator, house.ri]:
        with pytest.raises((Forbidden, NotFound)):
            house.answer(mobility, stranger, "approve")
    nobody = Actor(id="person:999")
    with pytest.raises(NotFound):
        house.engine.instance(house.view(mobility).instance_id, actor=nobody)


def test_a_submission_cannot_carry_more_than_its_step_takes(house):
    mobility = house.open()
    with pytest.raises(InvalidInput) as refusal:
        house.answer(mobility, house.student, **draft(department="his"))
    assert refusal.value.errors == {"department": ["unknown_field"]}
    house.answer(mobility, house.student, **draft())
    with pytest.raises(InvalidInput):
        house.answer(mobility, house.coordinator, "approve", mobility=1)
    house.answer(mobility, house.coordinator, "approve")
    with pytest.raises(InvalidInput) as refusal:
        house.answer(mobility, house.student, "approve", signer_name="Somebody else")
    assert refusal.value.errors == {"signer_name": ["unknown_field"]}


def test_every_character_comes_back(house):
    mobility = house.open()
    strange = "  <script>alert(1)</script> ' \" & \\ é e\u0301 \u202e🎓 ﷽ 漢字\n\tend  "
    house.answer(
        mobility,
        house.student,
        **draft(studied=[course(strange)], isced_clarification=strange),
    )
    version = house.view(mobility).current
    assert version.part("studied").rows[0].title == strange
    assert version.agreement.isced_clarification == strange


def test_labels_follow_the_student_s_name(house):
    mobility = house.open()
    house.answer(mobility, house.student, **draft(student_family_name="Martin-Delaunay"))
    (item,) = house.items(mobility)
    assert item.labels.subject == "Léa Martin-Delaunay"
    assert item.labels.org_unit == "lea"
    assert item.labels.counterparty == "Salamanca"


def test_a_blended_mobility_has_its_own_table(house):
    mobility = house.open(mobility_type="blended")
    version = house.view(mobility).current
    assert [part.part for part in version.parts] == ["recognised", "blended"]
    short = draft(studied=[], recognised=[], end_date="2026-09-12", blended=[course("Taller")])
    with pytest.raises(InvalidInput) as refusal:
        house.answer(mobility, house.student, **short)
    assert refusal.value.errors == {"blended": ["virtual_required"]}
    short["blended"].append(course("Seminario", "3", short_description="En línea"))
    house.answer(mobility, house.student, **short)
    assert house.step(mobility) == "check_coherence"


def test_an_internal_remark_is_kept_apart_from_the_reason(house):
    mobility = house.open()
    house.answer(mobility, house.student, **draft())
    house.answer(mobility, house.coordinator, "approve")
    house.answer(mobility, house.student, "approve")
    house.answer(mobility, house.coordinator, "approve")
    house.answer(
        mobility, house.ri, "return", "Assurance ?", enrolment=True, admin_comment="3e relance"
    )
    review = house.view(mobility).versions[0].reviews[-1]
    assert (review.reason, review.remark) == ("Assurance ?", "3e relance")
    assert review.checks == {"insurance": False, "grant_agreement": False, "enrolment": True}


def test_two_drafts_saved_at_once_leave_one_of_them_whole(house):
    mobility = house.open()
    barrier = threading.Barrier(4)

    def save(name):
        barrier.wait()
        for _ in range(5):
            with house.engine.unit(house.student) as unit:
                rows = [course(f"{name} {n}") for n in range(5)]
                save_draft(unit.session, mobility, {"studied": rows})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(save, "ABCD"))
    titles = [row.title for row in house.view(mobility).current.part("studied").rows]
    assert titles == [f"{titles[0][0]} {n}" for n in range(5)]
