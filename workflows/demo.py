"""The demonstration: made by running the process, as its people would have.

Every case is started and moved on by the commands that the pages use, at instants of the
past weeks, so its history, deadlines and mails are those of a real one.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from engine.clock import FixedClock
from engine.identity import SYSTEM, Actor
from workflows.contract.reading import latest_version
from workflows.contract.services import Opened, open_contract, save_draft
from workflows.contract.steps import CHECKS
from workflows.demo_data import (
    CASES,
    COURSES,
    DEPARTMENTS,
    HOME,
    PARTNERS,
    STAFF,
    STUDENTS,
    DemoCase,
)
from workflows.mobility.services import find_mobility
from workflows.partners.models import Department, Institution
from workflows.partners.services import find_institution
from workflows.people.models import Person
from workflows.people.services import actor_for, create_person, find_person, set_password

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Engine
    from workflows.registry import DomainSettings

PASSWORD = "passerelle-demo"  # noqa: S105 - everybody may know it: it opens a demonstration
MORNING = 7
"""The hour (UTC) at which a case of the demonstration is opened."""

SUMMER = 7
"""From this month on, next year's stays are prepared."""
_NAMESPACE = uuid.UUID("6f4e1c0a-8a53-4d55-9d0c-3a1f0c7b2e11")


def load(engine: Engine, settings: DomainSettings) -> None:
    """Load the demonstration; what is there already stays as it is.

    The process ``contract`` must be deployed.
    """
    with engine.unit(SYSTEM) as unit:
        _institutions(unit.session, settings.home_hei)
        _people(unit.session)
    # The same engine over the same database, with a clock that can stand in the past.
    clock = FixedClock(engine.clock.now())
    past = type(engine)(engine.database, engine.registry, clock=clock, feel=engine.feel)
    for case in CASES:
        begun = engine.clock.now() - timedelta(days=case.age)
        clock.at = begun.replace(hour=MORNING, minute=case.age)
        _run(past, clock, case, settings.home_hei)


def _institutions(session: Session, home_hei: str) -> None:
    _, name, country, code = HOME
    if find_institution(session, home_hei) is None:
        session.add(
            Institution(hei_id=home_hei, name=name, country=country, erasmus_code=code, locale="fr")
        )
    for hei_id, name, country, code, given, family, locale in PARTNERS:
        if find_institution(session, hei_id) is None:
            session.add(
                Institution(
                    hei_id=hei_id,
                    name=name,
                    country=country,
                    erasmus_code=code,
                    contact_given_names=given,
                    contact_family_name=family,
                    contact_email=f"mobility@{hei_id}.example.org",
                    course_catalogue_url=f"https://catalogue.{hei_id}.example.org/",
                    locale=locale,
                )
            )
    for code, french, english, spanish in DEPARTMENTS:
        if session.get(Department, code) is None:
            session.add(
                Department(
                    code=code,
                    name_fr=french,
                    name_en=english,
                    name_es=spanish,
                    ounit_id=code.upper(),
                )
            )
    session.flush()


def _people(session: Session) -> None:
    """The accounts. They share one password, hashed once: hashing is slow on purpose."""
    password_hash: str | None = None
    for person in (*STUDENTS, *STAFF):
        if find_person(session, person.login) is not None:
            continue
        account = create_person(
            session,
            login=person.login,
            given_names=person.given_names,
            family_name=person.family_name,
            email=person.email,
            locale=person.locale,
            groups=person.groups,
            demo=person.shown,
        )
        if person.shown:
            if password_hash is None:
                set_password(session, account, PASSWORD)
                password_hash = account.password_hash
            account.password_hash = password_hash
    session.flush()


def _run(engine: Engine, clock: FixedClock, case: DemoCase, home_hei: str) -> None:
    """Open the case and give the answers, a day or so apart."""
    opened = _open(engine, case, home_hei)
    if opened is None:
        return
    days = case.age // (len(case.moves) + 1)
    pace = timedelta(days=min(days, 2), hours=1, minutes=7)
    item = opened.work_items[0]
    for number, (login, outcome, reason) in enumerate(case.moves):
        clock.advance(pace)
        completed = engine.complete(
            item,
            actor=_actor(engine, login),
            data=_answer(engine, opened.mobility_id, case, number),
            outcome=outcome,
            reason=reason,
            idempotency_key=f"demo:{item}",
        )
        if completed.next_items:
            item = completed.next_items[0]


def _open(engine: Engine, case: DemoCase, home_hei: str) -> Opened | None:
    omobility_id = str(uuid.uuid5(_NAMESPACE, f"{case.student}:{case.partner}"))
    with engine.unit(_actor(engine, case.student)) as unit:
        year = _year(unit.now)
        if find_mobility(unit.session, sending_hei_id=home_hei, omobility_id=omobility_id):
            return None
        student = find_person(unit.session, case.student)
        assert student is not None
        opened = open_contract(
            engine,
            unit,
            student=student,
            department=case.department,
            receiving_hei_id=case.partner,
            academic_year=f"{year}/{year + 1}",
            home_hei_id=home_hei,
            mobility_type=case.mobility_type,
            omobility_id=omobility_id,
        )
        written = _draft(case, student, 1, year)
        if not case.moves:
            written = {**written, "recognised": [], "cefr_level": "", "provisions_url": ""}
        save_draft(unit.session, opened.mobility_id, written)
        return opened


def _actor(engine: Engine, login: str) -> Actor:
    with engine.reading() as session:
        person = find_person(session, login)
        assert person is not None
        return actor_for(session, person)


def _answer(engine: Engine, mobility_id: int, case: DemoCase, number: int) -> dict[str, object]:
    """What is typed with an answer: the draft, or who signs for the partner."""
    login, outcome, _ = case.moves[number]
    with engine.reading() as session:
        version = latest_version(session, mobility_id)
        if outcome is None:
            student = find_person(session, login)
            assert student is not None
            return _draft(case, student, version.number, _year(engine.clock.now()))
        if {s.role for s in version.signatures} == {"student", "sending"} and _at_partner(
            case, number
        ):
            return _signer(case) if outcome == "approve" else {}
        if "sending" in {s.role for s in version.signatures} and outcome == "approve":
            return dict.fromkeys(CHECKS, True)
    return {}


def _at_partner(case: DemoCase, number: int) -> bool:
    """Whether an answer is the partner's: the second in a row that the desk gives."""
    return number > 0 and case.moves[number][0] == case.moves[number - 1][0]


def _signer(case: DemoCase) -> dict[str, object]:
    given, family = next((p[4], p[5]) for p in PARTNERS if p[0] == case.partner)
    return {
        "signer_name": f"{given} {family}",
        "signer_position": "Erasmus coordinator",
        "signer_email": f"mobility@{case.partner}.example.org",
    }


def _draft(case: DemoCase, student: Person, version: int, year: int) -> dict[str, object]:
    """What the student writes; a second version replaces one component abroad."""
    abroad, home = COURSES[case.department]
    spring = case.terms == "2"
    draft: dict[str, object] = {
        "sending_contact_given_names": "Claire",
        "sending_contact_family_name": "Vidal",
        "sending_contact_email": "claire.vidal@example.org",
        "student_global_id": f"urn:schac:personalUniqueCode:int:esi:fr:{_ine(student)}",
        "student_birth_date": f"{year - 21}-0{1 + student.id % 9}-1{student.id % 9}",
        "student_citizenship": "FR",
        "student_gender": "9",
        "start_date": f"{year + 1}-01-18" if spring else f"{year}-09-01",
        "end_date": f"{year + 1}-06-12" if spring else f"{year + 1}-01-31",
        "eqf_level_studied_at_departure": "6",
        "isced_f_code": {"lea": "0231", "his": "0222", "mi": "0541"}[case.department],
        "language": case.language,
        "cefr_level": "B2",
        "provisions_url": f"https://www.{case.partner}.example.org/assessment",
    }
    rows = [_component(*course, case.terms) for course in abroad]
    if version > 1:
        rows[2:3] = [_component("5HI152", "Trade and Travel in the Middle Ages", "7.5", case.terms)]
    if case.mobility_type == "blended":
        draft |= {"start_date": f"{year}-11-02", "end_date": f"{year}-11-13"}
        online = _component("103598", "Seminario virtual de traducción colaborativa", "3", "1")
        online["short_description"] = "Six online sessions before the stay, in mixed teams."
        return {**draft, "blended": [rows[2], online], "recognised": [_component(*home[2], "1")]}
    draft |= {"studied": rows, "recognised": [_component(*unit, case.terms) for unit in home]}
    return draft


def _year(now: datetime) -> int:
    """The year in which the academic year that is being prepared begins."""
    return now.year + (now.month >= SUMMER)


def _component(code: str, title: str, credits_: str, term: str) -> dict[str, object]:
    return {
        "los_code": code,
        "title": title,
        "term_number": term,
        "total_terms": "2",
        "credits": [{"scheme": "ects", "value": credits_}],
        "lineage": f"demo-{code}",
    }


def _ine(student: Person) -> str:
    return f"{student.id * 7919 % 10**10:010d}{'ABCDEFGHJK'[student.id % 10]}"
