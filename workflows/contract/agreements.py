"""Importing one agreement: a new mobility, or what is new about a known one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.contract.cases import Done, answer, entry_for, go_on, lock_case, partner_item
from workflows.contract.components import TEXT_FIELDS, adopt_lineage, view_of
from workflows.contract.incoming import IncomingAgreement, IncomingSignature, IncomingVersion
from workflows.contract.models import ContractVersion
from workflows.contract.reading import effective_components, versions_of
from workflows.contract.services import add_version, start_case
from workflows.contract.signing import Signer, sign
from workflows.contract.views import ComponentView, Part, Role, VersionStatus
from workflows.contract.xml import refuse
from workflows.mobility.agreement import Agreement
from workflows.mobility.models import Mobility
from workflows.mobility.services import find_mobility, labels_for, open_mobility, stay_like
from workflows.partners.services import department_for, ensure_institution
from workflows.people.services import account_with

if TYPE_CHECKING:
    from engine import Engine, Unit


class AgreementImport:
    """Brings one ``la`` element into the database, inside the unit's transaction."""

    def __init__(
        self, engine: Engine, unit: Unit, incoming: IncomingAgreement, home_hei: str
    ) -> None:
        self.engine = engine
        self.unit = unit
        self.session = unit.session
        self.incoming = incoming
        self.home_hei = home_hei
        self.added: list[ContractVersion] = []
        self.signed: list[ContractVersion] = []

    def run(self) -> Done:
        """Store what is new and move the case; raises Refused for a contradiction."""
        mobility = find_mobility(
            self.session,
            sending_hei_id=self.incoming.agreement.sending_hei_id or "",
            omobility_id=self.incoming.omobility_id,
        )
        if mobility is None:
            mobility = self._nominated()
        if mobility is None:
            return self._create()
        return self._update(mobility)

    def _nominated(self) -> Mobility | None:
        """The mobility of a student nominated to us whose agreement this is the first of.

        It bears the partner's identifier from now on.
        """
        if not self.receives:
            return None
        agreed = Mobility.id.in_(select(ContractVersion.mobility_id))
        mobility = stay_like(self.session, self.incoming.agreement, ~agreed)
        if mobility is None:
            return None
        lock_case(self.unit, mobility)
        if versions_of(self.session, mobility.id):
            # Another import was faster: what it has brought is another agreement.
            return None
        mobility.omobility_id = self.incoming.omobility_id
        mobility.mobility_type = self.incoming.mobility_type
        self.session.flush()
        return mobility

    def _create(self) -> Done:
        agreement = self.incoming.agreement
        for hei_id in (agreement.sending_hei_id, agreement.receiving_hei_id):
            ensure_institution(self.session, hei_id or "")
        mobility = open_mobility(
            self.session,
            agreement=agreement,
            mobility_type=self.incoming.mobility_type,
            department=self._department(),
            omobility_id=self.incoming.omobility_id,
            person_id=account_with(self.session, agreement.student_email),
            now=self.unit.now,
        )
        for version in self.incoming.versions:
            self._add(mobility, version)
        start_case(
            self.engine,
            self.unit,
            mobility,
            entry=entry_for(self.added[-1], receives=self.receives),
            direction="incoming" if self.receives else "outgoing",
        )
        return Done(mobility, "created")

    @property
    def receives(self) -> bool:
        """Whether our university is the receiving one.

        For an agreement between two other universities the sending one counts as ours.
        """
        agreement = self.incoming.agreement
        return self.home_hei == agreement.receiving_hei_id != agreement.sending_hei_id

    def _department(self) -> str:
        """The home department, on the side that is ours."""
        agreement = self.incoming.agreement
        side = "receiving" if self.receives else "sending"
        return department_for(
            self.session,
            ounit_id=getattr(agreement, f"{side}_ounit_id"),
            ounit_name=getattr(agreement, f"{side}_ounit_name"),
        )

    def _update(self, mobility: Mobility) -> Done:
        self._check_immutable(mobility)
        lock_case(self.unit, mobility)
        for version in self.incoming.versions:
            self._merge(mobility, version)
        corrected = self._correct(mobility)
        if self.added:
            self._close_open_versions(mobility)
            self._go_on(mobility, self.added[-1])
        elif self.signed:
            self._move_on(mobility, self.signed[-1])
        changed = bool(self.added or self.signed) or corrected
        return Done(mobility, "updated" if changed else "unchanged")

    def _check_immutable(self, mobility: Mobility) -> None:
        if mobility.receiving_hei_id != self.incoming.agreement.receiving_hei_id:
            raise refuse(
                self.incoming.line,
                "receiving_hei_changed",
                "The receiving institution of a mobility cannot change: "
                f"{mobility.receiving_hei_id} is stored.",
                stored=mobility.receiving_hei_id,
            )

    def _merge(self, mobility: Mobility, incoming: IncomingVersion) -> None:
        """Add the version, or only the signatures it brings to a stored one."""
        stored = versions_of(self.session, mobility.id)
        self._check_proposal_id(stored, incoming)
        matches = [v for v in reversed(stored) if _same_version(v, incoming)]
        roles = {role.value for role in incoming.signatures}
        if any(roles <= {s.role for s in version.signatures} for version in matches):
            return
        # The mobility of a nomination has no version before the first agreement comes.
        latest = stored[-1] if stored else None
        if latest is not None and latest in matches and latest.status == VersionStatus.SUBMITTED:
            self._sign(latest, incoming)
            self.signed.append(latest)
        else:
            self._add(mobility, incoming)

    def _check_proposal_id(
        self, stored: Sequence[ContractVersion], incoming: IncomingVersion
    ) -> None:
        for version in stored:
            if (
                incoming.changes_proposal_id is not None
                and version.changes_proposal_id == incoming.changes_proposal_id
                and _content(_views(version)) != _content(incoming.rows)
            ):
                raise refuse(
                    incoming.line,
                    "proposal_changed",
                    "The content of this proposal has changed, but not its id "
                    f"{incoming.changes_proposal_id}.",
                    id=incoming.changes_proposal_id,
                )

    def _add(self, mobility: Mobility, incoming: IncomingVersion) -> None:
        stored = versions_of(self.session, mobility.id)
        base = _first_version(stored) if incoming.changes else None
        before = effective_components(base or stored[-1]) if stored else []
        version = add_version(
            self.session,
            mobility,
            rows=adopt_lineage(incoming.rows, before),
            now=self.unit.now,
            status=_status(incoming),
            kind=incoming.kind,
            agreement=incoming.agreement,
            changes_proposal_id=incoming.changes_proposal_id,
            base=base,
        )
        self._sign(version, incoming)
        self.added.append(version)

    def _sign(self, version: ContractVersion, incoming: IncomingVersion) -> None:
        present = {signature.role for signature in version.signatures}
        for role in Role:
            if role in incoming.signatures and role not in present:
                sign_imported(self.session, version, role, incoming.signatures[role])
        if {s.role for s in version.signatures} == set(Role):
            version.status = VersionStatus.SIGNED.value

    def _correct(self, mobility: Mobility) -> bool:
        """Take over corrections of contacts and dates, which need no new version.

        Not while the student is writing, and not from a file whose fields an earlier
        import has brought: then the mobility has gone on since.
        """
        stored = versions_of(self.session, mobility.id)
        earlier = [Agreement.from_json(v.agreement) for v in stored if v not in self.added]
        known = [*earlier, mobility.agreement]
        if self.incoming.agreement in known or stored[-1].status == VersionStatus.DRAFT:
            return False
        mobility.agreement = self.incoming.agreement
        if mobility.instance_id is not None:
            labels = labels_for(self.session, mobility, incoming=self.receives)
            self.unit.relabel(mobility.instance_id, labels)
        return True

    def _close_open_versions(self, mobility: Mobility) -> None:
        """What was still open here has been overtaken by what the document brought."""
        for version in versions_of(self.session, mobility.id):
            if version not in self.added and version.status in {
                VersionStatus.DRAFT,
                VersionStatus.SUBMITTED,
            }:
                version.status = VersionStatus.SUPERSEDED.value

    def _move_on(self, mobility: Mobility, version: ContractVersion) -> None:
        item = partner_item(self.unit, mobility)
        if item is not None and version.status == VersionStatus.SIGNED:
            version.status = VersionStatus.SUBMITTED.value
            self.session.flush()
            answer(self.engine, self.unit, item, "approve", None)
        elif item is None or entry_for(version, receives=self.receives) != "partner":
            self._go_on(mobility, version)

    def _go_on(self, mobility: Mobility, version: ContractVersion) -> None:
        go_on(self.engine, self.unit, mobility, version, receives=self.receives)


def sign_imported(
    session: Session, version: ContractVersion, role: Role, signature: IncomingSignature
) -> None:
    """Put a document's signature under a version, as its producer wrote it."""
    sign(
        session,
        version,
        role,
        Signer(
            name=signature.signer_name,
            position=signature.signer_position,
            email=signature.signer_email,
            app=signature.signer_app,
        ),
        at=signature.at,
        timestamp=signature.timestamp,
    )


def _status(incoming: IncomingVersion) -> VersionStatus:
    if set(incoming.signatures) == set(Role):
        return VersionStatus.SIGNED
    return VersionStatus.SUBMITTED if incoming.signatures else VersionStatus.DRAFT


def _first_version(stored: Sequence[ContractVersion]) -> ContractVersion | None:
    """What change lists apply to: the first version all parties had signed.

    The schema describes every list, approved or proposed, as changes to the first version.
    """
    signed = [v for v in stored if v.status == VersionStatus.SIGNED and v.base_id is None]
    return signed[0] if signed else None


def _views(version: ContractVersion) -> list[ComponentView]:
    return [view_of(row) for row in version.components]


def _content(rows: Sequence[ComponentView]) -> dict[Part, list[tuple[object, ...]]]:
    """Everything a document says of components, in order, by part."""
    content: dict[Part, list[tuple[object, ...]]] = {}
    for row in rows:
        content.setdefault(row.part, []).append(
            (
                *(getattr(row, name) for name in TEXT_FIELDS),
                *((credit.scheme, credit.text) for credit in row.credits),
                row.status,
                row.reason_code,
                row.reason_text,
            )
        )
    return content


def _same_version(stored: ContractVersion, incoming: IncomingVersion) -> bool:
    """Whether a document speaks of a stored version.

    Its components must be the same, and its proposal id or, where only one side has one,
    the moment the student signed.
    """
    if _content(_views(stored)) != _content(incoming.rows):
        return False
    if stored.changes_proposal_id and incoming.changes_proposal_id:
        return stored.changes_proposal_id == incoming.changes_proposal_id
    here = next((s.signed_at for s in stored.signatures if s.role == Role.STUDENT), None)
    there = incoming.signatures.get(Role.STUDENT)
    return here is None or there is None or here == there.at
