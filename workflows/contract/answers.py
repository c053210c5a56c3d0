"""Importing a partner's answer: approval or comment, applied to the stored agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.contract.agreements import sign_imported
from workflows.contract.cases import Done, answer, lock_case, partner_item
from workflows.contract.digest import content_digest
from workflows.contract.incoming import IncomingAnswer, IncomingSignature
from workflows.contract.models import ContractVersion
from workflows.contract.reading import versions_of
from workflows.contract.signing import Signer, add_comment
from workflows.contract.views import Role, VersionStatus
from workflows.contract.xml import ImportProblem, refuse
from workflows.mobility.models import Mobility
from workflows.mobility.services import find_mobility

if TYPE_CHECKING:
    from engine import Engine, Unit


class AnswerImport:
    """Applies one update request, inside the unit's transaction."""

    def __init__(self, engine: Engine, unit: Unit, incoming: IncomingAnswer) -> None:
        self.engine = engine
        self.unit = unit
        self.session = unit.session
        self.incoming = incoming

    def run(self) -> Done:
        """Complete the partner's step; raises Refused where there is nothing to answer."""
        mobility = find_mobility(
            self.session,
            sending_hei_id=self.incoming.sending_hei_id,
            omobility_id=self.incoming.omobility_id,
        )
        if mobility is None:
            raise refuse(
                self.incoming.line,
                "unknown_agreement",
                f"The agreement {self.incoming.omobility_id} of {self.incoming.sending_hei_id} "
                "is not stored here; import it first.",
                omobility_id=self.incoming.omobility_id,
                sending_hei_id=self.incoming.sending_hei_id,
            )
        lock_case(self.unit, mobility)
        version = self._version(mobility)
        if self.incoming.comment is None:
            return self._approve(mobility, version)
        return self._comment(mobility, version, self.incoming.comment)

    def _version(self, mobility: Mobility) -> ContractVersion:
        """The version the answer names.

        A version written here has no proposal id of its own: there the content digest is
        what a partner was given to name it by.
        """
        wanted = self.incoming.changes_proposal_id
        for version in reversed(versions_of(self.session, mobility.id)):
            if wanted in {version.changes_proposal_id, content_digest(version)}:
                return version
        raise refuse(
            self.incoming.line,
            "unknown_proposal",
            f"The agreement {mobility.omobility_id} has no proposal {wanted}; "
            "a newer one may have replaced it.",
            id=wanted,
            omobility_id=mobility.omobility_id,
        )

    def _approve(self, mobility: Mobility, version: ContractVersion) -> Done:
        if any(signature.role == Role.RECEIVING for signature in version.signatures):
            return Done(mobility, "unchanged")
        item = self._open_item(mobility, version)
        if item is None:
            raise refuse(
                self.incoming.line,
                "proposal_not_open",
                f"The proposal {self.incoming.changes_proposal_id} is not waiting for an answer.",
                id=self.incoming.changes_proposal_id,
            )
        sign_imported(self.session, version, Role.RECEIVING, self.incoming.signature)
        answer(self.engine, self.unit, item, "approve", None)
        return Done(mobility, "updated")

    def _comment(self, mobility: Mobility, version: ContractVersion, text: str) -> Done:
        signature = self.incoming.signature
        if any(
            comment.text == text and comment.timestamp == signature.timestamp
            for comment in version.comments
        ):
            return Done(mobility, "unchanged")
        if not text.strip():
            raise refuse(self.incoming.line, "comment_empty", "The comment says nothing.")
        item = self._open_item(mobility, version)
        add_comment(
            self.session,
            version,
            text,
            _signer(signature),
            at=signature.at,
            timestamp=signature.timestamp,
            late=item is None,
        )
        if item is not None:
            answer(self.engine, self.unit, item, "reject", text)
            return Done(mobility, "updated")
        late = ImportProblem(
            self.incoming.line,
            "late_comment",
            f"Version {version.number} was no longer open: the comment is kept and moves nothing.",
            {"version": str(version.number)},
        )
        return Done(mobility, "updated", (late,))

    def _open_item(self, mobility: Mobility, version: ContractVersion) -> int | None:
        if version.status != VersionStatus.SUBMITTED:
            return None
        return partner_item(self.unit, mobility)


def _signer(signature: IncomingSignature) -> Signer:
    return Signer(
        name=signature.signer_name,
        position=signature.signer_position,
        email=signature.signer_email,
        app=signature.signer_app,
    )
