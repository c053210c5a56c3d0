"""A house in which a stay is over: the contract signed, grading tables known, a jury."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cached_property

from engine import SYSTEM, Actor, Bundle, Engine
from tests.builders_domain import HOME, ROOT, course
from tests.builders_exam_waiver import agreement_signed_on
from tests.builders_house import House
from web.config import Settings
from web.root import build_engine
from workflows.grading.tables import record
from workflows.mobility.models import Mobility
from workflows.papers.models import Document
from workflows.partners.models import Department
from workflows.people.services import actor_for, create_person
from workflows.recognition.models import PartnerTranscript, Recognition
from workflows.recognition.services import begin, entered

SPANISH = (("MH", 12), ("SB", 58), ("NT", 170), ("AP", 160))
FRENCH = (
    ("18", 4),
    ("17", 9),
    ("16", 22),
    ("15", 43),
    ("14", 78),
    ("13", 104),
    ("12", 121),
    ("11", 113),
    ("10", 106),
)
TITLES = ("Derecho", "Historia", "Lengua", "Economía", "Traducción")


def row(title: str = "Derecho", grade: str = "7,5", credits_: str = "6", **more: str):
    """A course of a transcript as the page sends it."""
    return {"title": title, "grade": grade, "credits": credits_, "status": "", **more}


def transcript(*rows: Mapping[str, str], **changes: object) -> dict[str, object]:
    """A transcript of all five courses, each a notable, as the page sends it."""
    return {
        "received_on": "2027-03-01",
        "issued_on": "2027-02-20",
        "scale": "ES",
        "rows": list(rows) or [row(title) for title in TITLES],
        **changes,
    }


def plan_written(
    teacher: str, *, method: str = "tables", on_failure: str = "resit_equivalent_unit"
) -> dict[str, object]:
    """A plan: a unit replaced by one course, one by two, one kept and one waived.

    ``on_failure`` is what failing the first unit's course leads to.
    """

    def unit(title: str, credits_: str, disposition: str, **more: object) -> dict[str, object]:
        known = {"unit_title": title, "credits": credits_, "disposition": disposition}
        return {**known, "term": "semester_1", "teacher_id": teacher, **more}

    two = [{"title": title, "credits": "3"} for title in ("Derecho", "Historia")]
    one = [{"title": "Lengua", "credits": "6"}]
    return {
        "start_date": "2026-09-01",
        "end_date": "2027-01-31",
        "conversion_method": method,
        "rows": [
            unit("Langue", "6", "replaced", failure_rule=on_failure, courses=one),
            unit("Droit", "6", "replaced", failure_rule="host_resit", courses=two),
            unit("Littérature", "6", "kept_distance"),
            unit("Sport", "3", "waived"),
        ],
    }


def record_tables(engine: Engine, home_hei_id: str) -> None:
    """Record the grading tables of both universities."""
    with engine.unit(SYSTEM) as unit:
        for hei_id, scale, entries in (("usal.es", "ES", SPANISH), (home_hei_id, "FR", FRENCH)):
            record(
                unit.session,
                hei_id=hei_id,
                isced_f="0231",
                eqf=6,
                years=("2024/2025", "2025/2026"),
                scale=scale,
                entries=entries,
                source="tests",
                actor="system",
                now=unit.now,
            )


class RecognitionHouse(House):
    """The house with a jury, a registrar and a director, and a stay that is over."""

    jury: Actor = SYSTEM
    registrar: Actor = SYSTEM
    head: Actor = SYSTEM
    teacher: Actor = SYSTEM

    @classmethod
    def at_the_end(cls, database, settings, clock, *, department: str = "lea", **draft):
        """A house whose student is back; the contract is signed by all."""
        house = cls.built(database, settings, clock)
        house.appoint(department)
        if department != "lea":
            house.know_department(department)
        house.mobility = house.open(department=department)
        studied = draft.pop("studied", [course(title) for title in TITLES])
        house.to_partner(house.mobility, studied=studied, **draft)
        signer = {"signer_name": "Carmen Sánchez", "signer_position": "Coordinadora"}
        house.answer(house.mobility, house.ri, "approve", **signer)
        house.know_tables()
        house.let_the_stay_pass()
        return house

    @classmethod
    def at_the_end_of_a_plan(cls, database, settings, clock, **plan: object):
        """A house whose student is back from outside Erasmus; the plan is signed by all."""
        house = cls.built(database, settings, clock)
        house.appoint("lea")
        house.engine.deploy(Bundle.from_folder(ROOT / "bpmn" / "validation_plan"), actor=SYSTEM)
        house.add("teacher", "tess", "Tess", "teacher:lea")
        opened = house.open_plan()
        house.mobility = opened.mobility_id
        house.sign_plan(opened.instance_id, **plan)
        house.know_tables()
        house.let_the_stay_pass()
        return house

    def sign_plan(self, case: int, **plan: object) -> None:
        """Take a plan from its draft to its signatures."""
        self.case = case
        self.complete(self.student, **plan_written(str(self.ids["teacher"]), **plan))
        for actor in (self.teacher, self.coordinator, self.student, self.coordinator):
            self.complete(actor, "approve")

    def appoint(self, department: str) -> None:
        """Deploy the recognition, and name those who decide in it."""
        self.engine.deploy(Bundle.from_folder(ROOT / "bpmn" / "recognition"), actor=SYSTEM)
        self.add("jury", "jeanne", "Jeanne", f"jury:{department}")
        self.add("registrar", "remi", "Rémi", "registrar")
        self.add("head", "helene", "Hélène", f"head:{department}")

    def let_the_stay_pass(self) -> None:
        """Let it be March of the following year."""
        self.clock.at = self.clock.at.replace(year=2027, month=3, day=2)
        self.wait()

    def add(self, name: str, login: str, given: str, *groups: str, locale: str | None = None):
        """Somebody more."""
        with self.engine.unit(SYSTEM) as unit:
            person = create_person(
                unit.session,
                login=login,
                given_names=given,
                family_name="Dupont",
                email=f"{login}@example.org",
                groups=groups,
                locale=locale,
            )
            self.ids[name] = person.id
            setattr(self, name, actor_for(unit.session, person))

    def know_department(self, code: str) -> None:
        """Let another department be the student's, with a coordinator of its own."""
        with self.engine.unit(SYSTEM) as unit:
            names = {"name_fr": code, "name_en": code, "name_es": code}
            unit.session.merge(Department(code=code, **names))
        self.add("coordinator", "olga", "Olga", f"coordinator:{code}")

    def know_tables(self) -> None:
        """Record the grading tables of both universities."""
        record_tables(self.engine, HOME)

    def begin(self) -> int:
        """RI begins the recognition; gives the case's number."""
        with self.engine.unit(self.ri) as unit:
            self.case = begin(self.engine, unit, self.mobility, home_hei_id=HOME)
        self.work()
        return self.case

    def work(self) -> None:
        """Let the workers run until nothing is due."""
        while self.engine.run_due_jobs(worker="tests"):
            pass

    def open_items(self):
        return self.engine.instance(self.case, actor=self.ri).open_items

    def at(self) -> str:
        """The user task the case waits at, or its status when it has ended."""
        case = self.engine.instance(self.case, actor=self.ri)
        return case.open_items[0].element if case.open_items else case.status.name.lower()

    def complete(self, actor: Actor, outcome=None, reason=None, key=None, **data):
        """Complete the step the recognition waits at, and let the workers run."""
        (item,) = self.open_items()
        done = self.engine.complete(
            item.id,
            actor=actor,
            data=data,
            outcome=outcome,
            reason=reason,
            idempotency_key=key or f"recognition {item.id}",
        )
        self.work()
        return done

    def read(self, look):
        """What ``look`` makes of recognition and transcript."""
        with self.engine.reading() as session:
            recognition, current = entered(session, self.case)
            return look(recognition, current)

    def grades(self) -> dict[str, str | None]:
        """The grade of each line as it stands."""
        return self.read(lambda _, t: {each.title: _text(each.final_grade) for each in t.lines})

    def decision(self, changes: Mapping[str, tuple[str, str]] | None = None, **more: object):
        """What a page sends back: everything as it stands, but for some grades by title."""

        def shown(recognition: Recognition, current: PartnerTranscript) -> dict[str, object]:
            lines = []
            for line in current.lines:
                counts = line.agreed_id is not None
                grade = (_text(line.final_grade) or "") if counts else ""
                sent = (changes or {}).get(line.title, (grade, line.jury_reason or ""))
                lines.append({"id": str(line.id), "grade": sent[0], "reason": sent[1]})
            return {"proposal": str(recognition.proposal), "lines": lines, **more}

        return self.read(shown)

    def propose(self, changes: Mapping[str, tuple[str, str]] | None = None, **more: object):
        return self.complete(self.coordinator, "approve", **self.decision(changes, **more))

    def decide(self, verdict: str, changes=None, actor=None, **more: object):
        sent = self.decision(changes, verdict=verdict, **more)
        return self.complete(actor or self.jury, "approve", **sent)

    def documents(self) -> Sequence[Document]:
        from workflows.papers.documents import of_case

        with self.engine.reading() as session:
            return of_case(session, str(self.mobility))

    def pass_days(self, days: float) -> None:
        """Let days pass; jobs run each day."""
        for _ in range(int(days)):
            self.clock.advance(timedelta(days=1))
            self.work()

    @cached_property
    def mobility(self) -> int:  # replaced by the first open contract
        raise AssertionError("no contract is open")


def _text(grade) -> str | None:
    return None if grade is None else format(grade, "f")


def stay_over_on(server) -> int:
    """A signed contract in a running demonstration, its tables known; gives its case."""
    mobility_id = agreement_signed_on(
        server, "2026/2027", studied=[course(title) for title in TITLES]
    )
    settings = Settings.from_env(
        {
            "PASSERELLE_DEMO": "1",
            "PASSERELLE_DATA_DIR": str(server.data_dir),
            "PORT": str(server.port),
        }
    )
    # A thread of its own: the browser leaves its event loop in this one, and V8 minds.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_with_tables, settings, mobility_id).result()


def _with_tables(settings: Settings, mobility_id: int) -> int:
    engine = build_engine(settings)
    try:
        record_tables(engine, settings.home_hei)
        with engine.reading() as session:
            found = session.get_one(Mobility, mobility_id).instance_id
            assert found is not None
            return found
    finally:
        engine.database.dispose()
