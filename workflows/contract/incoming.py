"""What a document of the EWP network says, as values: agreements and answers to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from workflows.contract.components import component, new_lineage
from workflows.contract.views import ComponentView, CreditView, Part, Role
from workflows.contract.xml import Node, child, line_of, local, read_document, refuse, text_of
from workflows.mobility.agreement import Agreement

PART_OF_LIST = {
    "components-studied": Part.STUDIED,
    "components-recognized": Part.RECOGNISED,
    "virtual-components": Part.VIRTUAL,
    "blended-mobility-components": Part.BLENDED,
    "short-term-doctoral-components": Part.DOCTORAL,
}
ROLE_OF_SIGNATURE = {
    "student-signature": Role.STUDENT,
    "sending-hei-signature": Role.SENDING,
    "receiving-hei-signature": Role.RECEIVING,
}
VERSION_KINDS = ("first-version", "approved-changes", "changes-proposal")
MAX_NUMBER = 40


@dataclass(frozen=True, slots=True)
class IncomingSignature:
    """A signature as its producer wrote it."""

    signer_name: str | None
    signer_position: str | None
    signer_email: str | None
    signer_app: str | None
    timestamp: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IncomingVersion:
    """One of the up to three states a document gives of an agreement.

    ``changes`` says that its rows are a change list to the first version and not the
    whole table.
    """

    kind: str
    changes_proposal_id: str | None
    agreement: Agreement
    rows: tuple[ComponentView, ...]
    signatures: dict[Role, IncomingSignature]
    changes: bool
    line: int


@dataclass(frozen=True, slots=True)
class IncomingAgreement:
    """One ``la`` element."""

    omobility_id: str
    mobility_type: str
    agreement: Agreement
    versions: tuple[IncomingVersion, ...]
    line: int


@dataclass(frozen=True, slots=True)
class IncomingAnswer:
    """A request of the receiving institution: approval, or a comment that rejects."""

    sending_hei_id: str
    omobility_id: str
    changes_proposal_id: str
    comment: str | None
    signature: IncomingSignature
    line: int


Incoming = IncomingAgreement | IncomingAnswer


def read(data: bytes) -> list[Incoming]:
    """What the document holds; raises :class:`workflows.contract.xml.Refused`."""
    root = read_document(data)
    if local(root) == "omobility-las-update-request":
        return [_answer(root)]
    agreements: list[Incoming] = [_agreement(la) for la in root]
    if not agreements:
        raise refuse(line_of(root), "no_agreement", "The document holds no learning agreement.")
    return agreements


def _agreement(la: Node) -> IncomingAgreement:
    agreement = _fields(la)
    found = [(kind, node) for kind in VERSION_KINDS if (node := child(la, kind)) is not None]
    if not found:
        raise refuse(
            line_of(la),
            "no_version",
            "The agreement has neither a first version nor a proposal.",
        )
    has_first = found[0][0] == "first-version"
    versions = tuple(
        _version(node, kind, agreement, has_first and kind != "first-version")
        for kind, node in found
    )
    parts = {row.part for version in versions for row in version.rows}
    return IncomingAgreement(
        omobility_id=text_of(la, "omobility-id") or "",
        mobility_type=_mobility_type(parts),
        agreement=agreement,
        versions=versions,
        line=line_of(la),
    )


def _mobility_type(parts: set[Part]) -> str:
    if Part.BLENDED in parts:
        return "blended"
    return "doctoral" if Part.DOCTORAL in parts else "semester"


def _fields(la: Node) -> Agreement:
    values: dict[str, str | None] = {}
    for side in ("sending", "receiving"):
        values.update(_institution(la, side))
    values.update(_student(child(la, "student")))
    for name in (
        "receiving-academic-year-id",
        "start-date",
        "start-year-month",
        "end-date",
        "end-year-month",
        "eqf-level-studied-at-departure",
        "isced-f-code",
        "isced-clarification",
        "learning-outcomes-url",
        "provisions-url",
    ):
        values[name.replace("-", "_")] = text_of(la, name)
    for name in ("language", "cefr-level"):
        values[name.replace("-", "_")] = text_of(la, "student-language-skill", name)
    return Agreement.of(values)


def _institution(la: Node, side: str) -> dict[str, str | None]:
    hei = f"{side}-hei"
    values = {
        f"{side}_{name.replace('-', '_')}": text_of(la, hei, name)
        for name in ("hei-id", "ounit-name", "ounit-id")
    }
    for name in ("given-names", "family-name", "email"):
        key = f"{side}_contact_{name.replace('-', '_')}"
        values[key] = text_of(la, hei, "contact-person", name)
    for name in ("e164", "ext", "other-format"):
        key = f"{side}_contact_phone_{name.replace('-', '_')}"
        values[key] = text_of(la, hei, "contact-person", "phone-number", name)
    return values


def _student(student: Node | None) -> dict[str, str | None]:
    if student is None:
        return {}
    return {f"student_{local(node).replace('-', '_')}": text_of(node) for node in student}


def _version(node: Node, kind: str, agreement: Agreement, changes: bool) -> IncomingVersion:
    changed = _student(child(node, "student"))
    signatures = {
        role: _signature(found)
        for name, role in ROLE_OF_SIGNATURE.items()
        if (found := child(node, name)) is not None
    }
    if Role.STUDENT not in signatures and signatures:
        raise refuse(
            line_of(node),
            "signature_order",
            "The student has not signed, but an institution has.",
        )
    return IncomingVersion(
        kind=kind,
        changes_proposal_id=node.get("id"),
        agreement=replace(agreement, **changed) if changed else agreement,
        rows=tuple(_rows(node)),
        signatures=signatures,
        changes=changes,
        line=line_of(node),
    )


def _rows(version: Node) -> Iterator[ComponentView]:
    for name, part in PART_OF_LIST.items():
        holder = child(version, name)
        if holder is not None:
            for position, node in enumerate(holder):
                yield _component(node, part, position)


def _component(node: Node, part: Part, position: int) -> ComponentView:
    texts = {
        name.replace("-", "_"): text_of(node, name)
        for name in (
            "los-id",
            "los-code",
            "title",
            "loi-id",
            "recognition-conditions",
            "short-description",
        )
    }
    texts["term_number"] = text_of(node, "term-id", "term-number")
    texts["total_terms"] = text_of(node, "term-id", "total-terms")
    return replace(
        component(part, position, new_lineage(), **texts),
        credits=tuple(_credit(each) for each in node if local(each) == "credit"),
        status=node.get("status"),
        reason_code=node.get("reason-code"),
        reason_text=node.get("reason-text"),
    )


def _credit(node: Node) -> CreditView:
    text = text_of(node, "value") or ""
    if len(text.strip()) > MAX_NUMBER:
        raise refuse(
            line_of(node),
            "number_too_long",
            f"A number of credits has more than {MAX_NUMBER} digits.",
        )
    return CreditView(text_of(node, "scheme") or "", Decimal(text.strip()), text)


def _signature(node: Node) -> IncomingSignature:
    stamp = text_of(node, "timestamp") or ""
    return IncomingSignature(
        signer_name=text_of(node, "signer-name"),
        signer_position=text_of(node, "signer-position"),
        signer_email=text_of(node, "signer-email"),
        signer_app=text_of(node, "signer-app"),
        timestamp=stamp,
        at=_moment(stamp, line_of(node)),
    )


def _moment(text: str, line: int) -> datetime:
    """The instant an xs:dateTime means; without a zone it is read as UTC."""
    try:
        at = datetime.fromisoformat(text.strip())
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise refuse(
            line, "bad_timestamp", f"'{text[:60]}' is no moment that can be kept.", value=text[:60]
        ) from error


def _answer(root: Node) -> IncomingAnswer:
    request = next(node for node in root if local(node) != "sending-hei-id")
    signature = child(request, "signature")
    assert signature is not None
    return IncomingAnswer(
        sending_hei_id=text_of(root, "sending-hei-id") or "",
        omobility_id=text_of(request, "omobility-id") or "",
        changes_proposal_id=text_of(request, "changes-proposal-id") or "",
        comment=text_of(request, "comment"),
        signature=_signature(signature),
        line=line_of(request),
    )
