"""The tasks that our own diagrams let be completed many at once, from the inbox."""

import re

import pytest

from engine.definitions import Bundle
from engine.definitions.describe import describe
from engine.identity import SYSTEM
from engine.values import InboxQuery
from tests.builders_application import CampaignHouse
from tests.builders_domain import ROOT
from tests.builders_web import PASSWORD
from web.app import create_app
from workflows.people.models import Person
from workflows.people.services import set_password

FOLDERS = sorted(path.name for path in (ROOT / "bpmn").iterdir())
BULK = {"application": {"nominate", "check_year"}, "recognition": {"register"}}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_step_that_a_diagram_opens_to_many_asks_nothing(folder):
    """Its first outcome needs no reason, and there is no form: else the button would refuse."""
    elements = describe(Bundle.from_folder(ROOT / "bpmn" / folder)).elements.values()
    steps = {each.id: each.properties for each in elements if each.properties.get("bulk")}
    assert steps.keys() == BULK.get(folder, set())
    for properties in steps.values():
        first, *_others = properties["approval.outcomes"].split(",")
        assert first not in properties["approval.reasonRequired"].split(",")
        assert "form" not in properties


def test_the_office_nominates_all_who_have_confirmed_at_once(database, settings, clock):
    house = CampaignHouse.built(database, settings, clock)
    first = house.candidate("ana", "16", "usal.es")
    second = house.candidate("bob", "14", "uu.se")
    house.close()
    house.allocate()
    for name, application in (("ana", first), ("bob", second)):
        house.answer(application, house.students[name], "confirm")
    house.work()
    app = create_app(settings, house.engine)
    app.config["WTF_CSRF_ENABLED"] = False
    with house.engine.unit(SYSTEM) as unit:
        claire = unit.session.query(Person).filter_by(login="claire").one()
        set_password(unit.session, claire, PASSWORD)
    office = app.test_client()
    office.post("/sign-in", data={"login": "claire", "password": PASSWORD})
    inbox = house.engine.inbox(actor=house.ri, query=InboxQuery(element="nominate"))
    assert len(inbox.items) == 2
    page = office.get("/inbox?view=groups")
    assert 'value="complete"' in page.text
    sent = {"action": "complete", "item": [str(item.id) for item in inbox.items]}
    asked = office.post("/inbox/selection", data=sent)
    assert house.statuses(first, second) == ["confirmed", "confirmed"]
    key = re.search(r'name="idempotency_key" value="([^"]+)"', asked.text)[1]
    office.post("/inbox/selection", data={**sent, "confirmed": "1", "idempotency_key": key})
    assert house.statuses(first, second) == ["nominated", "nominated"]
