"""A campaign with its people: opened, applied to, ranked, in as few words as a test needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from engine import SYSTEM, Actor, Engine, FixedClock
from engine.definitions import Bundle
from tests.builders_domain import ROOT
from workflows.application.campaign_input import read_campaign, read_places
from workflows.application.campaigns import create_campaign, get_campaign, publish, save_places
from workflows.application.file_models import Application
from workflows.application.models import CommissionMember, Ranking
from workflows.application.ranking import allocate_places
from workflows.application.services import get_application, start_application
from workflows.application.uploads import add_document
from workflows.mail.models import MailMessage
from workflows.partners.models import Department, Institution
from workflows.people.models import Person
from workflows.people.services import actor_for, create_person
from workflows.registry import registry

CRITERIA = ("motivation", "language", "results", "coherence")
WEIGHTS = dict.fromkeys((f"weight_{name}" for name in CRITERIA), "1")


def campaign_fields(**changes: object) -> dict[str, object]:
    """A campaign as the office's page sends it."""
    return {
        "title": "Erasmus+ 2026/2027",
        "academic_year": "2026/2027",
        "opens_at": "2026-02-01T08:00",
        "closes_at": "2026-03-31T18:00",
        "min_score": "",
        "note": "",
        "departments": [{"code": "lea", "chosen": "true", "quorum": "0", **WEIGHTS}],
        **changes,
    }


def place_fields(hei_id: str = "usal.es", **changes: object) -> dict[str, object]:
    """A row of the table of places."""
    return {
        "department": "lea",
        "hei_id": hei_id,
        "isced_f": "023",
        "eqf_level": "6",
        "seats": "1",
        "months": "5",
        "language": "es",
        "cefr": "B1",
        **changes,
    }


def application_fields(*places: int, **changes: object) -> dict[str, object]:
    """A complete application for these places."""
    return {
        "student_number": "22100001",
        "enrolled": "true",
        "years_completed": "1",
        "debts": "false",
        "conditional": "false",
        "eqf_level": "6",
        "isced_f": "0231",
        "erasmus_months": "0",
        "motivation": "Je voudrais étudier la traduction juridique à Salamanque, " * 3,
        "languages": [{"language": "es", "cefr": "B2"}],
        "wishes": [{"place": str(place)} for place in places],
        **changes,
    }


@dataclass
class CampaignHouse:
    """The application and contract processes deployed, one campaign, and its people."""

    engine: Engine
    clock: FixedClock
    ri: Actor = SYSTEM
    coordinator: Actor = SYSTEM
    second: Actor = SYSTEM
    third: Actor = SYSTEM
    students: dict[str, Actor] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    campaign: int = 0
    places: dict[str, int] = field(default_factory=dict)

    @classmethod
    def built(cls, database, settings, clock, **campaign: object) -> CampaignHouse:
        """A house with a published campaign: Salamanca 1, Uppsala 1, Bologna 2 places."""
        house = cls(Engine(database, registry(settings), clock=clock), clock)
        for key in ("application", "contract"):
            house.engine.deploy(Bundle.from_folder(ROOT / "bpmn" / key), actor=SYSTEM)
        house.furnish()
        house.open_campaign(**campaign)
        return house

    def furnish(self) -> None:
        """Departments, partners, staff and four students."""
        staff = {
            "ri": ("claire", "Claire", "Vidal", ("ri",)),
            "coordinator": ("marie", "Marie", "Delmas", ("coordinator:lea",)),
            "second": ("luc", "Luc", "Arnaud", ("coordinator:lea",)),
            "third": ("paul", "Paul", "Roussel", ("coordinator:his",)),
        }
        with self.engine.unit(SYSTEM) as unit:
            unit.session.add_all(
                [
                    Department(code="lea", name_fr="LEA", name_en="Languages", name_es="Lenguas"),
                    Department(code="his", name_fr="Histoire", name_en="History", name_es="H"),
                    *(
                        Institution(
                            hei_id=hei_id,
                            name=name,
                            contact_given_names="Carmen",
                            contact_family_name="Sánchez",
                            contact_email=f"mobility@{hei_id}.example.org",
                            locale=locale,
                        )
                        for hei_id, name, locale in (
                            ("usal.es", "Salamanca", "es"),
                            ("uu.se", "Uppsala", "en"),
                            ("unibo.it", "Bologna", "en"),
                        )
                    ),
                ]
            )
            for name, (login, given, family, groups) in staff.items():
                setattr(self, name, self._person(unit.session, name, login, given, family, groups))
            for name in ("ana", "bob", "eva", "leo"):
                actor = self._person(unit.session, name, name, name.title(), "Test", ())
                self.students[name] = actor

    def _person(self, session, name, login, given, family, groups) -> Actor:
        person = create_person(
            session,
            login=login,
            given_names=given,
            family_name=family,
            email=f"{login}@example.org",
            groups=groups,
        )
        self.people[name] = person.id
        return actor_for(session, person)

    def open_campaign(self, places=None, **changes: object) -> None:
        """Create and publish the campaign."""
        rows = places or [
            place_fields("usal.es"),
            place_fields("uu.se", language="en", cefr=""),
            place_fields("unibo.it", language="it", cefr="", seats="2"),
        ]
        known = ("usal.es", "uu.se", "unibo.it")
        staff = list(self.people.values())
        with self.engine.unit(self.ri) as unit:
            given = read_campaign(campaign_fields(**changes), ("lea", "his"), staff)
            campaign = create_campaign(unit, given)
            read = read_places({"places": rows}, ("lea", "his"), known)
            save_places(unit, campaign.id, read, campaign.revision)
            publish(unit, campaign.id, campaign.revision)
            self.campaign = campaign.id
            self.places = {
                place.hei_id: place.id for ranking in campaign.rankings for place in ranking.places
            }

    def appoint_commission(self, *names: str, quorum: int) -> None:
        """These people score, and so many of them must have given points."""
        with self.engine.unit(self.ri) as unit:
            (ranking,) = get_campaign(unit.session, self.campaign).rankings
            ranking.quorum = quorum
            ranking.commission = [CommissionMember(person_id=self.people[name]) for name in names]

    def ranking(self, department: str = "lea") -> Ranking:
        """The ranking of a department, as it stands."""
        with self.engine.reading() as session:
            return next(
                each
                for each in get_campaign(session, self.campaign).rankings
                if each.department == department
            )

    def start(self, name: str, department: str = "lea") -> int:
        """A student begins an application; gives its id."""
        with self.engine.unit(self.students[name]) as unit:
            student = unit.session.get_one(Person, self.people[name])
            ranking = next(
                each
                for each in get_campaign(unit.session, self.campaign).rankings
                if each.department == department
            )
            return start_application(self.engine, unit, ranking, student).application_id

    def apply(self, name: str, *wishes: str, **changes: object) -> int:
        """A student applies for the places of these partners; gives the application's id."""
        application = self.start(name)
        self.submit(application, name, *wishes, **changes)
        return application

    def submit(self, application: int, name: str, *wishes: str, **changes: object) -> None:
        """The student hands in what asks for these partners."""
        data = application_fields(*(self.places[each] for each in wishes), **changes)
        self.answer(application, self.students[name], **data)
        self.work()

    def read(self, application: int) -> Application:
        """The application as it stands, with all that hangs on it."""
        with self.engine.reading() as session:
            own = Application.id == application
            found = session.scalars(select(Application).where(own).options(*Application.whole()))
            one = found.one()
            assert one.campaign
            assert one.ranking
            assert one.person
            return one

    def items(self, application: int):
        """The open work items of an application's case."""
        instance_id = self.read(application).instance_id
        return self.engine.instance(instance_id, actor=self.ri).open_items

    def step(self, application: int) -> str:
        """The user task the case waits at, else what it waits for, else its status."""
        case = self.engine.instance(self.read(application).instance_id, actor=self.ri)
        elements = sorted({item.element for item in case.open_items})
        if elements:
            return ",".join(elements)
        return ",".join(case.active_elements) or case.status.name.lower()

    def answer(self, application: int, actor: Actor, outcome=None, reason=None, **data):
        """Complete the work item of the case that this actor may complete."""
        items = self.items(application)
        mine = [
            item for item in items if item.candidate == actor.id or item.candidate in actor.groups
        ]
        return self.engine.complete(
            (mine or items)[0].id,
            actor=actor,
            data=data,
            outcome=outcome,
            reason=reason,
            idempotency_key=f"answer {(mine or items)[0].id} {actor.id}",
        )

    def admit(self, application: int, *except_: str, remark: str = "") -> None:
        """RI admits every wish that meets the rules (all, with a remark)."""
        wishes = [
            {
                "place": str(wish.place_id),
                "admitted": "true" if (remark or not wish.failed) else "",
            }
            for wish in self.read(application).wishes
            if wish.place.hei_id not in except_
        ]
        self.answer(application, self.ri, "admit", wishes=wishes, remark=remark)

    def give_points(self, application: int, *points: str, actor: Actor | None = None) -> None:
        """Somebody gives points: one number for all criteria, or one each."""
        given = dict(zip(CRITERIA, points if len(points) > 1 else points * 4, strict=True))
        self.answer(application, actor or self.coordinator, "score", points=given)

    def candidate(self, name: str, points: str, *wishes: str, **changes: object) -> int:
        """A student whose application is in and scored."""
        application = self.apply(name, *wishes, **changes)
        self.admit(application, remark="" if "remark" not in changes else "exception")
        self.give_points(application, points)
        return application

    def close(self) -> None:
        """Let the campaign's closing date pass."""
        self.clock.at = datetime.fromisoformat("2026-03-31T18:00+02:00") + timedelta(minutes=1)
        self.work()

    def allocate(self) -> None:
        """RI gives out the places of the ranking as it stands."""
        ranking = self.ranking()
        with self.engine.unit(self.ri) as unit:
            allocate_places(unit, ranking.id, ranking.revision)
        self.work()

    def statuses(self, *applications: int) -> list[str]:
        """Where these applications stand."""
        return [self.read(each).status for each in applications]

    def holder(self, hei_id: str) -> set[int]:
        """Who holds the places of a partner."""
        (place,) = (each for each in self.ranking().places if each.hei_id == hei_id)
        return {seat.application_id for seat in place.seats} - {None}

    def wait(self, **time: float) -> None:
        """Let time pass and the workers do what has become due."""
        self.clock.advance(timedelta(**time))
        self.work()

    def work(self) -> None:
        """The workers do what is due."""
        while self.engine.run_due_jobs(worker="tests"):
            pass

    def mails(self, to: str = "") -> list[MailMessage]:
        """What went out, oldest first."""
        self.work()
        with self.engine.reading() as session:
            found = session.scalars(select(MailMessage).order_by(MailMessage.id))
            return [mail for mail in found if to in mail.to]

    def incidents(self) -> list[str]:
        """What went wrong in the background."""
        found = self.engine.incidents(actor=self.ri).items
        return [f"{each.element} {each.reason} {each.detail}" for each in found]


def open_for(engine: Engine, ri: Actor, student: Actor, department: str = "lea") -> dict[str, int]:
    """A published campaign with one place and a student's application with one document.

    Gives the numbers that addresses name; ``Salamanca`` and the department must be there.
    """
    now = engine.clock.now()
    dates = {
        "opens_at": (now - timedelta(days=1)).isoformat(),
        "closes_at": (now + timedelta(days=30)).isoformat(),
    }
    parts = [{"code": department, "chosen": "true", "quorum": "0", **WEIGHTS}]
    with engine.unit(ri) as unit:
        fields_ = campaign_fields(departments=parts, **dates)
        campaign = create_campaign(unit, read_campaign(fields_, (department,), ()))
        rows = {"places": [place_fields(department=department)]}
        save_places(unit, campaign.id, read_places(rows, (department,), ("usal.es",)), 1)
        publish(unit, campaign.id, campaign.revision)
        numbers = {"campaign_id": campaign.id, "ranking_id": campaign.rankings[0].id}
        revisions = {"campaign": campaign.revision, "ranking": campaign.rankings[0].revision}
    with engine.unit(student) as unit:
        person = unit.session.get_one(Person, int(student.id.partition(":")[2]))
        ranking = unit.session.get_one(Ranking, numbers["ranking_id"])
        started = start_application(engine, unit, ranking, person)
        application = get_application(unit.session, started.application_id)
        document = add_document(unit, application, "cv", "image/png", "cv.png", b"png")
        numbers |= {"application_id": application.id, "document_id": document.id}
    return {**numbers, **revisions}
