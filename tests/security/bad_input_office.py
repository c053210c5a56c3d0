"""The house of bad input with every lifecycle at work: what the office's pages need there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from engine.identity import SYSTEM
from engine.tables import metadata
from tests.builders_application import open_for
from tests.builders_domain import HOME
from tests.builders_grade_transfer import ReceivingHouse
from tests.builders_recognition import record_tables, row, transcript
from tests.security import bad_input_house
from tests.security.bad_input_house import fresh_key
from tests.security.duties_world import MEETING, PROPOSAL, REPORT
from workflows.application.services import get_application
from workflows.difficulty.services import report
from workflows.grade_transfer.cases import PROCESS as GRADES
from workflows.grant.services import open_grant
from workflows.meeting.services import plan
from workflows.mobility.services import case_of, get_mobility
from workflows.partners.models import Institution
from workflows.partnership.services import propose
from workflows.people.services import find_person
from workflows.recognition.services import begin
from workflows.registry import office_of
from workflows.relay.links import issue

MORE_PEOPLE = {
    "jeanne": ("jury:lea",),
    "remi": ("registrar",),
    "ines": ("ri", "ri-care"),
}
MORE_BUNDLES = (
    "admission",
    "application",
    "difficulty",
    "grade_transfer",
    "grant",
    "meeting",
    "partnership",
    "recognition",
)
CONTACT = "carmen@usal.example.org"
LATER = datetime(2027, 5, 20, 10, tzinfo=UTC)
"""When grades are asked for, and contracts of the year before are lived out."""


class Office(bad_input_house.House):
    """An installation in May 2027: campaigns, incoming and returned students, duties.

    ``over`` is the contract's case of a stay that is over, ``graded`` the mobility of an
    incoming student whose grades are asked for.
    """

    people = bad_input_house.PEOPLE | MORE_PEOPLE
    bundles = (*bad_input_house.BUNDLES, *MORE_BUNDLES)

    def __init__(self, database_url: str, folder: Path, *, returned: int = 3) -> None:
        super().__init__(database_url, folder)
        with self.engine.unit(SYSTEM) as unit:
            unit.session.add(Institution(hei_id=HOME, name="Toulouse", country="FR"))
        record_tables(self.engine, HOME)
        self.over, *self._returned = [self.signed() for _ in range(1 + returned)]
        receiving = ReceivingHouse(self.engine, self.clock, ri=self.actor("claire"))
        self.graded = receiving.incoming(person_id=self.person("lea"))
        receiving.begin(self.graded)
        self.clock.at = LATER
        self.work()
        # The sessions of the year before have ended.
        self._clients = {login: self.new_client(login) for login in self.people}

    def work(self) -> None:
        """Let the workers do all there is to do."""
        while self.engine.run_due_jobs(worker="tests"):
            pass

    def person(self, login: str) -> int:
        """The number of a person."""
        with self.engine.reading() as session:
            return find_person(session, login).id

    def items(self, case: int):
        """The open work items of a case."""
        return self.engine.instance(case, actor=SYSTEM).open_items

    def campaign(self) -> dict[str, int]:
        """A new published campaign with an application of Lea's, by the names in addresses."""
        return open_for(self.engine, self.actor("claire"), self.actor("lea"))

    def application(self) -> int:
        """The case of a new application of Lea's, still being written."""
        with self.engine.reading() as session:
            return get_application(session, self.campaign()["application_id"]).instance_id

    def mobility_of(self, case: int) -> int:
        """The mobility a case is about."""
        return int(self.engine.instance(case, actor=SYSTEM).business_key)

    def recognition(self) -> int:
        """A new recognition's case, at its transcript; there are as many as stays are over."""
        mobility = self.mobility_of(self._returned.pop())
        with self.engine.unit(self.actor("claire")) as unit:
            case = begin(self.engine, unit, mobility, home_hei_id=HOME)
        self.work()
        return case

    def proposal(self) -> int:
        """A recognition's case, at the coordinator's proposal."""
        case = self.recognition()
        self.completes(case, "claire", **transcript(row("Derecho")))
        return case

    def completes(self, case: int, login: str, outcome: str | None = None, **data: object) -> None:
        """Somebody completes the one open work item of a case."""
        (item,) = self.items(case)
        self.engine.complete(
            item.id,
            actor=self.actor(login),
            data=data,
            outcome=outcome,
            idempotency_key=fresh_key(),
        )
        self.work()

    def grant(self) -> int:
        """A new grant's case, at its facts; there is one for a stay."""
        mobility = self.mobility_of(self.over)
        with self.engine.unit(self.actor("claire")) as unit:
            return open_grant(
                self.engine, unit, mobility, scheme="erasmus", home_hei_id=HOME
            ).instance_id

    def meeting(self) -> int:
        """A new meeting that has been announced."""
        dates = {"starts_at": "2027-06-04T14:00", "ends_at": "2027-06-04T15:00"}
        with self.engine.unit(self.actor("marie")) as unit:
            data = {**MEETING, **dates, "languages": ["fr"]}
            planned = plan(self.engine, unit, data, organizer="coordinator:lea")
        self.engine.complete(
            planned.work_items[0],
            actor=self.actor("marie"),
            outcome="publish",
            idempotency_key=fresh_key(),
        )
        return planned.meeting_id

    def partnership(self) -> int:
        """The case of a new proposal of an agreement, at its file."""
        with self.engine.unit(self.actor("marie")) as unit:
            return propose(
                self.engine, unit, PROPOSAL, proposer="coordinator:lea", home_hei_id=HOME
            ).instance_id

    def difficulty(self) -> int:
        """The case of a new difficulty of an incoming student's."""
        with self.engine.unit(self.actor("lea")) as unit:
            return report(self.engine, unit, self.graded, REPORT, home_hei_id=HOME).instance_id

    def graded_case(self) -> int:
        """The case of the incoming student's grades."""
        with self.engine.reading() as session:
            case = case_of(session, self.graded, GRADES)
        assert case is not None
        return case

    def holds(self, text: str) -> bool:
        """Whether any row of any table holds ``text``."""
        with self.database.read() as connection:
            return any(
                text in repr(tuple(row))
                for table in metadata.sorted_tables
                for row in connection.execute(table.select())
            )

    def correspondence(self) -> str:
        """The address of the partner's page of letters on the incoming student."""
        with self.engine.unit(SYSTEM) as unit:
            mobility = get_mobility(unit.session, self.graded)
            return (
                f"/correspondence/{issue(office_of(self.settings), mobility.id, CONTACT, unit.now)}"
            )
