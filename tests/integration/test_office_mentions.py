"""Comments that name people: those of the case are told; strangers are not, nor revealed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import SYSTEM, Forbidden, NotFound
from tests.builders_domain import draft
from tests.builders_house import House
from tests.builders_substitution import arrange, number
from workflows.office_work import mentions
from workflows.office_work.cases import people_of_case
from workflows.office_work.mail_settings import choose
from workflows.office_work.models import Mention
from workflows.people.models import Person


@pytest.fixture
def house(once):
    return once(House.built)


@pytest.fixture
def case(house):
    """The instance of a contract that waits for its coordinator."""
    mobility = house.open()
    house.answer(mobility, house.student, **draft())
    house.wait()
    return house.view(mobility).instance_id


def say(house, case, actor, text):
    return mentions.add_comment(house.engine, case, actor=actor, text=text)


def logins(house, case):
    with house.engine.reading() as session:
        return {person.login for person in people_of_case(session, case, house.clock.now())}


def named(house):
    with house.engine.reading() as session:
        rows = session.execute(
            select(Person.login).join(Mention, Mention.person_id == Person.id).order_by(Mention.id)
        )
        return [row.login for row in rows]


def test_who_can_be_named(house, case):
    assert logins(house, case) == {"lea.martin", "marie", "claire"}
    arrange(house, house.coordinator, house.other_coordinator)
    assert logins(house, case) == {"lea.martin", "marie", "claire", "paul"}
    assert logins(house, 1) == set()


def test_a_restricted_case_is_not_everybodys_of_the_office(house, case):
    with house.engine.unit(SYSTEM) as unit:
        from engine.tables import identity_link, instance

        unit.connection.execute(instance.update().values(restricted=True))
        unit.connection.execute(identity_link.delete().where(identity_link.c.group == "ri"))
    assert logins(house, case) == {"lea.martin", "marie"}


def test_those_who_are_named_are_told_with_what_was_written(house, case):
    seen = len(house.mails())
    say(house, case, house.ri, "@Marie, please look (with @lea.martin). @marie once more")
    mails = house.mails()[seen:]
    assert {mail.to for mail in mails} == {"marie@example.org", "lea.martin@example.org"}
    mail = next(mail for mail in mails if mail.to == "marie@example.org")
    assert mail.subject == (
        "Claire Vidal vous a nommé(e) dans un commentaire (Léa Martin, Salamanca)"
    )
    assert "@Marie, please look (with @lea.martin). @marie once more" in mail.body
    assert f"/cases/{case}#comments" in mail.body


def test_strangers_and_oneself_and_addresses_are_text(house, case):
    seen = len(house.mails())
    say(house, case, house.ri, "@paul @theo @nobody @claire marie@example.org @ @@marie x@marie")
    assert house.mails()[seen:] == []
    assert named(house) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@marie", ["marie"]),
        ("see @marie.delmas.", ["marie.delmas"]),
        ('(@marie), «@lea» "@théo"', ["marie", "lea", "théo"]),
        ("@MARIE @marie", ["marie"]),
        ("a@b.c @@x @", []),
        ("@" + "x" * 200, []),
        ("\n@first\n@second", ["first", "second"]),
        ("@a…", ["a"]),
    ],
)
def test_what_counts_as_naming(text, found):
    assert mentions.logins_in(text) == found


def test_unread_mentions_are_marked_until_they_are_read(house, case):
    say(house, case, house.ri, "@marie one")
    say(house, case, house.ri, "@marie two")
    marie = number(house.coordinator)
    with house.engine.reading() as session:
        assert mentions.unread_cases(session, marie) == {case: 2}
        assert mentions.unread_cases(session, number(house.student)) == {}
        newest, oldest = mentions.mentions_of(session, marie)
        assert (newest.text, oldest.text) == ("@marie two", "@marie one")
        assert newest.author == house.ri.id
        assert mentions.mention_of(session, number(house.ri), newest.id) is None
    with house.engine.unit(house.coordinator) as unit:
        mentions.read(unit.session, marie, unit.now, [newest.id])
    with house.engine.reading() as session:
        assert mentions.unread_cases(session, marie) == {case: 1}
        assert [each.seen for each in mentions.mentions_of(session, marie)] == [False, True]
    with house.engine.unit(house.coordinator) as unit:
        mentions.read(unit.session, marie, unit.now)
    with house.engine.reading() as session:
        assert mentions.unread_cases(session, marie) == {}
        told = mentions.named_in(session, case)
        assert [[p.login for p in people] for people in told.values()] == [["marie"], ["marie"]]


def test_a_refused_comment_names_nobody(house, case):
    for actor, refusal in ((house.other_coordinator, NotFound), (house.other_student, NotFound)):
        with pytest.raises(refusal):
            say(house, case, actor, "@marie")
    auditor = type(house.ri)("person:99", "Anne", frozenset({"auditor"}), oversees=True)
    with pytest.raises(Forbidden):
        say(house, case, auditor, "@marie")
    assert named(house) == []


def test_who_wants_no_mail_gets_the_mark_alone(house, case):
    with house.engine.unit(house.coordinator) as unit:
        person = unit.session.get_one(Person, number(house.coordinator))
        choose(unit.session, person, {"mention": "never"})
    seen = len(house.mails())
    say(house, case, house.ri, "@marie")
    assert house.mails()[seen:] == []
    assert named(house) == ["marie"]


def test_a_comment_can_name_only_so_many(house, case):
    with house.engine.unit(SYSTEM) as unit:
        from workflows.people.services import create_person

        for n in range(mentions.MOST + 5):
            create_person(
                unit.session, login=f"ri{n}", given_names="R", family_name=str(n),
                email=f"ri{n}@example.org", groups=("ri",),
            )  # fmt: skip
    say(house, case, house.ri, " ".join(f"@ri{n}" for n in range(mentions.MOST + 5)))
    assert len(named(house)) == mentions.MOST
