"""People: accounts, groups, and the actor a person is to the engine."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from engine.errors import InvalidInput, NotFound
from engine.identity import Actor
from workflows.people.models import LOCALES, Membership, Person

ADMIN = "admin"
AUDITOR = "auditor"
PARTNER_DESK = "partner-desk"
RI = "ri"
REGISTRAR = "registrar"
"""The registrar's office (scolarité): records waivers, enters recognised results."""

RI_CARE = "ri-care"
"""The persons of RI in charge of students in difficulty; they alone of RI see those cases."""

LEGAL = "legal"
"""Legal affairs: reads the text of agreements."""

PRESIDENT = "president"
"""The president's office: signs agreements."""

STUDENT = "student:"
"""What the candidate groups of one student each begin with."""

OVERSEERS = frozenset({ADMIN, AUDITOR, RI})
"""Groups whose members see every case; seeing is all it gives them."""

MIN_PASSWORD_LENGTH = 12
MAX_PASSWORD_LENGTH = 1024

_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """A hash that costs as much to check as a real one."""
    return _hasher.hash("nobody signs in with this")


def coordinator_group(department: str) -> str:
    """The candidate group of a department's coordinators."""
    return f"coordinator:{department}"


def head_group(department: str) -> str:
    """The candidate group of a department's head, who signs for it."""
    return f"head:{department}"


def jury_group(department: str) -> str:
    """The candidate group of the examination board of a department."""
    return f"jury:{department}"


def teacher_group(department: str) -> str:
    """The group of those who teach in a department and answer for its units."""
    return f"teacher:{department}"


def student_group(person_id: int) -> str:
    """The candidate group of one student."""
    return f"{STUDENT}{person_id}"


def actor_id(person_id: int) -> str:
    """How the engine names a person."""
    return f"person:{person_id}"


def person_id_of(actor: Actor) -> int | None:
    """The person behind an actor; None for the system and for partners."""
    kind, _, number = actor.id.partition(":")
    return int(number) if kind == "person" and number.isdigit() else None


def actor_for(session: Session, person: Person) -> Actor:
    """The engine's actor for ``person``, with the groups the database knows now.

    Everybody is in their own student group; RI also answers at the partners' desk, for
    partners that write by letter or telephone.
    """
    groups = set(person.groups) | {student_group(person.id)}
    if RI in groups:
        groups.add(PARTNER_DESK)
    return Actor(
        id=actor_id(person.id),
        name=person.name,
        groups=frozenset(groups),
        oversees=bool(groups & OVERSEERS),
    )


def authenticate(session: Session, login: str, password: str) -> Person | None:
    """The active person with that login and password, else None.

    An unknown login costs the same time as a wrong password (OWASP ASVS 5.0, 6.3.8).
    """
    person = find_person(session, login)
    known = person.password_hash if person and person.active else None
    if not _matches(known or _nobody(), password) or person is None or known is None:
        return None
    if _hasher.check_needs_rehash(known):
        person.password_hash = _hasher.hash(password)
    return person


def _matches(password_hash: str, password: str) -> bool:
    if len(password) > MAX_PASSWORD_LENGTH:
        return False
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def create_person(
    session: Session,
    *,
    login: str,
    given_names: str,
    family_name: str,
    email: str,
    password: str | None = None,
    locale: str | None = None,
    groups: Iterable[str] = (),
    demo: bool = False,
) -> Person:
    """Add a person; raises InvalidInput for a login that is taken or unusable values."""
    errors: dict[str, list[str]] = {}
    login = login.strip().lower()
    if not login or any(c.isspace() for c in login):
        errors["login"] = ["invalid"]
    elif find_person(session, login) is not None:
        errors["login"] = ["taken"]
    if "@" not in email:
        errors["email"] = ["not_an_email"]
    if errors:
        raise InvalidInput(errors)
    person = Person(
        login=login,
        given_names=given_names,
        family_name=family_name,
        email=email,
        demo=demo,
        active=True,
        memberships=[Membership(group=group) for group in sorted(set(groups))],
    )
    set_locale(session, person, locale)
    if password is not None:
        set_password(session, person, password)
    session.add(person)
    session.flush()
    return person


def set_password(session: Session, person: Person, password: str) -> None:
    """Set a new password of 12 to 1024 characters; raises InvalidInput otherwise."""
    if len(password) < MIN_PASSWORD_LENGTH:
        raise InvalidInput({"password": [f"too_short:{MIN_PASSWORD_LENGTH}"]})
    if len(password) > MAX_PASSWORD_LENGTH:
        raise InvalidInput({"password": [f"too_long:{MAX_PASSWORD_LENGTH}"]})
    person.password_hash = _hasher.hash(password)


def set_locale(session: Session, person: Person, locale: str | None) -> None:
    """Choose the language of pages and mails; None follows the browser."""
    if locale is not None and locale not in LOCALES:
        raise InvalidInput({"locale": ["not_an_option"]})
    person.locale = locale


def add_to_group(session: Session, person: Person, group: str) -> None:
    """Make the person a member of ``group``; again is the same."""
    if group not in person.groups:
        person.memberships.append(Membership(group=group))
        session.flush()


def find_person(session: Session, login: str) -> Person | None:
    """The person with that login, in any case."""
    if "\0" in login:
        # PostgreSQL refuses to compare with it, and nobody can be called so.
        return None
    return session.scalar(select(Person).where(Person.login == login.strip().lower()))


def get_person(session: Session, person_id: int) -> Person:
    """The person with that id; raises NotFound."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


def account_with(session: Session, email: str | None) -> int | None:
    """The id of the one active account with that address; None where there is none, or two."""
    wanted = (email or "").strip().lower()
    if not wanted:
        return None
    statement = select(Person.id).where(func.lower(Person.email) == wanted, Person.active).limit(2)
    found = session.scalars(statement).all()
    return found[0] if len(found) == 1 else None


def all_people(session: Session) -> list[Person]:
    """Everybody with their groups, by login."""
    statement = select(Person).options(selectinload(Person.memberships)).order_by(Person.login)
    return list(session.scalars(statement))


def people_in(session: Session, group: str) -> list[Person]:
    """Active members of ``group``, by id.

    A student's own group and the partners' desk have members without rows.
    """
    kind, _, number = group.partition(":")
    if kind == "student" and number.isdigit():
        person = session.get(Person, int(number))
        return [person] if person and person.active else []
    wanted = RI if group == PARTNER_DESK else group
    statement = (
        select(Person)
        .join(Membership)
        .where(Membership.group == wanted, Person.active)
        .order_by(Person.id)
    )
    return list(session.scalars(statement))


def people_in_any(session: Session, groups: Iterable[str]) -> list[Person]:
    """Active members of any of ``groups``, by id, each once; one statement or two.

    Of the partners' desk those are the members of RI.
    """
    wanted = {RI if group == PARTNER_DESK else group for group in groups}
    inside = select(Membership.person_id).where(Membership.group.in_(wanted))
    statement = select(Person).where(Person.id.in_(inside), Person.active).order_by(Person.id)
    return list(session.scalars(statement))


def staff_names(session: Session, limit: int) -> list[str]:
    """The names of those who have a function here, in their order."""
    inside = select(Membership.person_id)
    name = (Person.given_names, Person.family_name)
    found = session.execute(select(*name).where(Person.id.in_(inside)).order_by(*name).limit(limit))
    return [f"{given} {family}".strip() for given, family in found]


def people_called(session: Session, text: str, limit: int) -> list[tuple[str, str]]:
    """Actor ids and names of those whose name or login is a text, or else has it as a part."""
    name = Person.given_names + " " + Person.family_name
    columns = select(Person.id, name).order_by(name, Person.id).limit(limit)
    same = or_(func.lower(name) == text.lower(), func.lower(Person.login) == text.lower())
    part = or_(name.icontains(text, autoescape=True), Person.login.icontains(text, autoescape=True))
    found = session.execute(columns.where(same)).all()
    found = found or session.execute(columns.where(part)).all()
    return [(actor_id(number), called) for number, called in found]


def people_named(session: Session, actor_ids: Iterable[str]) -> dict[str, str]:
    """Names by actor id, for lists of who did what; unknown ids are left out."""
    numbers = [
        int(actor.removeprefix("person:"))
        for actor in set(actor_ids)
        if actor.removeprefix("person:").isdigit()
    ]
    if not numbers:
        return {}
    # Only what a name is made of: whole people would bring their groups along.
    found = session.execute(
        select(Person.id, Person.given_names, Person.family_name).where(Person.id.in_(numbers))
    )
    return {actor_id(number): f"{given} {family}".strip() for number, given, family in found}
