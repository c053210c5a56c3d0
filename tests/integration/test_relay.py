"""Letters on a mobility: who may write to whom, who reads what, the partner's link."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import func, select

from engine.errors import InvalidInput, NotFound
from tests.builders_duties import DutiesHouse
from workflows.links import LinkExpired, LinkInvalid, issue_link
from workflows.registry import office_of
from workflows.relay.links import issue, verify
from workflows.relay.models import Letter
from workflows.relay.services import (
    Sender,
    Upload,
    enclosure,
    letters,
    party_of,
    reachable,
    write,
)


def _png() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(picture, "PNG")
    return picture.getvalue()


PNG = _png()
TEXT = "Le cours de droit est complet. Que proposez-vous ?"


@pytest.fixture
def house(once):
    return once(DutiesHouse.built)


@pytest.fixture
def office(settings):
    return office_of(settings)


@pytest.fixture
def mobility(house):
    return house.mobility()


def writes(house, office, mobility_id, name, to, *, text=TEXT, files=(), key="k1", **more):
    actor = getattr(house, name)
    with house.engine.unit(actor) as unit:
        mobility = house.stored_mobility(unit.session, mobility_id)
        sender = Sender(party_of(actor, mobility), actor.id, actor.name)
        data = {"to": to, "text": text, **more}
        return write(unit, office, mobility, sender, data, files=files, key=key).id


def read_by(house, mobility, party):
    with house.engine.reading() as session:
        return [letter.text for letter in letters(session, mobility, party)]


def test_only_the_two_sides_of_a_letter_read_it(house, office, mobility):
    writes(house, office, mobility, "coordinator", ["student"], text="À l’étudiante.")
    writes(house, office, mobility, "ri", ["coordinator", "partner"], text="À deux.")
    assert read_by(house, mobility, "student") == ["À l’étudiante."]
    assert read_by(house, mobility, "coordinator") == ["À l’étudiante.", "À deux."]
    assert read_by(house, mobility, "ri") == ["À deux."]
    assert read_by(house, mobility, "partner") == ["À deux."]


def test_the_addressees_hear_of_it_without_a_word_of_it(house, office, mobility):
    writes(house, office, mobility, "student", ["coordinator", "ri"])
    assert house.told("coordinator") == ["Message de Léa Martin : Léa Martin"]
    assert house.told("ri") == ["Message de Léa Martin : Léa Martin"]
    assert house.told("student") == []
    assert not [mail for mail in house.mails() if "droit" in mail.body]


def test_sending_twice_is_sending_once(house, office, mobility):
    first = writes(house, office, mobility, "coordinator", ["student"])
    assert writes(house, office, mobility, "coordinator", ["student"]) == first
    assert writes(house, office, mobility, "coordinator", ["student"], key="k2") != first
    assert len(house.told("student")) == 2


def test_who_belongs_to_which_party(house, mobility):
    with house.engine.reading() as session:
        found = house.stored_mobility(session, mobility)
        parties = {
            name: party_of(getattr(house, name), found)
            for name in ("student", "coordinator", "ri", "auditor", "admin", "other_coordinator",
                         "other_student", "legal")
        }  # fmt: skip
    assert {name: party for name, party in parties.items() if party} == {
        "student": "student",
        "coordinator": "coordinator",
        "ri": "ri",
    }


def test_who_can_be_written_to(house, office, mobility):
    silent = house.mobility(receiving_contact_email=None)
    with house.engine.reading() as session:
        both = [house.stored_mobility(session, number) for number in (mobility, silent)]
        can = [
            {party: reachable(session, office, each, party) for party in
             ("student", "coordinator", "ri", "partner")} for each in both
        ]  # fmt: skip
    assert can[0] == {
        "student": ("coordinator", "ri"),
        "coordinator": ("student", "ri", "partner"),
        "ri": ("student", "coordinator", "partner"),
        "partner": ("coordinator", "ri"),
    }
    assert "partner" not in can[1]["ri"]


def link_in(house):
    (mail,) = [mail for mail in house.mails() if mail.to == "carmen@usal.example.org"]
    assert mail.language == "es"
    return re.search(r"/correspondence/(\S+)", mail.body)[1]


def test_the_partner_answers_through_its_link(house, office, mobility):
    writes(house, office, mobility, "coordinator", ["partner"])
    token = link_in(house)
    now = house.clock.now()
    with house.engine.unit(house.coordinator) as unit:
        link = verify(unit.session, office, token, now)
        assert (link.mobility_id, link.contact.email) == (mobility, "carmen@usal.example.org")
        found = house.stored_mobility(unit.session, mobility)
        sender = Sender("partner", link.author, link.contact.name)
        data = {"to": ["coordinator"], "text": "Proponemos Derecho II."}
        write(unit, office, found, sender, data, key="p1")
    assert house.told("coordinator") == ["Message de Carmen Sánchez : Léa Martin"]
    assert read_by(house, mobility, "partner") == [TEXT, "Proponemos Derecho II."]
    assert read_by(house, mobility, "student") == []


def test_a_link_dies_with_its_time_its_address_and_its_seal(house, office, mobility, settings):
    now = house.clock.now()
    token = issue(office, mobility, "carmen@usal.example.org", now)
    other = issue_link(settings.secret_key, instance_id=1, work_item_id=mobility, digest="",
                       now=now)  # fmt: skip
    stranger = issue(office, mobility, "mallory@example.org", now)
    with house.engine.reading() as session:
        for wrong in (token[:-2], token + "x", other, stranger, "", "a" * 5_000, "é", "\0"):
            with pytest.raises(LinkInvalid):
                verify(session, office, wrong, now)
        with pytest.raises(LinkExpired):
            verify(session, office, token, now + timedelta(days=61))
    with house.engine.unit(house.ri) as unit:
        found = house.stored_mobility(unit.session, mobility)
        found.receiving_contact_email = "pedro@usal.example.org"
    with house.engine.reading() as session, pytest.raises(LinkInvalid):
        verify(session, office, token, now)


def test_of_an_incoming_student_the_sending_university_is_the_partner(house, office):
    mobility = house.mobility(incoming=True, sending_contact_email="ana@usal.example.org")
    writes(house, office, mobility, "ri", ["partner"])
    assert [mail.to for mail in house.mails()] == ["ana@usal.example.org"]


def test_what_is_enclosed_goes_to_those_who_read_the_letter(house, office, mobility):
    number = writes(
        house, office, mobility, "coordinator", ["ri"], files=[Upload("plan des cours.png", PNG)]
    )
    with house.engine.reading() as session:
        (entry,) = session.get(Letter, number).enclosures
        assert entry.document.filename == "plan des cours.png"
        for party in ("coordinator", "ri"):
            assert enclosure(session, mobility, entry.document_id, party).sha256
        for party, where in (("student", mobility), ("partner", mobility), ("ri", mobility + 1)):
            with pytest.raises(NotFound):
                enclosure(session, where, entry.document_id, party)
        with pytest.raises(NotFound):
            enclosure(session, mobility, 999_999, "ri")


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"to": []}, {"to": ["required"]}),
        ({"to": ["coordinator"]}, {"to": ["not_an_option"]}),
        ({"to": ["student", "dean"]}, {"to": ["not_an_option"]}),
        ({"text": "  "}, {"text": ["required"]}),
        ({"text": "x" * 10_001}, {"text": ["too_long:10000"]}),
        ({"text": "a\ud800"}, {"text": ["invalid_characters"]}),
        ({"author": "person:1"}, {"author": ["unknown_field"]}),
        ({"files": [Upload("x.png", b"%PDF-not")]}, {"file": ["file_damaged"]}),
        ({"files": [Upload("x.exe", b"MZ")]}, {"file": ["file_type"]}),
        ({"files": [Upload("x.pdf", PNG)]}, {"file": ["file_extension:png"]}),
        ({"files": [Upload("x.png", PNG)] * 6}, {"file": ["too_many:5"]}),
    ],
)
def test_bad_letters_are_named_and_nothing_is_kept(house, office, mobility, changes, errors):
    given = {"to": ["student"], **changes}
    with pytest.raises(InvalidInput) as refusal:
        writes(house, office, mobility, "coordinator", given.pop("to"), **given)
    assert set(refusal.value.errors) == set(errors)
    if "file" not in errors:
        assert refusal.value.errors == errors
    with house.engine.reading() as session:
        assert session.scalar(select(func.count()).select_from(Letter)) == 0
