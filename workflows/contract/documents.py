"""Importing documents of the EWP network: agreements, and partners' answers to them.

A file is imported whole or not at all, in one transaction. What it says about an agreement
that is stored already is compared with what is stored, so the same file again changes
nothing, and a case moves exactly as far as the new signatures carry it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from engine.errors import EngineError
from workflows.contract.agreements import AgreementImport
from workflows.contract.answers import AnswerImport
from workflows.contract.incoming import Incoming, IncomingAgreement, read
from workflows.contract.xml import ImportProblem, Refused
from workflows.people.services import PARTNER_DESK

if TYPE_CHECKING:
    from engine import Engine, Unit
    from engine.identity import Actor

HOME_HEI = "univ-tlse2.fr"

__all__ = ["ImportProblem", "ImportReport", "import_learning_agreement"]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file: numbers of agreements, and every problem with its line.

    With ``errors`` nothing has been stored. ``warnings`` name what was stored but moved
    nothing, such as a comment on a version that is signed already.
    """

    filename: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: tuple[ImportProblem, ...] = ()
    warnings: tuple[ImportProblem, ...] = ()
    mobility_ids: tuple[int, ...] = ()
    instance_ids: tuple[int, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the file was imported."""
        return not self.errors


@dataclass(slots=True)
class _Counts:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    warnings: list[ImportProblem] = field(default_factory=list)
    mobility_ids: list[int] = field(default_factory=list)
    instance_ids: list[int] = field(default_factory=list)


def import_learning_agreement(
    engine: Engine, data: bytes, filename: str, actor: Actor, *, home_hei: str = HOME_HEI
) -> ImportReport:
    """Import a get-response, a bare ``la`` or an update request on ``actor``'s behalf.

    Never raises for bad content: the report then lists errors and nothing is stored.
    Whoever calls it has checked that ``actor`` may import.
    """
    try:
        incoming = read(data)
        acting = replace(actor, groups=actor.groups | {PARTNER_DESK}, oversees=True)
        counts = _stored(engine, _behalf(acting, incoming), incoming, home_hei)
    except Refused as refused:
        return ImportReport(filename, errors=tuple(refused.problems))
    except EngineError as error:
        problem = ImportProblem(0, error.code, error.detail)
        return ImportReport(filename, errors=(problem,))
    return ImportReport(
        filename,
        created=counts.created,
        updated=counts.updated,
        unchanged=counts.unchanged,
        warnings=tuple(counts.warnings),
        mobility_ids=tuple(dict.fromkeys(counts.mobility_ids)),
        instance_ids=tuple(dict.fromkeys(counts.instance_ids)),
    )


def _stored(engine: Engine, actor: Actor, incoming: Sequence[Incoming], home_hei: str) -> _Counts:
    """Store everything in one transaction; again, once, where another import came between."""
    try:
        with engine.unit(actor) as unit:
            return _apply(engine, unit, incoming, home_hei)
    except IntegrityError:
        with engine.unit(actor) as unit:
            return _apply(engine, unit, incoming, home_hei)


def _behalf(actor: Actor, incoming: Sequence[Incoming]) -> Actor:
    """Who imports an answer acts for the institution that gave it; history says so."""
    first = incoming[0]
    if isinstance(first, IncomingAgreement):
        return actor
    return replace(actor, on_behalf_of=f"partner:{first.signature.signer_email or 'unknown'}")


def _apply(engine: Engine, unit: Unit, incoming: Sequence[Incoming], home_hei: str) -> _Counts:
    counts = _Counts()
    for each in incoming:
        if isinstance(each, IncomingAgreement):
            done = AgreementImport(engine, unit, each, home_hei).run()
        else:
            done = AnswerImport(engine, unit, each).run()
        setattr(counts, done.result, getattr(counts, done.result) + 1)
        counts.warnings += done.warnings
        counts.mobility_ids.append(done.mobility.id)
        if done.mobility.instance_id is not None:
            counts.instance_ids.append(done.mobility.instance_id)
    return counts
