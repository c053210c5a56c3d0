"""Partnerships: proposing one, writing its file, the list with the places used.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.errors import InvalidInput, NotFound
from engine.values import Labels
from workflows.answers import Answers
from workflows.mobility.models import Mobility
from workflows.office_work.local_time import ZONE
from workflows.partners.models import Department, Institution
from workflows.partners.services import departments, find_institution, institution_name
from workflows.partnership.models import KINDS, Partnership
from workflows.partnership.policy import LONGEST
from workflows.people.services import RI, coordinator_group
from workflows.years import academic_year

if TYPE_CHECKING:
    from engine import Engine, Unit

PROCESS = "partnership"
WRITTEN, IN_FORCE, REFUSED, EXPIRED = "written", "in_force", "refused", "expired"
REVIEWED = "reviewed"
MOST_PLACES = 500
MOST_TITLE = 200
MOST_FILE = 20_000


@dataclass(frozen=True, slots=True)
class Proposed:
    """A new proposal, its case, and the first work items."""

    partnership_id: int
    instance_id: int
    work_items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A partnership in the list, with the places of one academic year that are taken."""

    partnership: Partnership
    partner: str
    used_out: int
    used_in: int
    renewed_by: int | None


def propose(
    engine: Engine,
    unit: Unit,
    data: Mapping[str, object],
    *,
    proposer: str,
    home_hei_id: str,
) -> Proposed:
    """Propose a partnership and start its case at the pedagogical file.

    Takes ``kind``, ``title``, ``hei_id`` and ``department`` (empty for all, which only RI
    proposes). ``proposer`` is the group that writes the file. Raises InvalidInput by field.
    """
    session = unit.session
    answers = Answers(data)
    kind = answers.option("kind", KINDS)
    title = answers.text("title", most=MOST_TITLE, required=True)
    hei_id = answers.text("hei_id", most=200, required=True).lower()
    partner = find_institution(session, hei_id) if hei_id else None
    if hei_id and (partner is None or hei_id == home_hei_id):
        answers.refuse("hei_id", "not_an_option")
    known = {each.code for each in departments(session)}
    department = answers.option("department", known, required=proposer != RI)
    if department and proposer not in {RI, coordinator_group(department)}:
        answers.refuse("department", "not_an_option")
    answers.check()
    return _start(
        engine,
        unit,
        Partnership(kind=kind, title=title, hei_id=hei_id, department=department),
        proposer=proposer,
    )


def renew(engine: Engine, unit: Unit, partnership_id: int, *, proposer: str) -> Proposed:
    """Propose the renewal of a partnership: a new one with the same file, to be read again.

    Raises NotFound, or InvalidInput where it is not in force or its renewal has begun.
    """
    old = unit.session.get(Partnership, partnership_id, with_for_update=True)
    if old is None:
        raise NotFound
    if old.state != IN_FORCE:
        raise InvalidInput({"partnership": ["partnership_not_in_force"]})
    if renewal_of(unit.session, old.id) is not None:
        raise InvalidInput({"partnership": ["partnership_renewed_already"]})
    copied = (
        "kind",
        "title",
        "hei_id",
        "department",
        "isced_f",
        "places_out",
        "places_in",
        "years",
        "purpose",
        "home_curriculum",
        "partner_curriculum",
        "grade_grid",
    )
    new = Partnership(**{name: getattr(old, name) for name in copied}, renewal_of=old.id)
    return _start(engine, unit, new, proposer=proposer)


def _start(engine: Engine, unit: Unit, new: Partnership, *, proposer: str) -> Proposed:
    session = unit.session
    new.state, new.created_at, new.created_by = WRITTEN, unit.now, unit.actor.id
    session.add(new)
    session.flush()
    started = engine.start(
        PROCESS,
        actor=unit.actor,
        business_key=f"partnership-{new.id}",
        variables={
            "partnership": new.id,
            "proposer": proposer,
            "kind": new.kind,
            "department": new.department,
            "partner": new.hei_id,
            "academic_year": academic_year(unit.now.astimezone(ZONE).date()),
        },
        labels=_labels(session, new),
        links=_links(proposer, new.department),
        unit=unit,
    )
    new.instance_id = started.instance_id
    session.flush()
    return Proposed(new.id, started.instance_id, started.work_items)


def _labels(session: Session, new: Partnership) -> Labels:
    return Labels(
        subject=new.title,
        org_unit=new.department,
        counterparty=institution_name(session, new.hei_id),
    )


def _links(proposer: str, department: str) -> list[str]:
    own = [coordinator_group(department)] if department else []
    return [RI, *own, *([] if proposer in {RI, *own} else [proposer])]


def write_file(
    session: Session, partnership: Partnership, data: Mapping[str, object], *, max_years: int
) -> None:
    """Keep the pedagogical file of a proposal.

    Takes ``purpose``, ``isced_f``, ``places_out``, ``places_in``, ``starts_on``, ``years``
    and, for a double degree, ``home_curriculum``, ``partner_curriculum`` and ``grade_grid``,
    which it needs. Raises InvalidInput by field.
    """
    answers = Answers(data)
    double = partnership.kind == "double_degree"
    texts = {
        name: answers.text(name, most=MOST_FILE, required=needed)
        for name, needed in (
            ("purpose", True),
            ("home_curriculum", double),
            ("partner_curriculum", double),
            ("grade_grid", double),
        )
    }
    isced = answers.text("isced_f", most=4)
    if isced and not (isced.isascii() and isced.isdigit() and len(isced) in (2, 3, 4)):
        answers.refuse("isced_f", "pattern")
    places = {
        name: answers.whole(name, 0, MOST_PLACES, required=partnership.kind == "agreement")
        for name in ("places_out", "places_in")
    }
    starts_on = answers.day("starts_on", required=True)
    years = answers.whole("years", 1, min(max_years, LONGEST), required=True)
    answers.check()
    for name, text in texts.items():
        setattr(partnership, name, text)
    for name, number in places.items():
        setattr(partnership, name, number or 0)
    partnership.isced_f, partnership.starts_on, partnership.years = isced, starts_on, years or 0
    session.flush()


def get_partnership(session: Session, partnership_id: int) -> Partnership:
    """The partnership with that id; raises NotFound."""
    found = session.get(Partnership, partnership_id)
    if found is None:
        raise NotFound
    return found


def renewal_of(session: Session, partnership_id: int) -> Partnership | None:
    """The proposal to renew a partnership that has not been refused."""
    statement = select(Partnership).where(
        Partnership.renewal_of == partnership_id, Partnership.state != REFUSED
    )
    return session.scalars(statement.order_by(Partnership.id.desc()).limit(1)).first()


def listed(session: Session, *, year: str, home_hei_id: str) -> list[Listed]:
    """Every partnership, those that end first in front, with the places taken in ``year``.

    One statement. A place is taken by a mobility of the year with the partner that is not
    called off and, where the partnership is one department's, in that department.
    """
    renewal = aliased(Partnership)
    partner = Partnership.hei_id
    out = and_(Mobility.sending_hei_id == home_hei_id, Mobility.receiving_hei_id == partner)
    into = and_(Mobility.receiving_hei_id == home_hei_id, Mobility.sending_hei_id == partner)
    statement = (
        select(
            Partnership,
            func.coalesce(Institution.name, Partnership.hei_id),
            func.count(Mobility.id.distinct()).filter(out),
            func.count(Mobility.id.distinct()).filter(into),
            func.max(renewal.id),
        )
        .outerjoin(Institution, Institution.hei_id == Partnership.hei_id)
        .outerjoin(renewal, and_(renewal.renewal_of == Partnership.id, renewal.state != REFUSED))
        .outerjoin(
            Mobility,
            and_(
                Mobility.receiving_academic_year_id == year,
                Mobility.called_off_at.is_(None),
                or_(out, into),
                or_(Partnership.department == "", Partnership.department == Mobility.department),
            ),
        )
        .group_by(Partnership.id, Institution.name)
        .order_by(Partnership.ends_on.is_(None), Partnership.ends_on, Partnership.id)
    )
    return [Listed(*_row(row)) for row in session.execute(statement)]


def _row(row: Any) -> tuple[Partnership, str, int, int, int | None]:
    return row[0], str(row[1]), int(row[2]), int(row[3]), row[4]


def department_choices(session: Session, groups: frozenset[str]) -> list[Department]:
    """The departments for which somebody with these groups may propose a partnership."""
    known = departments(session)
    return known if RI in groups else [d for d in known if d.coordinator_group in groups]


def proposer_for(groups: frozenset[str], department: str) -> str:
    """The group that writes the file of what somebody proposes.

    A coordinator proposes for a department of theirs, RI for any, and for all together.
    Raises InvalidInput for anybody else.
    """
    own = coordinator_group(department)
    if department and own in groups:
        return own
    if RI in groups:
        return RI
    raise InvalidInput({"department": ["not_an_option" if department else "required"]})


def year_at(now: datetime) -> str:
    """The academic year of an instant."""
    return academic_year(now.astimezone(ZONE).date())


def years_allowed(max_years: object) -> int:
    """How long a proposal may last, as the circuit's table says; never longer than the law.

    Raises InvalidInput where the table says no number.
    """
    if not isinstance(max_years, int | float) or isinstance(max_years, bool):
        raise InvalidInput({"years": ["not_a_number"]})
    return min(int(max_years), LONGEST)
