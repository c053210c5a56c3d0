"""Who may come in where: one table, endpoint to policy, which web.enforcement holds everybody to.

An endpoint without a policy stops the application from being created. A policy
says which roles may use the route and, where the route names an object, loads
that object as the actor sees it: what the actor may not see is not found, so
unknown and forbidden ids give the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g

from engine.errors import Forbidden, NotFound
from web import current
from web.access_history import HISTORY
from web.pages import (
    applications,
    campaign_rows,
    difficulties,
    documents,
    grade_transfer,
    meetings,
    partnerships,
    rankings,
    relay,
)
from web.policy import (
    OPERATORS,
    PROCESS_ADMINISTRATORS,
    PROCESS_READERS,
    Policy,
    instance,
    person,
    whole_instance,
)
from web.viewer import Viewer
from workflows.mobility.services import mobility_of_case
from workflows.relay.services import party_of


def _work_item(_viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    g.work_item = current.engine().work_item(arguments["item_id"], actor=person())


def _party(viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    whole_instance(viewer, arguments)
    with current.reading() as rows:
        mobility = mobility_of_case(rows, g.instance.business_key)
    if mobility is None:
        raise NotFound
    if party_of(viewer.actor, mobility) is None:
        raise Forbidden


def _anyone(_: Viewer) -> bool:
    return True


def _takes_part(viewer: Viewer) -> bool:
    """Whoever only administers processes or audits reads cases and writes nothing in them."""
    return viewer.takes_part


PUBLIC = Policy("public")
LOCAL = Policy("this machine only")
PARTNER_LINK = Policy("signed link")
SIGNED_IN = Policy("signed in", _anyone)
STAFF = Policy("staff", lambda viewer: viewer.is_staff)
RI = Policy("international office", lambda viewer: viewer.is_ri)
STARTERS = Policy(
    "international office or student", lambda viewer: viewer.is_ri or viewer.is_student
)
COMMENT_TASK = Policy("work item the person takes part in", _takes_part, _work_item)
COMMENT_CASE = Policy("case the person takes part in", _takes_part, whole_instance)
PARTY_CASE = Policy("case, for a party to its mobility", _takes_part, _party)
RETOLD_CASE = Policy(
    "case, for a process administrator", lambda viewer: viewer.is_admin, whole_instance
)
RI_CASE = Policy("case, for the international office", lambda viewer: viewer.is_ri, whole_instance)
OWN_WORK_ITEM = Policy("work item the person may see", _anyone, _work_item)
OWN_DOCUMENT = Policy("document of a case the person may see", _anyone, documents.load)
OWN_CASE = Policy("case the person may see", _anyone, instance)

STUDENT = Policy("student", lambda viewer: viewer.is_student, campaign_rows.load_open)
OWN_APPLICATION = Policy("one's own application", lambda v: v.is_student, applications.load)
WITHDRAWABLE = Policy(
    "one's own application, or the international office",
    lambda v: v.is_student or v.is_ri,
    applications.load_to_withdraw,
)
CAMPAIGN = Policy("campaign the person has a part in", lambda v: v.is_staff, campaign_rows.load)
RI_CAMPAIGN = Policy("campaign, for RI", lambda v: v.is_ri, campaign_rows.load)
RANKING = Policy("ranking the person has a part in", lambda v: v.is_staff, rankings.load)
RI_RANKING = Policy("ranking, for RI", lambda v: v.is_ri, rankings.load)

ORGANIZERS = Policy(
    "international office or coordinator", lambda viewer: viewer.is_ri or bool(viewer.departments)
)
MEETING = Policy("meeting the person may see", _anyone, meetings.load)
OWN_MEETING = Policy("meeting the person organizes", _anyone, meetings.load_own)
OWN_PARTNERSHIP = Policy(
    "agreement the person answers for", lambda v: v.is_staff, partnerships.load_own
)
OWN_SHEET = Policy("grade sheet the person fills in", lambda v: v.is_staff, grade_transfer.load_own)
REPORTER = Policy("mobility the person may report about", _anyone, difficulties.load)
CORRESPONDENT = Policy("mobility the person is a party to", _anyone, relay.load)
RELAY_LINK = Policy("signed link of a correspondence")

ACCESS: Mapping[str, Policy] = {
    "static": PUBLIC,
    "health.livez": PUBLIC,
    "health.readyz": PUBLIC,
    "health.metrics": LOCAL,
    "signin.show": PUBLIC,
    "signin.enter": PUBLIC,
    "signin.demo": PUBLIC,
    "signin.leave": PUBLIC,
    "signin.language": PUBLIC,
    "home.show": SIGNED_IN,
    "home.student": SIGNED_IN,
    "inbox.show": SIGNED_IN,
    "inbox.news": SIGNED_IN,
    "inbox.bulk": SIGNED_IN,
    "inbox.preview": OWN_WORK_ITEM,
    "saved.create": SIGNED_IN,
    "saved.counts": SIGNED_IN,
    "saved.rename": SIGNED_IN,
    "saved.delete": SIGNED_IN,
    "saved.restore": SIGNED_IN,
    "mentions.index": SIGNED_IN,
    "mentions.follow": SIGNED_IN,
    "mentions.read": SIGNED_IN,
    "mentions.people": COMMENT_CASE,
    "settings.show": SIGNED_IN,
    "settings.mail": SIGNED_IN,
    "settings.substitutes": STAFF,
    "settings.arrange": STAFF,
    "settings.end": STAFF,
    "outbox.index": OPERATORS,
    "outbox.show": OPERATORS,
    "tasks.show": OWN_WORK_ITEM,
    "tasks.complete": OWN_WORK_ITEM,
    "tasks.draft": OWN_WORK_ITEM,
    "tasks.claim": OWN_WORK_ITEM,
    "tasks.release": OWN_WORK_ITEM,
    "tasks.assign": OWN_WORK_ITEM,
    "tasks.delegate": OWN_WORK_ITEM,
    "tasks.resolve": OWN_WORK_ITEM,
    "tasks.comment": COMMENT_TASK,
    **HISTORY,
    "cases.index": SIGNED_IN,
    "cases.show": OWN_CASE,
    "cases.diagram": OWN_CASE,
    "cases.comment": COMMENT_CASE,
    "hubs.start": SIGNED_IN,
    "hubs.office": SIGNED_IN,
    "start.show": STARTERS,
    "start.create": STARTERS,
    "nominations.show": RI,
    "nominations.create": RI,
    "recognition.start": RI_CASE,
    "recognition.upload": OWN_WORK_ITEM,
    "campaigns.index": SIGNED_IN,
    "campaigns.new": RI,
    "campaigns.create": RI,
    "campaigns.show": CAMPAIGN,
    "campaigns.edit": RI_CAMPAIGN,
    "campaigns.change": RI_CAMPAIGN,
    "campaigns.publish_campaign": RI_CAMPAIGN,
    "campaigns.close_campaign": RI_CAMPAIGN,
    "campaigns.copy": RI_CAMPAIGN,
    "campaigns.begin": STUDENT,
    "campaign_places.show": RI_CAMPAIGN,
    "campaign_places.keep": RI_CAMPAIGN,
    "rankings.show": RANKING,
    "rankings.change": RANKING,
    "rankings.proposal": RI_RANKING,
    "rankings.allocate": RI_RANKING,
    "applications.add": OWN_APPLICATION,
    "applications.remove": OWN_APPLICATION,
    "applications.give_up": WITHDRAWABLE,
    "imports.show": RI,
    "imports.upload": RI,
    "incidents.index": OPERATORS,
    "incidents.retry": OPERATORS,
    "operations.show": OPERATORS,
    "operations.figures": OPERATORS,
    "operations.alike": OPERATORS,
    "operations.retry": OPERATORS,
    "operations.order": OPERATORS,
    "processes.index": PROCESS_READERS,
    "processes.show": PROCESS_READERS,
    "processes.version": PROCESS_READERS,
    "processes.diagram": PROCESS_READERS,
    "processes.export": PROCESS_READERS,
    "processes.confirm_going_back": PROCESS_ADMINISTRATORS,
    "processes.go_back": PROCESS_ADMINISTRATORS,
    "process_beginnings.show": PROCESS_ADMINISTRATORS,
    "process_beginnings.write": PROCESS_ADMINISTRATORS,
    "process_beginnings.bring": PROCESS_ADMINISTRATORS,
    "process_comparisons.show": PROCESS_READERS,
    "process_retirement.confirm_retiring": PROCESS_ADMINISTRATORS,
    "process_retirement.retire": PROCESS_ADMINISTRATORS,
    "process_retirement.confirm_resuming": PROCESS_ADMINISTRATORS,
    "process_retirement.resume": PROCESS_ADMINISTRATORS,
    "process_publications.cancel": PROCESS_ADMINISTRATORS,
    "process_offers.diagram": PROCESS_READERS,
    "process_offers.take_over": PROCESS_ADMINISTRATORS,
    "process_drafts.show": PROCESS_READERS,
    "process_drafts.diagram": PROCESS_READERS,
    "process_drafts.save": PROCESS_ADMINISTRATORS,
    "process_drafts.take_out": PROCESS_ADMINISTRATORS,
    "process_drafts.confirm_discarding": PROCESS_ADMINISTRATORS,
    "process_drafts.discard": PROCESS_ADMINISTRATORS,
    "process_drafts.confirm_publishing": PROCESS_ADMINISTRATORS,
    "process_drafts.publish": PROCESS_ADMINISTRATORS,
    "migrations.index": PROCESS_READERS,
    "migrations.ask": PROCESS_READERS,
    "migrations.begin": PROCESS_ADMINISTRATORS,
    "migrations.show": PROCESS_READERS,
    "migrations.cancel": PROCESS_ADMINISTRATORS,
    "process_scenarios.draft": PROCESS_READERS,
    "process_scenarios.version": PROCESS_READERS,
    "process_scenarios.play_draft": PROCESS_ADMINISTRATORS,
    "process_scenarios.play_version": PROCESS_ADMINISTRATORS,
    "process_sheets.version": PROCESS_READERS,
    "process_sheets.show": PROCESS_READERS,
    "process_sheets.head": PROCESS_ADMINISTRATORS,
    "process_sheets.step": PROCESS_ADMINISTRATORS,
    "process_sheets.keep_step": PROCESS_ADMINISTRATORS,
    "process_sheets.arrange": PROCESS_ADMINISTRATORS,
    "process_sheets.text": PROCESS_READERS,
    "process_sheets.keep_text": PROCESS_ADMINISTRATORS,
    "process_sheets.begin": PROCESS_ADMINISTRATORS,
    "process_sheets.create": PROCESS_ADMINISTRATORS,
    "rehearsals.show": PROCESS_ADMINISTRATORS,
    "rehearsals.begin": PROCESS_ADMINISTRATORS,
    "rehearsals.play": PROCESS_ADMINISTRATORS,
    "rehearsals.end": PROCESS_ADMINISTRATORS,
    "rehearsals.look": PROCESS_ADMINISTRATORS,
    "rehearsals.keep": PROCESS_ADMINISTRATORS,
    "rehearsals.of_case": RETOLD_CASE,
    "rehearsals.keep_case": RETOLD_CASE,
    "rehearsal_stage.show": PUBLIC,
    "rehearsal_stage.act_as": PUBLIC,
    "rehearsal_stage.advance": PUBLIC,
    "rehearsal_stage.do": PUBLIC,
    "rehearsal_stage.expect": PUBLIC,
    "process_decisions.show": PROCESS_READERS,
    "process_decisions.begin": PROCESS_ADMINISTRATORS,
    "process_forms.show": PROCESS_READERS,
    "process_forms.save": PROCESS_ADMINISTRATORS,
    "process_forms.try_out": PROCESS_ADMINISTRATORS,
    "process_forms.begin": PROCESS_ADMINISTRATORS,
    "process_files.fetch": PROCESS_READERS,
    "process_files.keep": PROCESS_ADMINISTRATORS,
    "process_editing.diagram": PROCESS_ADMINISTRATORS,
    "process_editing.present": PROCESS_ADMINISTRATORS,
    "contract_change.ask": PARTY_CASE,
    "contract_change.send": PARTY_CASE,
    "contract_change.take_back": PARTY_CASE,
    "contract_change.correction": PARTY_CASE,
    "contract_change.correct_fields": PARTY_CASE,
    "contract_change.semesters": RI,
    "contract_change.set_semester": RI,
    "validation_plan.reopen": PARTY_CASE,
    "exam_waiver.ask": PARTY_CASE,
    "exam_waiver.send": PARTY_CASE,
    "grades.index": STAFF,
    "grades.show": STAFF,
    "grades.save": OWN_SHEET,
    "stays.shorten": RI_CASE,
    "stays.shortened": RI_CASE,
    "grading_tables.index": RI,
    "grading_tables.show": RI,
    "grading_tables.new": RI,
    "grading_tables.create": RI,
    "grades.begin": RI,
    "grades.correct": RI_CASE,
    "grades.withdraw": RI_CASE,
    "grades.fetch": PARTNER_LINK,
    "documents.fetch": OWN_DOCUMENT,
    "documents.ask": PUBLIC,
    "documents.verify": PUBLIC,
    "documents.compare": PUBLIC,
    "grants.create": RI_CASE,
    "difficulties.ask": REPORTER,
    "difficulties.send": REPORTER,
    "meetings.index": SIGNED_IN,
    "meetings.new": ORGANIZERS,
    "meetings.create": ORGANIZERS,
    "meetings.show": MEETING,
    "meetings.come": MEETING,
    "meetings.stay_away": MEETING,
    "meetings.call_off": OWN_MEETING,
    "meetings.calendar": MEETING,
    "partnerships.index": STAFF,
    "partnerships.new": ORGANIZERS,
    "partnerships.create": ORGANIZERS,
    "partnerships.renewal": OWN_PARTNERSHIP,
    "relay.show": CORRESPONDENT,
    "relay.send": CORRESPONDENT,
    "relay.fetch": CORRESPONDENT,
    "relay.partner": RELAY_LINK,
    "relay.answer": RELAY_LINK,
    "relay.partner_fetch": RELAY_LINK,
    "partner.show": PARTNER_LINK,
    "partner.answer": PARTNER_LINK,
    "api.inbox": SIGNED_IN,
    "api.work_item": OWN_WORK_ITEM,
    "api.claim": OWN_WORK_ITEM,
    "api.release": OWN_WORK_ITEM,
    "api.complete": OWN_WORK_ITEM,
    "api.start": STARTERS,
    "api.instance": OWN_CASE,
    "api.history": OWN_CASE,
    "api-docs.openapi_json": PUBLIC,
}
