"""What a mail says: texts by kind and language, and one mail a person.

A text is ``mails/<kind>.<language>.txt`` beside the code of the lifecycle it belongs to:
the subject on the first line, the body after an empty one, ``$name`` for what differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from string import Template
from typing import TYPE_CHECKING

from workflows.mail.outbox import Mail, send_later
from workflows.people.models import LOCALES, Person
from workflows.people.services import get_person

if TYPE_CHECKING:
    from engine import Unit
    from engine.registry import Job, JobContext
    from engine.values import Value
    from workflows.office import Office

NEWS = "office.news"
"""The job kind behind :func:`tell`."""

COMMON = "workflows.notices"
DEFAULT_LANGUAGE = "fr"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody a mail goes to."""

    email: str
    name: str
    language: str


def recipients(people: Iterable[Person]) -> list[Recipient]:
    """The active ones among ``people``, each address once."""
    found = {
        person.email: Recipient(person.email, person.name, person.locale or DEFAULT_LANGUAGE)
        for person in people
        if person.active
    }
    return list(found.values())


def spoken(language: str) -> str:
    """``language`` where mails exist in it, else French."""
    return language if language in LOCALES else DEFAULT_LANGUAGE


def compose(package: str, kind: str, to: Recipient, news: str, values: Mapping[str, str]) -> Mail:
    """One mail from the text ``kind`` of ``package``, in the recipient's language.

    ``news`` names what is told: the same reaches an address once. ``values`` fill the
    text, beside ``name``; raises KeyError for a name the text has and they have not.
    """
    language = spoken(to.language)
    filled = text(package, kind, language).substitute(name=to.name, **values)
    subject, _, body = filled.partition("\n")
    return Mail(to.email, to.name, subject, body.lstrip("\n"), language, news)


def tell(
    unit: Unit,
    *,
    mails: str,
    kind: str,
    news: str,
    to: Iterable[Person],
    values: Mapping[str, str],
    link: str = "",
) -> None:
    """Tell people something once this transaction is through, each in their own language.

    ``mails`` is the package whose folder ``mails`` holds the text ``kind``; ``news`` names
    what is told, and the same reaches an address once. ``link`` is a path of the site, which
    the text gets as ``$link``.
    """
    people: list[Value] = [person.id for person in to]
    if people:
        payload: dict[str, Value] = {
            "mails": mails,
            "kind": kind,
            "news": news,
            "people": people,
            "values": dict(values),
            "link": link,
        }
        unit.enqueue(NEWS, payload)


class News:
    """The job kind ``office.news``: what :func:`tell` was given, composed and queued."""

    def __init__(self, office: Office) -> None:
        self._base_url = office.base_url

    def perform(self, job: Job) -> Value:
        """The mails, to those of the people who are active."""
        given = job.payload
        people, values = given["people"], given["values"]
        assert isinstance(people, list)
        assert isinstance(values, dict)
        filled = {name: str(value) for name, value in values.items()}
        filled["link"] = f"{self._base_url}{given['link']}"
        with job.session() as session:
            to = recipients(get_person(session, int(str(person))) for person in people)
        mails, kind, news = (str(given[name]) for name in ("mails", "kind", "news"))
        return [asdict(compose(mails, kind, each, news, filled)) for each in to]

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Queue the mails."""
        return queue(ctx, result)


def queue(ctx: JobContext, result: Value) -> Mapping[str, Value]:
    """Write down composed mails in the transaction that ends their job."""
    for fields in result if isinstance(result, list) else []:
        assert isinstance(fields, dict)
        send_later(ctx.unit, Mail(**{name: str(value) for name, value in fields.items()}))
    return {}


@cache
def text(package: str, kind: str, language: str) -> Template:
    """The text of one kind of mail in one language; raises FileNotFoundError."""
    file = resources.files(package) / "mails" / f"{kind}.{language}.txt"
    return Template(file.read_text(encoding="utf-8"))


@cache
def exists(package: str, kind: str) -> bool:
    """Whether a package has a text of that kind."""
    return (resources.files(package) / "mails" / f"{kind}.{DEFAULT_LANGUAGE}.txt").is_file()
