"""What scenarios can do with changes of a contract, and look up in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from workflows.contract.reading import contract_view
from workflows.contract.views import ContractView
from workflows.contract_change.corrections import correct
from workflows.contract_change.proposals import EARLIER
from workflows.contract_change.semesters import set_semester_start
from workflows.contract_change.services import Wish, ask_for_change, requests_of, withdraw

if TYPE_CHECKING:
    from workflows.scenarios.stage import Stage

SIGNER = {"signer_name": "Carmen Sánchez", "signer_position": "Coordinadora Erasmus"}


def _ask(stage: Stage, arguments: Mapping[str, Any]) -> int:
    """Ask for a change of the signed contract; gives the case.

    Arguments: those of :class:`Wish`; without ``party`` it is the student's.
    """
    given = stage.given(
        arguments,
        party="student",
        about="components",
        reason="A course is not taught.",
        late_reason="",
        writes="student",
    )
    with stage.unit() as unit:
        asked = ask_for_change(
            stage.engine, unit, stage.mobility, Wish(**given), home_hei_id=stage.home_hei_id
        )
    return asked.instance_id


def _withdraw(stage: Stage, arguments: Mapping[str, Any]) -> None:
    """Take the running change back, with a ``reason``."""
    given = stage.given(arguments, reason="No longer needed.")
    with stage.unit() as unit:
        withdraw(stage.engine, unit, stage.mobility, given["reason"])


def _correct(stage: Stage, arguments: Mapping[str, Any]) -> None:
    """Correct contacts or dates: ``fields`` by name."""
    given = stage.given(arguments, fields={}, reason="")
    with stage.unit() as unit:
        correct(stage.engine, unit, stage.mobility, given["fields"], given["reason"])


def _semester(stage: Stage, arguments: Mapping[str, Any]) -> None:
    """Enter the first day of a partner's semester."""
    given = stage.given(
        arguments, partner="usal.es", academic_year="2026/2027", semester="2", starts_on=""
    )
    with stage.unit() as unit:
        set_semester_start(
            unit,
            hei_id=given["partner"],
            academic_year=given["academic_year"],
            semester=str(given["semester"]),
            starts_on=str(given["starts_on"]),
        )


def _agree(stage: Stage, _: Mapping[str, Any]) -> None:
    """Student, coordinator, RI and partner agree to the proposed change."""
    complete = partial(stage.complete, process="contract_change", case=stage.business_key)
    complete("sign_student", "student", "approve")
    complete("sign_sending", "coordinator", "approve")
    complete("check_admin", "ri", "approve", data={"home_registration": True})
    complete("partner_answer", "partner", "approve", data=SIGNER)


def _proposal(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, object]:
    """A change as its page sends it.

    Arguments: ``without``, titles taken out abroad; ``plus``, those added as
    ``{title: credits}``; ``end_date`` of an extension.
    """
    given = stage.given(arguments, without=[], plus={}, end_date=None)
    base = _view(stage).in_force
    assert base is not None, "the contract is signed"
    proposal: dict[str, object] = {
        EARLIER: [
            {"lineage": row.lineage, "remove": "1", "reason_code": "not-available"}
            for row in base.part("studied").rows
            if row.title in given["without"]
        ],
        "studied": [
            {
                "title": title,
                "term_number": "1",
                "total_terms": "2",
                "credits": [{"scheme": "ects", "value": str(credits_)}],
                "reason_code": "substituting-deleted",
            }
            for title, credits_ in given["plus"].items()
        ],
    }
    return proposal if given["end_date"] is None else {**proposal, "end_date": given["end_date"]}


def _view(stage: Stage) -> ContractView:
    with stage.reading() as session:
        return contract_view(session, stage.mobility)


def _in_force(stage: Stage, _: Mapping[str, Any]) -> int | None:
    """The number of the version in force."""
    found = _view(stage).in_force
    return found.number if found else None


def _abroad(stage: Stage, _: Mapping[str, Any]) -> list[str]:
    """Titles of what is studied abroad, as in force."""
    found = _view(stage).in_force
    rows = found.part("studied").rows if found else ()
    return [row.title for row in rows if row.change != "removed"]


def _result(stage: Stage, _: Mapping[str, Any]) -> str | None:
    """How the last request ended; None while it runs."""
    with stage.reading() as session:
        return requests_of(session, stage.mobility)[-1].result


ACTIONS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "ask_for_change": _ask,
    "withdraw_change": _withdraw,
    "correct_contract": _correct,
    "enter_semester_start": _semester,
    "agree_to_change": _agree,
}
FILLERS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "change": _proposal,
    "version_in_force": _in_force,
    "studied_in_force": _abroad,
    "change_result": _result,
}
