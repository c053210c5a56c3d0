"""Every table of the domain, imported once so that the metadata is complete."""

from __future__ import annotations

from workflows.admission.models import DepartmentAnswer, IncomingNomination
from workflows.application.file_models import (
    Application,
    ApplicationResult,
    ApplicationReview,
    LanguageLevel,
    Nomination,
    ReviewPoints,
    Wish,
)
from workflows.application.models import Campaign, CommissionMember, Place, Ranking, Seat
from workflows.contract.models import (
    Component,
    ComponentCredit,
    ContractVersion,
    PartnerComment,
    Review,
    Signature,
)
from workflows.contract_change.models import ChangeRequest, Correction, SemesterStart
from workflows.difficulty.models import Difficulty
from workflows.evidence.models import BundledCase, EvidenceBundle
from workflows.exam_waiver.models import Waiver, WaiverAnswer, WaiverExam, WaiverRequest
from workflows.grade_transfer.models import Course, GradeEntry, Stay, Transcript
from workflows.grading.models import GradingTable
from workflows.grant.models import Grant, GrantEvent
from workflows.mail.models import MailAttachment, MailMessage
from workflows.meeting.models import Meeting, MeetingDepartment, MeetingSeat
from workflows.mobility.models import Mobility, ShortenedStay
from workflows.office_work.models import (
    Digest,
    DigestEntry,
    MailSetting,
    Mention,
    SavedView,
    Substitution,
)
from workflows.papers.models import Document, DocumentContent
from workflows.partners.models import Department, Institution
from workflows.partnership.models import Opinion, Partnership
from workflows.people.models import Membership, Person
from workflows.recognition.models import (
    AgreedComponent,
    PartnerTranscript,
    Recognition,
    RecognitionAnswer,
    RecognitionUnit,
    ResultLine,
)
from workflows.relay.models import Enclosure, Letter
from workflows.retention.models import PersonErasure, Purge, RetentionRule
from workflows.scenarios.models import PublishedDespite, ScenarioResult
from workflows.validation_plan.models import (
    PlanAnswer,
    PlanCourse,
    PlanRow,
    PlanSignature,
    ValidationPlan,
)

__all__ = [
    "AgreedComponent",
    "Application",
    "ApplicationResult",
    "ApplicationReview",
    "BundledCase",
    "Campaign",
    "ChangeRequest",
    "CommissionMember",
    "Component",
    "ComponentCredit",
    "ContractVersion",
    "Correction",
    "Course",
    "Department",
    "DepartmentAnswer",
    "Difficulty",
    "Digest",
    "DigestEntry",
    "Document",
    "DocumentContent",
    "Enclosure",
    "EvidenceBundle",
    "GradeEntry",
    "GradingTable",
    "Grant",
    "GrantEvent",
    "IncomingNomination",
    "Institution",
    "LanguageLevel",
    "Letter",
    "MailAttachment",
    "MailMessage",
    "MailSetting",
    "Meeting",
    "MeetingDepartment",
    "MeetingSeat",
    "Membership",
    "Mention",
    "Mobility",
    "Nomination",
    "Opinion",
    "PartnerComment",
    "PartnerTranscript",
    "Partnership",
    "Person",
    "PersonErasure",
    "Place",
    "PlanAnswer",
    "PlanCourse",
    "PlanRow",
    "PlanSignature",
    "PublishedDespite",
    "Purge",
    "Ranking",
    "Recognition",
    "RecognitionAnswer",
    "RecognitionUnit",
    "ResultLine",
    "RetentionRule",
    "Review",
    "ReviewPoints",
    "SavedView",
    "ScenarioResult",
    "Seat",
    "SemesterStart",
    "ShortenedStay",
    "Signature",
    "Stay",
    "Substitution",
    "Transcript",
    "ValidationPlan",
    "Waiver",
    "WaiverAnswer",
    "WaiverExam",
    "WaiverRequest",
    "Wish",
]
