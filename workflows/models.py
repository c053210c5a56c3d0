"""Every table of the domain, imported once so that the metadata is complete."""

from __future__ import annotations

from workflows.contract.models import (
    Component,
    ComponentCredit,
    ContractVersion,
    PartnerComment,
    Review,
    Signature,
)
from workflows.mail.models import MailMessage
from workflows.mobility.models import Mobility
from workflows.partners.models import Department, Institution
from workflows.people.models import Membership, Person

__all__ = [
    "Component",
    "ComponentCredit",
    "ContractVersion",
    "Department",
    "Institution",
    "MailMessage",
    "Membership",
    "Mobility",
    "PartnerComment",
    "Person",
    "Review",
    "Signature",
]
