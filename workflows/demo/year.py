"""The year: everybody's stories, put together.

Whatever lies after the day of the loading is not told; so the same stories leave cases at
every step, on whichever day they are told.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from workflows.demo import (
    heroes,
    stories_abroad,
    stories_grant,
    stories_incoming,
    stories_plan,
)
from workflows.demo.casting import Applicant, Cast, Role
from workflows.demo.dates import Pace, Term, academic_year, present_term
from workflows.demo.people import INCOMING
from workflows.demo.script import Story, Telling
from workflows.demo.stays import Stay
from workflows.demo.stories_abroad import Amendment, change, semester_begins, shortened, waiver
from workflows.demo.stories_application import Dossier, applying, decided
from workflows.demo.stories_campaign import Call, calls, campaign
from workflows.demo.stories_contract import INSURANCE, NOT_TAUGHT, WHOLE, contract, moves, signed
from workflows.demo.stories_difficulty import difficulty
from workflows.demo.stories_grades import corrected, results_on, transferred
from workflows.demo.stories_grant import grant
from workflows.demo.stories_house import absence, mail_wishes, remark, sealless, tables
from workflows.demo.stories_incoming import admitted, agreed, arrived, turned_down
from workflows.demo.stories_meeting import meeting
from workflows.demo.stories_partnership import CIRCUIT, partnership
from workflows.demo.stories_plan import plan
from workflows.demo.stories_recognition import (
    AWAITED,
    DONE,
    TO_DECIDE,
    TO_PROPOSE,
    TO_REGISTER,
    recognition,
)
from workflows.demo.world import partners


def day(weeks: int = 0, days: int = 0) -> timedelta:
    """A span of time."""
    return timedelta(weeks=weeks, days=days)


class Year:
    """Every story of one loading."""

    def __init__(self, today: date, cast: Cast) -> None:
        self.today = today
        self.cast = cast
        self.term = present_term(today)

    def stories(self) -> Iterator[Story]:
        """All of them; their order decides between steps of the same minute."""
        yield from self._house()
        yield from heroes.stories(self.today)
        yield from self._applications()
        for phase, tell in (
            ("recognised", self._recognised),
            ("back", self._back),
            ("abroad", self._abroad),
            ("midway", self._midway),
            ("plans", self._plan),
        ):
            for role in self.cast.outgoing[phase]:
                pace = Pace(role.stay.student)
                yield Story(f"{phase} {role.stay.student}", tell(role, pace))
        for shift, roles in self.cast.incoming.items():
            for role in roles:
                yield Story(f"incoming {role.stay.student}", self._incoming(role, shift))
        yield Story("incoming with a name", self._incoming(self._with_a_name(), 0))

    def before(self, days: int) -> date:
        """So many days before the loading."""
        return self.today - timedelta(days=days)

    # The house

    def _house(self) -> Iterator[Story]:
        years = tuple(self.term.shifted(2 * shift).academic_year for shift in (-3, -2))
        yield Story("grading tables", tables(Pace("tables"), self.before(700), years))
        yield Story("mail wishes", mail_wishes(Pace("mail wishes"), self.before(1000)))
        yield Story("absence", absence(Pace("absence"), self.before(6), self.before(-13)))
        for number, partner in enumerate(partners().values()):
            yield Story(f"partnership {partner.hei_id}", self._partnership(number))
        yield Story("meeting held", self._meeting("lea", self.before(40)))
        yield Story("meeting to come", self._meeting("his", self.before(-9)))

    def _partnership(self, number: int) -> Telling:
        """Most were signed in the last two years; some end soon, some are on their way."""
        partner = list(partners().values())[number]
        pace = Pace(f"partnership {partner.hei_id}")
        if number % 10 == 6:
            reach = 2 + number // 10
            days = pace.days(self.before(4 + number // 10), reach, 9)
            return partnership(partner, pace, days, years=5, number=number)
        soon = number % 10 == 9
        last = self.before(860 if soon else 300 + 15 * number)
        days = pace.days(last, len(CIRCUIT) + 1, 14)
        return partnership(partner, pace, days, years=3 if soon else 5, number=number)

    def _meeting(self, department: str, on: date) -> Telling:
        guests = [each.student for each in self.cast.applicants if each.number < 6]
        return meeting("Partir étudier à l’étranger", Pace(f"meeting {on}"), on, department, guests)

    # Before leaving

    def _applications(self) -> Iterator[Story]:
        coming = self.term.shifted(1)
        later = f"{coming.year + 1}/{coming.year + 2}"
        main, early = calls(self.today, coming.academic_year, later)
        allocated = self.before(78)
        yield Story("campaign decided", campaign(main, Pace("main campaign"), allocated))
        yield Story("campaign open", campaign(early, Pace("early campaign"), None))
        for each in self.cast.candidates:
            telling = self._candidate(main, each, allocated, coming)
            yield Story(f"candidate {each.student}", telling)
        for each in self.cast.applicants:
            dossier = Dossier(early, each, Pace(each.student))
            yield Story(f"applicant {each.student}", applying(dossier, self.today))

    def _candidate(self, call: Call, who: Applicant, allocated: date, term: Term) -> Telling:
        """An application and, where it leads to a place, as much of the contract as there is."""
        pace = Pace(who.student)
        answered = self.before(52 - who.number % 5)
        host = yield from decided(Dossier(call, who, pace), allocated, answered)
        if host is None:
            return
        stay = Stay(
            who.student, who.department, host, term.academic_year, term.number, term.start, term.end
        )
        number = who.number
        reach = number % (len(WHOLE) + 1)
        played = WHOLE[:reach]
        if number % 8 == 5:
            played = (*WHOLE[:4], INSURANCE)
        first = answered + day(days=4 + number % 6)
        days = [first + day(days=(5 + number % 3) * step) for step in range(1, len(played) + 1)]
        yield from moves(stay, pace, played, days)

    def _signed(self, role: Role, pace: Pace, ready: date) -> Telling:
        """A contract that all have signed by ``ready``, some after a detour."""
        first = (*WHOLE[:-1], NOT_TAUGHT) if role.number % 7 == 3 else ()
        played = signed(first)
        days = pace.days(ready, len(played) + 1, 4)
        yield from contract(role.stay, pace, played, days[0], days[1:])

    # Away and back

    def _recognised(self, role: Role, pace: Pace) -> Telling:
        stay = role.stay
        yield from self._signed(role, pace, stay.start - day(5))
        yield from waiver(stay, pace, stay.start - day(4))
        if role.number % 3 == 1:
            yield from grant(stay, pace, stay.start - day(2))
        arrives = stay.end + day(days=18 + role.number)
        yield from recognition(stay, pace, arrives, failed=int(role.number % 5 == 4))

    def _back(self, role: Role, pace: Pace) -> Telling:
        stay, number = role.stay, role.number
        yield from self._signed(role, pace, stay.start - day(5))
        yield from waiver(stay, pace, stay.start - day(4))
        if number % 4 == 1:
            yield from grant(stay, pace, stay.start - day(2), stories_grant.REPORTED)
        reach, arrives = DONE, stay.end + day(days=16 + number)
        late = {8: TO_PROPOSE, 9: TO_PROPOSE, 10: TO_DECIDE, 11: TO_REGISTER, 12: AWAITED}
        if number in late:
            reach = late[number]
            arrives = max(stay.end + day(days=9), self.before(12 if reach == TO_REGISTER else 7))
        yield from recognition(stay, pace, arrives, reach=reach, failed=int(number % 6 == 5))

    def _abroad(self, role: Role, pace: Pace) -> Telling:
        stay, number = role.stay, role.number
        yield from self._signed(role, pace, stay.start - day(6))
        if number == 0:
            evening = self.before(1)
            while evening.weekday() > 4:
                evening -= day(days=1)
            yield from sealless(stay, pace, stay.start - day(4), evening)
            return
        endings = {
            2: stories_abroad.REFUSED,
            5: stories_abroad.RETURNED,
            8: stories_abroad.PROPOSED,
            11: stories_abroad.ENDORSED,
        }
        ending = endings.get(number, stories_abroad.GRANTED)
        yield from waiver(stay, pace, stay.start - day(4), ending)
        if number % 3 == 0:
            yield from grant(stay, pace, stay.start - day(2), stories_grant.PREFINANCED)
        if number in {3, 6, 9, 12, 15}:
            yield semester_begins(stay, pace, stay.start - day(1))
            turned = stories_abroad.REJECTED if number == 12 else stories_abroad.SIGNED
            yield from change(stay, pace, Amendment(stay.start + day(days=5 + number), turned))
        if number == 4:
            yield from shortened(stay, pace, stay.start + day(2), stay.end - day(5))
        if number == 7:
            yield remark(
                pace, stay.start + day(1), stay.coordinator, stay, "Bien arrivé, cours choisis."
            )

    def _midway(self, role: Role, pace: Pace) -> Telling:
        """A change of each kind is going on, whatever the day."""
        stay = role.stay
        yield from self._signed(role, pace, stay.start - day(5))
        yield from waiver(stay, pace, stay.start - day(4))
        asked, ending = (
            (2, stories_abroad.ASKED),
            (7, stories_abroad.SIGNED),
            (13, stories_abroad.REJECTED),
            (9, stories_abroad.TAKEN_BACK),
        )[role.number]
        yield from change(stay, pace, Amendment(self.before(asked), ending))

    def _plan(self, role: Role, pace: Pace) -> Telling:
        stay, number = role.stay, role.number
        reach = stories_plan.SIGNED if number % 2 == 0 else 1 + number // 2
        ready = min(stay.start - day(4), self.before(3 + number))
        days = pace.days(ready, reach + 1, 6)
        yield from plan(stay, pace, days, reach)

    # Those who come

    def _with_a_name(self) -> Role:
        term = self.term
        stay = Stay(
            INCOMING.login,
            "lea",
            "unibo.it",
            term.academic_year,
            term.number,
            term.start,
            term.end,
            incoming=True,
        )
        return Role(stay, 1)

    def _incoming(self, role: Role, shift: int) -> Telling:
        stay, number, pace = role.stay, role.number, Pace(role.stay.student)
        if shift == 1:
            yield from self._coming(role, pace)
            return
        days = pace.days(stay.start - day(3), 4, 5)
        yield from admitted(role, pace, days, stories_incoming.REGISTERED)
        yield from agreed(stay, pace, days[-1] + day(days=1), first_rejected=number % 6 == 2)
        yield arrived(stay, pace, stay.start + day(days=1))
        if shift == 0 and number in {3, 7, 11}:
            kind = "exam_clash" if number == 3 else "language"
            first = max(stay.start + day(2), self.before(2 + number))
            yield from difficulty(stay, pace, first, number // 4, kind)
        results = results_on(Term(int(stay.academic_year[:4]), stay.term)) + day(days=number % 4)
        yield from transferred(stay, pace, results, acknowledged=number % 5 != 4)
        if number % 5 == 1:
            yield from corrected(stay, pace, results + day(6))

    def _coming(self, role: Role, pace: Pace) -> Telling:
        reach = role.number % 4
        last = self.before(2 + role.number)
        days = pace.days(last, reach + 1, 5)
        if role.number == 10:
            yield from turned_down(role.stay, pace, pace.days(last, 3, 5))
            return
        yield from admitted(role, pace, [*days, *[self.today] * (4 - reach)], reach)


__all__ = ["Year", "academic_year"]
