"""The decision as a document: what its template is given, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from sqlalchemy.orm import Session

from engine.errors import InvalidState
from workflows.mobility.models import Mobility
from workflows.notices.news import LOCALE_OF_DAYS
from workflows.office_work.local_time import ZONE
from workflows.papers.rendering import words
from workflows.partners.services import find_institution, get_department
from workflows.recognition.models import PartnerTranscript, Recognition
from workflows.recognition.policy import Rule
from workflows.recognition.results import LineResult, ResultOfRecognition, UnitResult, result_of

TEMPLATE = "recognition/decision"
KIND = "recognition.decision"
UPLOAD = "recognition.transcript"
FILENAMES = {
    "fr": "decision-de-reconnaissance",
    "en": "recognition-decision",
    "es": "decision-de-reconocimiento",
}


def paper_of(
    session: Session,
    mobility: Mobility,
    recognition: Recognition,
    transcript: PartnerTranscript,
    language: str,
    *,
    appeal_months: str,
    at: datetime,
) -> dict[str, Any]:
    """What the template shows of a decision that is notified ``at``.

    Numbers are the same digits in every language. Raises InvalidState before the jury has
    decided.
    """
    result = result_of(recognition, transcript)
    if result is None:
        raise InvalidState("The jury has not decided yet.")
    said = words("recognition", language)
    return {
        "language": language,
        "title": said["title"],
        "issuer": _name(session, mobility.sending_hei_id, language),
        "partner": _name(session, mobility.receiving_hei_id, language),
        "department": get_department(session, mobility.department).name(language),
        "student": _student(mobility),
        "academic_year": mobility.receiving_academic_year_id or "",
        "transcript": {
            "received_on": transcript.received_on or "",
            "issued_on": transcript.issued_on or "",
        },
        "lines": [_line(each) for each in result.basis],
        "units": [_unit(each) for each in result.units],
        "credits": _plain(result.credits_awarded),
        "mean": "" if result.mean is None else _plain(result.mean),
        "verdict": result.verdict.value,
        "verdict_reason": result.verdict_reason,
        "rule": _rule(recognition),
        "on_plan": transcript.on_plan,
        "authors": _authors(result),
        "issued_on": _day(at),
        "appeal_months": appeal_months,
    }


def decision_in_words(
    result: ResultOfRecognition, language: str, appeal_months: str
) -> dict[str, str]:
    """A decision as sentences of its document: for whom a text has to do."""
    said = words("recognition", language)
    rule = Rule.from_json(result.rule)
    reasons = [
        f"{said['rule']} – {said[f'rule_{rule.code}']} ({rule.version})",
        *([result.verdict_reason] if result.verdict_reason else []),
        *(f"{line.title} – {reason}" for line in result.basis for reason in line.reasons),
    ]
    day = format_date(
        result.decided_at.astimezone(ZONE),
        "long",
        locale=LOCALE_OF_DAYS.get(language, language),
    )
    return {
        "verdict": said[f"verdict_{result.verdict.value}"],
        "credits": said["credits_awarded"].format(ects=_plain(result.credits_awarded)),
        "reasons": "\n".join(f"- {reason}" for reason in reasons),
        "author": said["decided_by"].format(name=result.decided.name, date=day),
        "remedies": said["remedies_text"].format(months=appeal_months),
    }


def languages(locale: str | None) -> tuple[str, ...]:
    """The languages a decision is written in: French, and the student's own."""
    return ("fr",) if locale not in FILENAMES or locale == "fr" else ("fr", str(locale))


def seal_reason(language: str) -> str:
    """What readers show beside the seal."""
    return words("recognition", language)["title"]


def _student(mobility: Mobility) -> dict[str, str]:
    return {
        "given_names": mobility.student_given_names or "",
        "family_name": mobility.student_family_name or "",
        "birth_date": (mobility.student_birth_date or "")[:10],
    }


def _line(line: LineResult) -> dict[str, Any]:
    return {
        "code": line.code,
        "title": line.title,
        "credits": "" if line.credits is None else _plain(line.credits),
        "local_grade": line.local_grade,
        "outcome": line.outcome.value,
        "grade": "" if line.grade is None else _plain(line.grade),
        "agreed": line.agreed,
        "reasons": list(line.reasons),
    }


def _unit(unit: UnitResult) -> dict[str, Any]:
    return {
        "code": unit.code,
        "title": unit.title,
        "credits": "" if unit.credits is None else _plain(unit.credits),
        "recognised": unit.recognised,
        "on_failure": f"_{unit.failure_rule}" if unit.failure_rule else "",
    }


def _rule(recognition: Recognition) -> Mapping[str, str]:
    rule = Rule.from_json(recognition.rule)
    policy = "agreed" if rule.agreed else rule.policy.value
    return {"code": rule.code, "version": rule.version, "policy": policy}


def _authors(result: ResultOfRecognition) -> dict[str, str]:
    return {
        "proposed_by": result.proposed.name if result.proposed else "",
        "decided_by": result.decided.name,
        "decided_on": _day(result.decided.at),
        "registered_by": result.registered.name if result.registered else "",
        "reference": (result.registered.reference or "") if result.registered else "",
    }


def _name(session: Session, hei_id: str, language: str) -> str:
    found = find_institution(session, hei_id)
    if found is None:
        return hei_id
    return (found.name_en or found.name) if language == "en" else found.name


def _plain(number: Decimal) -> str:
    """A number without needless zeros, with a point in every language: 13.5, 30."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day(at: datetime) -> str:
    return at.astimezone(ZONE).date().isoformat()
