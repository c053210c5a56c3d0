"""What scenarios can do with a contract, and look up in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.errors import NotFound
from workflows.contract.models import Component
from workflows.contract.reading import contract_view
from workflows.contract.services import open_contract
from workflows.contract.views import ComponentView, VersionView
from workflows.people.services import get_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.scenarios.stage import Stage

SIGNER = {"signer_name": "Carmen Sánchez", "signer_position": "Coordinadora Erasmus"}
"""Who signs for the partner."""


def _open(stage: Stage, arguments: Mapping[str, Any]) -> int:
    """Open a contract; gives the mobility's number.

    Arguments: ``student`` (a member), ``department``, ``partner``, ``academic_year``,
    ``mobility_type``.
    """
    given = stage.given(
        arguments,
        student="student",
        department="lea",
        partner="usal.es",
        academic_year="2026/2027",
        mobility_type="semester",
    )
    number = stage.person_id(given["student"])
    with stage.unit() as unit:
        opened = open_contract(
            stage.engine,
            unit,
            student=get_person(unit.session, number),
            department=given["department"],
            receiving_hei_id=given["partner"],
            academic_year=given["academic_year"],
            home_hei_id=stage.home_hei_id,
            mobility_type=given["mobility_type"],
        )
    stage.opened(opened.mobility_id)
    return opened.mobility_id


def _sign(stage: Stage, arguments: Mapping[str, Any]) -> None:
    """Take an open contract from its draft to three signatures, everybody approving.

    Arguments: ``student`` and ``coordinator`` (members), and ``draft``: the changes of
    the draft.
    """
    given = stage.given(arguments, student="student", coordinator="coordinator", draft={})
    complete = partial(stage.complete, process="contract", case=stage.business_key)
    student, coordinator = given["student"], given["coordinator"]
    complete("draft", student, data=_draft(stage, given["draft"]))
    complete("check_coherence", coordinator, "approve")
    complete("sign_student", student, "approve")
    complete("sign_sending", coordinator, "approve")
    complete("check_admin", "ri", "approve")
    complete("partner_answer", "partner", "approve", data=SIGNER)


def _draft(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, object]:
    """A complete draft of 30 credits on both sides; arguments replace its fields."""
    studied = [_course(f"Curso {number}", "6") for number in range(1, 6)]
    recognised = [_course(f"UE {number}", "10") for number in range(1, 4)]
    return {**_FIELDS, "studied": studied, "recognised": recognised, **arguments}


def _revised(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, object]:
    """The present version as the page shows it for editing.

    Arguments: ``without``, titles of components that are dropped abroad, and ``plus``,
    those added there as ``{title: credits}``.
    """
    given = stage.given(arguments, without=[], plus={})
    version = _current(stage)
    studied = [
        _row(row) for row in version.part("studied").rows if row.title not in given["without"]
    ]
    studied += [_course(title, str(credits_)) for title, credits_ in given["plus"].items()]
    return {"studied": studied, "recognised": [_row(r) for r in version.part("recognised").rows]}


def _course(title: str, credits_: str) -> dict[str, object]:
    return {
        "title": title,
        "los_code": title[:3].upper(),
        "term_number": "1",
        "total_terms": "2",
        "credits": [{"scheme": "ects", "value": credits_}],
    }


def _row(row: ComponentView) -> dict[str, object]:
    """A component as the page sends it back; its lineage says which it was."""
    return {
        "title": row.title,
        "los_code": row.los_code,
        "term_number": row.term_number,
        "total_terms": row.total_terms,
        "credits": [{"scheme": each.scheme, "value": each.text} for each in row.credits],
        "lineage": row.lineage,
    }


def _current(stage: Stage) -> VersionView:
    with stage.reading() as session:
        return contract_view(session, stage.mobility).current


def component_names(session: Session) -> dict[str, Any]:
    """How a scenario names each component there is, by its lineage: as it was called first."""
    found = session.execute(
        select(Component.lineage, Component.title).order_by(Component.id.desc())
    )
    return {row.lineage: {"$component": {"title": row.title}} for row in found}


def _component(stage: Stage, arguments: Mapping[str, Any]) -> str:
    """The lineage of the newest component that has a ``title``."""
    given = stage.given(arguments, title="")
    wanted = select(Component.lineage).where(Component.title == given["title"])
    with stage.reading() as session:
        found = session.scalars(wanted.order_by(Component.id.desc())).first()
    if found is None:
        raise NotFound
    return found


def _of_version(look: Callable[[VersionView], Any]) -> Callable[[Stage, Mapping[str, Any]], Any]:
    return lambda stage, _: look(_current(stage))


_FIELDS: Mapping[str, object] = {
    "sending_contact_given_names": "Claire",
    "sending_contact_family_name": "Vidal",
    "sending_contact_email": "claire.vidal@example.org",
    "student_global_id": "urn:schac:personalUniqueCode:int:esi:fr:1234567890A",
    "student_birth_date": "2004-02-29",
    "student_citizenship": "FR",
    "student_gender": "2",
    "start_date": "2026-09-01",
    "end_date": "2027-01-31",
    "eqf_level_studied_at_departure": "6",
    "isced_f_code": "0231",
    "language": "es",
    "cefr_level": "B2",
    "learning_outcomes_url": "https://catalogue.usal.es.example.org/",
    "provisions_url": "https://catalogue.usal.es.example.org/resits",
}

ACTIONS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "open_contract": _open,
    "sign_contract": _sign,
}
FILLERS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "draft": _draft,
    "revised_draft": _revised,
    "signer": lambda stage, arguments: {**SIGNER, **arguments},
    "component": _component,
    "digest": _of_version(lambda version: version.digest),
    "contract_version": _of_version(lambda version: version.number),
    "contract_status": _of_version(lambda version: version.status),
    "contract_signatures": _of_version(lambda version: [s.role for s in version.signatures]),
    "contract_changes": _of_version(
        lambda version: {
            row.title: row.change for row in version.part("studied").rows if row.change != "kept"
        }
    ),
}
