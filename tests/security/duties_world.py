"""The lighter duties' part of the access matrix: their rows, what they need, what is sent."""

from __future__ import annotations

import io

from PIL import Image

from engine.definitions import Bundle
from engine.identity import SYSTEM
from workflows.difficulty.services import report
from workflows.grant.services import open_grant
from workflows.meeting.services import plan
from workflows.mobility.agreement import Agreement
from workflows.mobility.services import get_mobility, open_mobility
from workflows.partnership.services import propose
from workflows.people.services import find_person
from workflows.registry import office_of
from workflows.relay.links import issue
from workflows.relay.services import Sender, Upload, write

SIGNED_IN = "302 200 200 200 200 200 302 200 200"
ORGANIZERS = "302 403 403 200 200 200 302 403 403"
BY_LINK = "404 404 404 404 404 404 200 404 404"

MATRIX = {
    # endpoint and method:      anon stud othr coord crd2 ri  part admin audit
    ("grants.create", "POST"): "401 403 403 403 403 302 401 403 403",
    ("difficulties.ask", "GET"): "302 200 404 200 404 404 302 404 404",
    ("difficulties.send", "POST"): "401 302 404 302 404 404 401 404 404",
    ("meetings.index", "GET"): SIGNED_IN,
    ("meetings.new", "GET"): ORGANIZERS,
    ("meetings.create", "POST"): "401 403 403 302 302 302 401 403 403",
    ("meetings.show", "GET"): SIGNED_IN,
    ("meetings.come", "POST"): "401 302 302 302 302 302 401 302 302",
    ("meetings.stay_away", "POST"): "401 302 302 302 302 302 401 302 302",
    ("meetings.call_off", "POST"): "401 403 403 302 403 302 401 403 403",
    ("meetings.calendar", "GET"): SIGNED_IN,
    ("partnerships.index", "GET"): "302 403 403 200 200 200 302 200 200",
    ("partnerships.new", "GET"): ORGANIZERS,
    ("partnerships.create", "POST"): "401 403 403 302 422 302 401 403 403",
    ("partnerships.renewal", "POST"): "401 403 403 302 403 302 401 403 403",
    ("relay.show", "GET"): "302 200 404 200 404 200 302 404 404",
    ("relay.send", "POST"): "401 422 404 302 404 302 401 404 404",
    ("relay.fetch", "GET"): "302 200 404 200 404 404 302 404 404",
    ("relay.partner", "GET"): BY_LINK,
    ("relay.answer", "POST"): "404 404 404 404 404 404 302 404 404",
    ("relay.partner_fetch", "GET"): BY_LINK,
}
PAGES = frozenset(endpoint.partition(".")[0] for endpoint, _ in MATRIX)

MEETING = {
    "title": "Partir",
    "starts_at": "2026-05-04T14:00",
    "ends_at": "2026-05-04T15:00",
    "place": "Amphi 5",
    "languages": "fr",
}
PROPOSAL = {"kind": "agreement", "title": "LEA", "hei_id": "usal.es", "department": "lea"}
REPORT = {"kind": "other", "description": "x", "no_health": "true"}
BODIES = {
    "grants.create": {"scheme": "erasmus"},
    "difficulties.send": REPORT,
    "meetings.create": MEETING,
    "meetings.call_off": {"reason": "x"},
    "partnerships.create": PROPOSAL,
    "relay.send": {"to": "partner", "text": "x"},
    "relay.answer": {"to": "coordinator", "text": "x"},
}


def deploy(world) -> None:
    """The four processes."""
    for key in ("grant", "difficulty", "meeting", "partnership"):
        world.engine.deploy(Bundle.from_folder(world.settings.bundles_dir / key), actor=SYSTEM)


def numbers(world, opened, endpoint) -> dict[str, int]:
    """What the addresses of one endpoint need, and the link's token under ``token``."""
    made = {
        "grants": _grant,
        "difficulties": _incoming,
        "meetings": _meeting,
        "partnerships": _partnership,
        "relay": _letter,
    }
    return made[endpoint.partition(".")[0]](world, opened)


def _grant(world, opened):
    with world.engine.unit(world.actor("ri")) as unit:
        grant = open_grant(
            world.engine,
            unit,
            opened.mobility_id,
            scheme="crous",
            home_hei_id=world.settings.home_hei,
        )
    return {"grant_id": grant.grant_id}


def _incoming(world, _opened):
    return incoming(world)


def incoming(world, **names: str) -> dict[str, int]:
    """A mobility of the student's into our university."""
    with world.engine.unit(SYSTEM) as unit:
        agreement = Agreement(
            sending_hei_id="usal.es",
            receiving_hei_id=world.settings.home_hei,
            **{f"student_{name}": value for name, value in names.items()},
        )
        found = open_mobility(
            unit.session,
            agreement=agreement,
            mobility_type="semester",
            department="lea",
            person_id=find_person(unit.session, "student").id,
            now=unit.now,
        )
        return {"mobility_id": found.id}


def _meeting(world, _opened):
    with world.engine.unit(world.actor("coord")) as unit:
        data = {**MEETING, "languages": ["fr"]}
        planned = plan(world.engine, unit, data, organizer="coordinator:lea")
    world.engine.complete(
        planned.work_items[0],
        actor=world.actor("coord"),
        outcome="publish",
        idempotency_key=f"publish {planned.meeting_id}",
    )
    return {"meeting_id": planned.meeting_id}


def _partnership(world, _opened):
    with world.engine.unit(world.actor("coord")) as unit:
        proposed = propose(
            world.engine,
            unit,
            PROPOSAL,
            proposer="coordinator:lea",
            home_hei_id=world.settings.home_hei,
        )
    return {"partnership_id": proposed.partnership_id}


def _letter(world, opened):
    picture = io.BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG")
    office, coordinator = office_of(world.settings), world.actor("coord")
    with world.engine.unit(coordinator) as unit:
        mobility = get_mobility(unit.session, opened.mobility_id)
        mobility.receiving_contact_email = "carmen@usal.example.org"
        letter = write(
            unit,
            office,
            mobility,
            Sender("coordinator", coordinator.id, coordinator.name),
            {"to": ["student", "partner"], "text": "x"},
            files=[Upload("x.png", picture.getvalue())],
            key=f"letter {opened.mobility_id}",
        )
        return {
            "mobility_id": mobility.id,
            "document_id": letter.enclosures[0].document_id,
            "token": issue(office, mobility.id, "carmen@usal.example.org", unit.now),
        }


def difficulty(world, **names: str) -> int:
    """The case of a difficulty of the student's."""
    mobility = incoming(world, **names)["mobility_id"]
    with world.engine.unit(world.actor("student")) as unit:
        found = report(world.engine, unit, mobility, REPORT, home_hei_id=world.settings.home_hei)
    return found.instance_id
