"""What a mail says: texts by kind and language, and one mail a person.

A text is ``mails/<kind>.<language>.txt`` beside the code of the lifecycle it belongs to:
the subject on the first line, the body after an empty one, ``$name`` for what differs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from string import Template
from typing import TYPE_CHECKING, Any

from babel.dates import format_date

from workflows.mail.outbox import Mail
from workflows.notices.delivery import deliver
from workflows.office_work.cases import taking_part
from workflows.office_work.local_time import day_of
from workflows.office_work.mail_settings import DECISION
from workflows.office_work.standing_in import Substitute, substitutes
from workflows.people.models import LOCALES, Person
from workflows.people.services import get_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Unit
    from engine.registry import Job, JobContext
    from engine.values import Value
    from workflows.office import Office

NEWS = "office.news"
"""The job kind behind :func:`tell`."""

COMMON = "workflows.notices"
CASE_LINK = "/cases/"
LOCALE_OF_DAYS = {"en": "en_GB"}
"""Days are written as in Europe."""

DEFAULT_LANGUAGE = "fr"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody a mail goes to; ``person`` is who they are, where they have an account.

    ``absent`` and ``until`` say for whom they get it, and how long, as a substitute.
    """

    email: str
    name: str
    language: str
    person: int | None = None
    absent: str = ""
    until: datetime | None = None


def recipients(people: Iterable[Person], standing_in: Iterable[Substitute] = ()) -> list[Recipient]:
    """The active ones among ``people``, then those who stand in for them; each address once."""
    found: dict[str, Recipient] = {}
    for person in people:
        if person.active:
            found[person.email] = _recipient(person)
    for each in standing_in:
        to = _recipient(each.person)
        for_whom = replace(to, absent=each.absent.name, until=each.until)
        found.setdefault(each.person.email, for_whom)
    return list(found.values())


def _recipient(person: Person) -> Recipient:
    return Recipient(person.email, person.name, person.locale or DEFAULT_LANGUAGE, person.id)


def spoken(language: str) -> str:
    """``language`` where mails exist in it, else French."""
    return language if language in LOCALES else DEFAULT_LANGUAGE


def compose(
    package: str,
    kind: str,
    to: Recipient,
    news: str,
    values: Mapping[str, str],
    *,
    about: str = "",
    work_item: int | None = None,
) -> Mail:
    """One mail from the text ``kind`` of ``package``, in the recipient's language.

    ``news`` names what is told: the same reaches an address once. ``values`` fill the
    text, beside ``name``; raises KeyError for a name the text has and they have not.
    """
    language = spoken(to.language)
    filled = text(package, kind, language).substitute(name=to.name, **values)
    subject, _, body = filled.partition("\n")
    return Mail(
        to.email,
        to.name,
        subject,
        body.lstrip("\n") + _standing_in(to, language),
        language,
        news,
        person=to.person,
        about=about,
        link=values.get("link", ""),
        work_item=work_item,
    )


def _standing_in(to: Recipient, language: str) -> str:
    """For a substitute, the sentence that says for whom they get a mail."""
    if to.until is None:
        return ""
    until = said_day(to.until, language)
    return f"\n{word('standing_in', language, absent=to.absent, until=until)}\n"


def word(name: str, language: str, **values: str) -> str:
    """A word or sentence that mails are put together from."""
    return Template(_words()[language][name]).substitute(values)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    file = resources.files(COMMON) / "words.json"
    found: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    return found


def said_day(ends_at: datetime, language: str) -> str:
    """The last day of what ends at an instant, as mails write it."""
    day = day_of(ends_at - timedelta(microseconds=1))
    return str(format_date(day, "long", locale=LOCALE_OF_DAYS.get(language, language)))


def tell(
    unit: Unit,
    *,
    mails: str,
    kind: str,
    news: str,
    to: Iterable[Person],
    values: Mapping[str, str],
    link: str = "",
    about: str = DECISION,
) -> None:
    """Tell people something once this transaction is through, each in their own language.

    ``mails`` is the package whose folder ``mails`` holds the text ``kind``; ``news`` names
    what is told, and the same reaches an address once. ``link`` is a path of the site, which
    the text gets as ``$link``. ``about`` is the kind of news by which people choose how to
    hear of it. Of a case that ``link`` leads to, substitutes hear as well.
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
            "about": about,
        }
        unit.tells(news)
        unit.enqueue(NEWS, payload)


class News:
    """The job kind ``office.news``: what :func:`tell` was given, composed and queued."""

    def __init__(self, office: Office) -> None:
        self._base_url = office.base_url

    def perform(self, job: Job) -> Value:
        """The mails, to those of the people who are active, and to their substitutes."""
        given = job.payload
        people, values = given["people"], given["values"]
        assert isinstance(people, list)
        assert isinstance(values, dict)
        filled = {name: str(value) for name, value in values.items()}
        filled["link"] = f"{self._base_url}{given['link']}"
        mails, kind, news = (str(given[name]) for name in ("mails", "kind", "news"))
        with job.session() as session:
            told = [get_person(session, int(str(person))) for person in people]
            process = mails.rpartition(".")[2]
            to = recipients(told, _following(session, told, process, str(given["link"]), job.now))
        about = str(given["about"])
        return [asdict(compose(mails, kind, each, news, filled, about=about)) for each in to]

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Queue the mails."""
        return queue(ctx, result)


def _following(
    session: Session, people: Sequence[Person], process: str, link: str, now: datetime
) -> list[Substitute]:
    """Substitutes of ``people`` who take part, in their place, in the case of a link."""
    number = link.removeprefix(CASE_LINK)
    if number == link or not number.isdigit():
        return []
    parts = taking_part(session, int(number))
    found = substitutes(session, people, process, now)
    return [each for each in found if any(each.gets(candidate) for candidate in parts)]


def queue(ctx: JobContext, result: Value) -> Mapping[str, Value]:
    """Write down composed mails in the transaction that ends their job."""
    found: list[Any] = result if isinstance(result, list) else []
    deliver(ctx.unit, [Mail(**fields) for fields in found])
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
