"""A transcript comes in: kept, matched with the paper in force, given proposals.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import InvalidInput, InvalidState
from engine.tables import instance
from workflows.grading.scales import HOME, SCALES
from workflows.mobility.models import Mobility
from workflows.recognition.agreed import Agreed, agreed_in_force
from workflows.recognition.conversion import Result, convert
from workflows.recognition.elmo import SHOWN, TranscriptRead
from workflows.recognition.entry import TranscriptTyped, scale_named
from workflows.recognition.keeping import Joined, check_kept
from workflows.recognition.matching import folded, matched, missing
from workflows.recognition.models import (
    AgreedComponent,
    PartnerTranscript,
    Recognition,
    RecognitionUnit,
    ResultLine,
)
from workflows.recognition.policy import PASSES, Rule
from workflows.recognition.services import recognition_of
from workflows.recognition.tables import kept, register, sources
from workflows.recognition.trace import Outcome, to_json


@dataclass(frozen=True, slots=True)
class Case:
    """The case a transcript belongs to, and the version of the process it runs by."""

    instance_id: int
    definition_id: int


def case_of(session: Session, instance_id: int) -> Case:
    """The case with that number."""
    statement = select(instance.c.definition_id).where(instance.c.id == instance_id)
    return Case(instance_id, int(session.execute(statement).scalar_one()))


def upload(
    session: Session,
    case: Case,
    mobility: Mobility,
    read: TranscriptRead | None,
    *,
    document_id: int,
    actor: str,
    now: datetime,
) -> PartnerTranscript:
    """Keep an uploaded transcript until somebody has looked it over.

    ``read`` is what its XML says, None for a file that only people can read.
    """
    recognition = _opened(session, case, mobility, now)
    transcript = PartnerTranscript(
        source=read.source if read else "entered",
        document_id=document_id,
        issuer=read.issuer if read else None,
        issued_on=read.issued_on or None if read else None,
        tables=kept(read.tables) if read else "[]",
        warnings=_noticed(read, mobility) if read else "[]",
        entered=False,
        created_by=actor,
        created_at=now,
    )
    recognition.transcripts.append(transcript)
    session.flush()
    return transcript


def waiting(recognition: Recognition | None) -> PartnerTranscript | None:
    """The uploaded transcript that nobody has sent yet; None where there is none."""
    last = recognition.transcripts[-1] if recognition and recognition.transcripts else None
    return last if last is not None and not last.entered else None


def enter(
    session: Session,
    case: Case,
    mobility: Mobility,
    typed: TranscriptTyped,
    rule: Rule,
    *,
    actor: str,
    now: datetime,
) -> tuple[Recognition, PartnerTranscript]:
    """Keep the transcript as it was looked over, match it, and propose grades.

    It takes over what was uploaded since the last one; the first to be entered pins the
    department's ``rule``, each takes the terms of a validation plan from the one in force.
    Raises InvalidState where nothing was agreed that it could be matched with.
    """
    agreed = agreed_in_force(session, mobility)
    if agreed is None:
        raise InvalidState("Neither contract nor validation plan is signed by all parties.")
    recognition = _opened(session, case, mobility, now)
    pinned = Rule.from_json(recognition.rule) if recognition.rule else rule
    recognition.rule = agreed.terms(pinned).to_json()
    transcript = waiting(recognition)
    if transcript is None:
        transcript = PartnerTranscript(source="entered", created_by=actor, created_at=now)
        recognition.transcripts.append(transcript)
    transcript.received_on = typed.received_on.isoformat()
    transcript.issued_on = typed.issued_on.isoformat() if typed.issued_on else None
    transcript.scale = typed.scale.code
    transcript.entered = True
    _copy_agreed(agreed, transcript)
    session.flush()
    transcript.lines = _matched_lines(typed, transcript.agreed)
    _add_missing(session, transcript)
    propose(session, recognition, transcript, mobility)
    return recognition, transcript


def relink(
    session: Session,
    recognition: Recognition,
    mobility: Mobility,
    transcript: PartnerTranscript,
    links: Mapping[int, int | None],
) -> None:
    """Join courses to agreed components as a person says: line id to component id or None.

    Raises InvalidInput at ``lines`` unless exactly the courses of the transcript are named,
    and as :func:`workflows.recognition.keeping.check_kept` does where something agreed and
    passed would be lost.
    """
    courses = [line for line in transcript.lines if line.present]
    known = {each.id: each for each in transcript.agreed}
    if set(links) != {line.id for line in courses}:
        raise InvalidInput({"lines": ["not_these_lines"]})
    if not {target for target in links.values() if target is not None} <= set(known):
        raise InvalidInput({"lines": ["not_an_option"]})
    _check_kept(courses, links, known)
    for line in courses:
        target = links[line.id]
        line.agreed = None if target is None else known[target]
    transcript.lines = courses
    session.flush()
    _add_missing(session, transcript)
    propose(session, recognition, transcript, mobility)


def _check_kept(
    courses: Sequence[ResultLine],
    links: Mapping[int, int | None],
    known: Mapping[int, AgreedComponent],
) -> None:
    lines = {line.id: line for line in courses}
    check_kept(
        [
            Joined(Outcome(line.outcome) in PASSES, line.credits, line.agreed_id, target)
            for line, target in ((lines[number], links[number]) for number in links)
        ],
        {number: component.credits for number, component in known.items()},
    )


def complete_match(transcript: PartnerTranscript) -> bool:
    """Whether every course answers a component and every component has a course."""
    return all(line.present and line.agreed is not None for line in transcript.lines)


def propose(
    session: Session, recognition: Recognition, transcript: PartnerTranscript, mobility: Mobility
) -> None:
    """Propose a grade for every course, with its trace; what people had set is forgotten."""
    scale = scale_named(transcript.scale or "")
    if scale is None:
        raise InvalidState("The transcript has no grading scale.")
    rule = Rule.from_json(recognition.rule)
    home = SCALES[HOME]
    theirs = sources(session, transcript, mobility.receiving_hei_id)
    ours = register(session, mobility.sending_hei_id)
    for line in transcript.lines:
        _forget(line)
        if not line.present:
            continue
        result = Result(
            line.grade,
            scale,
            line.passed,
            line.isced_f or mobility.isced_f_code or "",
            _eqf(mobility),
        )
        trace = convert(result, theirs, ours, home, rule.terms)
        line.outcome = trace.outcome.value
        line.trace = json.dumps(to_json(trace), ensure_ascii=False)
        line.proposed_grade = trace.result
    recognition.proposal += 1
    session.flush()


def _opened(session: Session, case: Case, mobility: Mobility, now: datetime) -> Recognition:
    """The case's recognition; it has no rule before a transcript is entered."""
    known = recognition_of(session, case.instance_id)
    if known is not None:
        return known
    recognition = Recognition(
        mobility_id=mobility.id,
        instance_id=case.instance_id,
        definition_id=case.definition_id,
        rule="",
        proposal=0,
        created_at=now,
    )
    session.add(recognition)
    session.flush()
    return recognition


def _matched_lines(typed: TranscriptTyped, agreed: Sequence[AgreedComponent]) -> list[ResultLine]:
    links = matched(typed.courses, agreed)
    return [
        ResultLine(
            present=True,
            agreed=None if link is None else agreed[link],
            los_id=course.los_id,
            code=course.code,
            title=course.title,
            credits=course.credits,
            grade=course.grade,
            passed=course.passed,
            isced_f=course.isced_f,
            position=number,
            outcome="",
        )
        for number, (course, link) in enumerate(zip(typed.courses, links, strict=True))
    ]


def _noticed(read: TranscriptRead, mobility: Mobility) -> str:
    """What a person should look at: remarks of the reader, and another student's name."""
    noticed = [[each.code, dict(each.params)] for each in read.warnings]
    learner = read.learner
    theirs = folded(f"{learner.given_names} {learner.family_name}")
    ours = folded(f"{mobility.student_given_names or ''} {mobility.student_family_name or ''}")
    if sorted(theirs.split()) != sorted(ours.split()):
        found = f"{learner.given_names} {learner.family_name}".strip()[:SHOWN]
        noticed.append(["learner_differs", {"found": found}])
    born = (mobility.student_birth_date or "")[:10]
    if learner.birth_date and born and learner.birth_date != born:
        noticed.append(["birth_date_differs", {"found": learner.birth_date}])
    return json.dumps(noticed, ensure_ascii=False)


def _copy_agreed(agreed: Agreed, transcript: PartnerTranscript) -> None:
    """Copy what was agreed, and name the paper it stands in."""
    transcript.contract_version_id = agreed.contract_version_id
    transcript.validation_plan_id = agreed.validation_plan_id
    transcript.agreed_digest = agreed.digest
    transcript.agreed = [
        AgreedComponent(
            position=n, los_id=each.los_id, code=each.code, title=each.title, credits=each.credits
        )
        for n, each in enumerate(agreed.components)
    ]
    transcript.units = [
        RecognitionUnit(
            position=n,
            code=unit.code,
            title=unit.title,
            credits=unit.credits,
            recognised=False,
            failure_rule=unit.failure_rule,
            components=[transcript.agreed[place] for place in unit.replaced_by],
        )
        for n, unit in enumerate(agreed.units)
    ]


def _add_missing(session: Session, transcript: PartnerTranscript) -> None:
    """Let each agreed component without a course stand in the list as missing."""
    agreed = transcript.agreed
    places = {each.id: n for n, each in enumerate(agreed)}
    links = [None if line.agreed is None else places[line.agreed.id] for line in transcript.lines]
    start = max((line.position for line in transcript.lines), default=-1) + 1
    transcript.lines += [
        _missing_line(agreed, index, start + n) for n, index in enumerate(missing(links, agreed))
    ]
    session.flush()


def _missing_line(agreed: Sequence[AgreedComponent], index: int, position: int) -> ResultLine:
    component = agreed[index]
    return ResultLine(
        present=False,
        agreed=component,
        code=component.code,
        title=component.title,
        credits=component.credits,
        grade="",
        position=position,
        outcome=Outcome.ABSENT.value,
    )


def _forget(line: ResultLine) -> None:
    line.proposed_grade = None
    line.coordinator_set = line.jury_set = False
    line.coordinator_grade = line.jury_grade = None
    line.coordinator_reason = line.jury_reason = None


def _eqf(mobility: Mobility) -> int | None:
    level = (mobility.eqf_level_studied_at_departure or "").strip()
    return int(level) if level in {"1", "2", "3", "4", "5", "6", "7", "8"} else None
