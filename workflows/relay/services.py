"""Writing and reading letters on a mobility: who may write to whom, who sees what.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import InvalidInput, NotFound
from workflows.answers import Answers
from workflows.mobility.models import Mobility
from workflows.notices.partner import contact_of_mobility
from workflows.papers import documents
from workflows.papers.models import Document
from workflows.people.services import RI, coordinator_group, person_id_of
from workflows.relay.models import PARTIES, Enclosure, Letter
from workflows.relay.news import tell_letter

if TYPE_CHECKING:
    from engine import Unit
    from engine.identity import Actor
    from workflows.office import Office

MOST_TEXT = 10_000
MOST_FILES = 5
MOST_NAME = 200
KIND = "relay.enclosure"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a letter."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: for which party, as which actor, under which name."""

    party: str
    actor: str
    name: str


def party_of(actor: Actor, mobility: Mobility) -> str | None:
    """The party somebody with an account belongs to in a mobility; None where to none.

    Whoever both coordinates and works at RI writes as the coordinator.
    """
    if mobility.person_id is not None and person_id_of(actor) == mobility.person_id:
        return "student"
    if coordinator_group(mobility.department) in actor.groups:
        return "coordinator"
    return "ri" if RI in actor.groups else None


def reachable(session: Session, office: Office, mobility: Mobility, party: str) -> tuple[str, ...]:
    """The parties that ``party`` can write to.

    A student without an account and a partner without an address cannot be reached; a
    student writes to the partner through the coordinator or RI, who relay it.
    """
    absent = {party}
    if mobility.person_id is None:
        absent.add("student")
    if party == "student" or contact_of_mobility(session, str(mobility.id), office) is None:
        absent.add("partner")
    if party == "partner":
        absent.add("student")
    return tuple(each for each in PARTIES if each not in absent)


def write(
    unit: Unit,
    office: Office,
    mobility: Mobility,
    sender: Sender,
    data: Mapping[str, object],
    *,
    files: Sequence[Upload] = (),
    key: str,
) -> Letter:
    """Write a letter and tell those it is to; the same ``key`` again gives the first one.

    Takes ``to`` (parties) and ``text``. Raises InvalidInput by field, for files at ``file``.
    """
    session = unit.session
    known = _written(session, mobility.id, sender.actor, key)
    if known is not None:
        return known
    answers = Answers(data)
    to = answers.listed("to", reachable(session, office, mobility, sender.party), required=True)
    text = answers.text("text", most=MOST_TEXT, required=True)
    checked = _checked(answers, files)
    answers.check()
    letter = Letter(
        mobility_id=mobility.id,
        party=sender.party,
        author=sender.actor,
        author_name=sender.name,
        text=text,
        key=key,
        at=unit.now,
        **{f"to_{party}": party in to for party in PARTIES},
    )
    session.add(letter)
    session.flush()
    for name, media_type, content in checked:
        _enclose(unit, letter, name, media_type, content)
    session.refresh(letter, ["enclosures"])
    tell_letter(unit, letter, mobility)
    return letter


def _written(session: Session, mobility_id: int, author: str, key: str) -> Letter | None:
    statement = select(Letter).where(
        Letter.mobility_id == mobility_id, Letter.author == author, Letter.key == key
    )
    return session.scalar(statement)


def _checked(answers: Answers, files: Sequence[Upload]) -> list[tuple[str, str, bytes]]:
    if len(files) > MOST_FILES:
        answers.refuse("file", f"too_many:{MOST_FILES}")
        return []
    checked = []
    for file in files:
        try:
            media_type, name = documents.checked_upload(file.content, file.name)
        except InvalidInput as refused:
            for code in refused.errors.get("file", ()):
                answers.refuse("file", code)
            continue
        checked.append((name, media_type, file.content))
    return checked


def _enclose(unit: Unit, letter: Letter, name: str, media_type: str, content: bytes) -> None:
    # Under a key that no case has: the letter alone says who may fetch it.
    document = documents.store(
        unit.session,
        business_key=f"relay-{letter.id}",
        kind=KIND,
        language="",
        filename=name,
        media_type=media_type,
        content=content,
        now=unit.now,
        actor_id=letter.author,
    )
    unit.session.add(Enclosure(document_id=document.id, letter_id=letter.id))
    unit.session.flush()


def letters(session: Session, mobility_id: int, party: str) -> list[Letter]:
    """The letters on a mobility that a party can read, oldest first."""
    statement = (
        select(Letter).where(Letter.mobility_id == mobility_id).order_by(Letter.at, Letter.id)
    )
    return [each for each in session.scalars(statement) if each.read_by(party)]


def enclosure(session: Session, mobility_id: int, document_id: int, party: str) -> Document:
    """A document sent with a letter that a party can read; raises NotFound."""
    found = session.get(Enclosure, document_id)
    letter = session.get(Letter, found.letter_id) if found else None
    if found is None or letter is None or letter.mobility_id != mobility_id:
        raise NotFound
    if not letter.read_by(party):
        raise NotFound
    return found.document
