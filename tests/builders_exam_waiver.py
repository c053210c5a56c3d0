"""A house in which signed contracts bring about exam waivers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from engine import SYSTEM, Actor
from engine.definitions import Bundle
from engine.values import InstanceQuery
from tests.builders_domain import ROOT, course, draft
from tests.builders_house import House
from web.config import Settings
from web.root import build_engine
from workflows.contract.services import open_contract
from workflows.exam_waiver.reading import WaiverView, view_of, waivers_of
from workflows.people.services import actor_for, create_person, find_person

PARTNER = {"signer_name": "Carmen Sánchez", "signer_position": "Coordinadora"}
OBSERVER = Actor("observer", oversees=True)
YEAR = {
    "end_date": "2027-06-30",
    "recognised": [
        course("UE 1", "30", term_number="1"),
        course("UE 2", "30", term_number="2"),
    ],
}
"""A draft of a whole year: an exam in December, one in April."""


@dataclass
class WaiverHouse(House):
    """The house with a head of department and a registrar."""

    head: Actor = SYSTEM
    registrar: Actor = SYSTEM

    @classmethod
    def built(cls, database, settings, clock) -> WaiverHouse:
        """A house over an empty database."""
        house = super().built(database, settings, clock)
        house.engine.deploy(Bundle.from_folder(ROOT / "bpmn" / "exam_waiver"), actor=SYSTEM)
        people = {
            "head": ("helene", "Hélène", "Faure", ("head:lea",)),
            "registrar": ("remi", "Rémi", "Castel", ("registrar",)),
        }
        with house.engine.unit(SYSTEM) as unit:
            for name, (login, given, family, groups) in people.items():
                person = create_person(
                    unit.session,
                    login=login,
                    given_names=given,
                    family_name=family,
                    email=f"{login}@example.org",
                    groups=groups,
                )
                house.ids[name] = person.id
                setattr(house, name, actor_for(unit.session, person))
        return house

    def signed(self, **draft) -> int:
        """A contract signed by all; gives its mobility."""
        mobility_id = self.open()
        self.to_partner(mobility_id, **draft)
        self.answer(mobility_id, self.ri, "approve", **PARTNER)
        self.wait()
        return mobility_id

    def cases(self, mobility_id: int):
        """The cases of the waiver, oldest first."""
        query = InstanceQuery(process="exam_waiver", business_key=str(mobility_id))
        found = self.engine.instances(actor=OBSERVER, query=query).items
        return [self.engine.instance(case.id, actor=OBSERVER) for case in reversed(found)]

    def item(self, mobility_id: int):
        """The one open task of the waiver."""
        (found,) = [item for case in self.cases(mobility_id) for item in case.open_items]
        return found

    def decide(self, mobility_id: int, actor: Actor, outcome=None, reason=None, **data):
        """Complete the open task of the waiver, and let the workers do what follows."""
        item = self.item(mobility_id)
        done = self.engine.complete(
            item.id,
            actor=actor,
            data=data,
            outcome=outcome,
            reason=reason,
            idempotency_key=f"waiver {item.id}",
        )
        self.wait()
        return done

    def propose(self, mobility_id: int, **data):
        """The coordinator proposes every exam of the list."""
        chosen = [str(exam.id) for exam in self.waivers(mobility_id)[-1].excused]
        return self.decide(mobility_id, self.coordinator, "approve", **{"exams": chosen, **data})

    def granted(self, **draft) -> int:
        """A contract whose waiver is granted and recorded."""
        mobility_id = self.signed(**draft)
        self.propose(mobility_id)
        self.decide(mobility_id, self.head, "approve")
        self.decide(mobility_id, self.registrar, coded=True)
        return mobility_id

    def waivers(self, mobility_id: int) -> list[WaiverView]:
        """Every waiver of a mobility, oldest first."""
        with self.engine.reading() as session:
            return [view_of(each) for each in waivers_of(session, mobility_id)]


def agreement_signed_on(
    server, academic_year: str, student: str = "lea.martin", **draft_changes
) -> int:
    """A contract signed by all in a running demonstration; gives its mobility.

    Everybody answers through the engine, beside the server; its own workers do the rest.
    """
    settings = Settings.from_env(
        {
            "PASSERELLE_DEMO": "1",
            "PASSERELLE_DATA_DIR": str(server.data_dir),
            "PORT": str(server.port),
        }
    )
    # A thread of its own: the browser leaves its event loop in this one, and V8 minds.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(
            _sign_all, settings, student, academic_year, draft(**draft_changes)
        ).result()


def _sign_all(settings, student, academic_year, drafted) -> int:
    engine = build_engine(settings)
    try:
        return sign_agreement(engine, settings.home_hei, student, academic_year, drafted)
    finally:
        engine.database.dispose()


def sign_agreement(engine, home_hei_id, student, academic_year, drafted) -> int:
    """A contract of the demonstration's people, signed by all; gives its mobility."""

    def actor(login):
        with engine.reading() as session:
            return actor_for(session, find_person(session, login))

    with engine.unit(actor(student)) as unit:
        opened = open_contract(
            engine,
            unit,
            student=find_person(unit.session, student),
            department="lea",
            receiving_hei_id="usal.es",
            academic_year=academic_year,
            home_hei_id=home_hei_id,
        )
    for login, outcome, data in (
        (student, None, drafted),
        ("marie.delmas", "approve", {}),
        (student, "approve", {}),
        ("marie.delmas", "approve", {}),
        ("claire.vidal", "approve", {}),
        ("claire.vidal", "approve", PARTNER),
    ):
        (item,) = engine.instance(opened.instance_id, actor=OBSERVER).open_items
        engine.complete(
            item.id,
            actor=actor(login),
            outcome=outcome,
            data=data,
            idempotency_key=f"walk {item.id}",
        )
    return opened.mobility_id
