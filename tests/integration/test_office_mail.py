"""Mails as their readers want them: at once, in one digest a day, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from engine import SYSTEM, InvalidInput
from tests.builders_domain import draft
from tests.builders_house import House
from tests.builders_substitution import number
from workflows.notices.digest import MOST, sections
from workflows.notices.news import tell
from workflows.office_work import mail_settings
from workflows.office_work.models import Digest, DigestEntry
from workflows.people.models import Person
from workflows.people.services import add_to_group, set_locale

QUIET = dict.fromkeys(mail_settings.ABOUT, "digest")


@pytest.fixture
def house(once):
    return once(House.built)


def choose(house, actor, **typed):
    with house.engine.unit(actor) as unit:
        person = unit.session.get_one(Person, number(actor))
        mail_settings.choose(unit.session, person, typed)


def submit(house):
    mobility = house.open()
    house.answer(mobility, house.student, **draft())
    house.wait()
    return mobility


def mails_to(house, login):
    return [mail for mail in house.mails() if mail.to == f"{login}@example.org"]


def test_who_has_chosen_nothing_hears_at_once(house):
    submit(house)
    assert len(mails_to(house, "marie")) == 1


def test_one_digest_in_the_morning_instead_of_many_mails(house):
    choose(house, house.coordinator, **QUIET, morning_hour="8")
    first, second = submit(house), submit(house)
    assert mails_to(house, "marie") == []
    house.clock.at = datetime(2026, 3, 3, 6, 59, tzinfo=UTC)
    assert mails_to(house, "marie") == []
    house.clock.at = datetime(2026, 3, 3, 7, tzinfo=UTC)
    (mail,) = mails_to(house, "marie")
    assert mail.subject == "Passerelle : votre résumé du 3 mars 2026"
    assert "Tâches qui vous attendent (2)" in mail.body
    for mobility in (first, second):
        (item,) = house.items(mobility)
        assert f"/tasks/{item.id}" in mail.body
    house.wait(days=3)
    assert len(mails_to(house, "marie")) == 1


def test_the_next_news_begins_the_next_digest(house):
    choose(house, house.coordinator, **QUIET)
    submit(house)
    house.wait(days=1)
    submit(house)
    house.wait(days=1)
    subjects = [mail.subject for mail in mails_to(house, "marie")]
    assert subjects == [
        "Passerelle : votre résumé du 3 mars 2026",
        "Passerelle : votre résumé du 4 mars 2026",
    ]


def test_what_is_done_by_then_is_left_out(house):
    choose(house, house.coordinator, **QUIET)
    done, waiting = submit(house), submit(house)
    house.wait()
    house.answer(done, house.coordinator, "approve")
    house.wait(days=1)
    (mail,) = mails_to(house, "marie")
    assert "(1)" in mail.body
    assert f"/tasks/{house.items(waiting)[0].id}" in mail.body


def test_a_digest_with_nothing_left_is_not_sent(house):
    choose(house, house.coordinator, **QUIET)
    mobility = submit(house)
    house.wait()
    house.answer(mobility, house.coordinator, "approve")
    house.wait(days=2)
    assert mails_to(house, "marie") == []
    with house.engine.reading() as session:
        assert session.scalars(select(Digest.due_at)).all() == [None]
    submit(house)
    house.wait(days=1)
    assert len(mails_to(house, "marie")) == 1


def test_decisions_are_told_whole_and_in_the_readers_language(house):
    with house.engine.unit(SYSTEM) as unit:
        set_locale(unit.session, unit.session.get(Person, number(house.coordinator)), "es")
    choose(house, house.coordinator, **QUIET)
    mobility = house.open()
    house.to_partner(mobility)
    house.wait(days=1)
    house.answer(mobility, house.ri, "approve", signer_name="C", signer_position="P")
    house.wait()
    house.wait(days=1)
    mail = mails_to(house, "marie")[-1]
    assert mail.subject == "Passerelle: su resumen del 4 de marzo de 2026"
    assert "Decisiones y novedades (1)" in mail.body
    assert f"/cases/{house.view(mobility).instance_id}" in mail.body
    assert mail.body.count("Hola") == 1
    assert mail.body.rstrip().endswith("Passerelle, oficina de relaciones internacionales")


def test_never_means_never_and_each_kind_has_its_own_choice(house):
    choose(house, house.coordinator, task="never")
    mobility = submit(house)
    house.wait(days=5)
    subjects = [mail.subject.partition(" :")[0] for mail in mails_to(house, "marie")]
    assert subjects == ["Rappel"]
    assert house.step(mobility) == "check_coherence"


def test_a_student_always_hears_what_is_asked_and_decided(house):
    for about in ("task", "decision"):
        with pytest.raises(InvalidInput) as refused:
            choose(house, house.student, **{about: "never"})
        assert refused.value.errors == {about: ["not_an_option"]}
    choose(house, house.student, task="digest", decision="digest", reminder="never")
    house.open()
    house.wait()
    assert mails_to(house, "lea.martin") == []
    house.wait(days=1)
    assert len(mails_to(house, "lea.martin")) == 1


def test_who_becomes_a_student_again_hears_again(house):
    choose(house, house.coordinator, decision="never")
    with house.engine.unit(SYSTEM) as unit:
        marie = unit.session.get(Person, number(house.coordinator))
        marie.memberships.clear()
        unit.session.flush()
        assert (
            mail_settings.wishes(unit.session, [marie.id])[marie.id].delivery("decision") == "now"
        )


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"task": "weekly"}, {"task": ["not_an_option"]}),
        ({"mention": ["now"]}, {"mention": ["not_an_option"]}),
        ({"morning_hour": "4"}, {"morning_hour": ["out_of_range:5:11"]}),
        ({"morning_hour": "07"}, {"morning_hour": ["out_of_range:5:11"]}),
        ({"morning_hour": "٧"}, {"morning_hour": ["out_of_range:5:11"]}),
        ({"morning_hour": ""}, {"morning_hour": ["out_of_range:5:11"]}),
    ],
)
def test_what_nobody_can_choose(house, typed, errors):
    with pytest.raises(InvalidInput) as refused:
        choose(house, house.ri, **typed)
    assert refused.value.errors == errors


def test_what_is_left_out_stays_as_it_was(house):
    choose(house, house.ri, task="digest", morning_hour="9")
    choose(house, house.ri, reminder="never")
    with house.engine.reading() as session:
        wish = mail_settings.wishes(session, [number(house.ri)])
    (found,) = wish.values()
    assert (found.delivery("task"), found.delivery("reminder")) == ("digest", "never")
    assert (found.delivery("mention"), found.morning_hour) == ("now", 9)


def test_the_same_news_is_told_once_whatever_the_setting(house):
    def news():
        with house.engine.unit(SYSTEM) as unit:
            person = unit.session.get_one(Person, number(house.coordinator))
            values = {"student": "A", "partner": "B", "year": "2026"}
            tell(
                unit, mails="workflows.contract", kind="signed", news="signed-1", to=[person],
                values=values, link="/cases/1",
            )  # fmt: skip

    news()
    house.wait()
    choose(house, house.coordinator, **QUIET)
    news()
    house.wait(days=2)
    assert len(mails_to(house, "marie")) == 1
    with house.engine.reading() as session:
        assert session.scalars(select(DigestEntry)).all() == []


def test_the_partner_has_no_settings(house):
    choose(house, house.ri, **QUIET)
    mobility = house.open()
    house.to_partner(mobility)
    assert house.mails()[-1].to == "carmen@usal.example.org"


@pytest.fixture
def two(house):
    """Paul belongs to Marie's group as well."""
    with house.engine.unit(SYSTEM) as unit:
        paul = unit.session.get(Person, number(house.other_coordinator))
        add_to_group(unit.session, paul, "coordinator:lea")
    return house


def test_who_is_given_a_task_is_told_by_whom(two):
    mobility = submit(two)
    seen = len(two.mails())
    (item,) = two.items(mobility)
    two.engine.assign(item.id, actor=two.coordinator, to=two.other_coordinator.id)
    (mail,) = two.mails()[seen:]
    assert mail.to == "paul@example.org"
    assert mail.subject == (
        "Tâche confiée : Vérifier la cohérence pédagogique (Léa Martin, Salamanca)"
    )
    assert "Marie Delmas vous a confié" in mail.body
    assert f"/tasks/{item.id}" in mail.body


def test_who_prepares_a_task_is_asked_and_its_owner_is_told_when_it_is_back(two):
    mobility = submit(two)
    seen = len(two.mails())
    (item,) = two.items(mobility)
    two.engine.delegate(item.id, actor=two.coordinator, to=two.other_coordinator.id)
    assert [mail.to for mail in two.mails()[seen:]] == ["paul@example.org"]
    assert two.mails()[-1].subject.startswith("Tâche à préparer")
    two.engine.resolve(item.id, actor=two.other_coordinator)
    assert two.mails()[-1].to == "marie@example.org"
    assert two.mails()[-1].subject.startswith("Tâche préparée")


def test_nobody_is_told_what_they_do_themselves_or_what_has_moved_on(two):
    mobility = submit(two)
    seen = len(two.mails())
    (item,) = two.items(mobility)
    two.engine.assign(item.id, actor=two.coordinator, to=two.coordinator.id)
    two.engine.assign(item.id, actor=two.coordinator, to=two.other_coordinator.id)
    two.engine.release(item.id, actor=two.other_coordinator)
    assert two.mails()[seen:] == []


def test_a_long_digest_says_how_much_more_there_is():
    entries = [
        DigestEntry(about="task", subject=f"S{n}", body="", link=f"/tasks/{n}")
        for n in range(MOST + 5)
    ]
    text = sections(entries, "en")
    assert text.count("\n  /tasks/") == MOST
    assert text.endswith("And 5 more, in Passerelle.")
