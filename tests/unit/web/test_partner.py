"""The partner's link: what it opens, how long, and what it says afterwards."""

from datetime import timedelta

import pytest

from engine.identity import SYSTEM
from workflows.contract.services import contract_view
from workflows.links import LIFE, issue_link
from workflows.people.services import actor_for, find_person


@pytest.fixture
def link(app, engine, settings, task):
    """The address of a case that has come to its partner."""
    item = task
    for number, login in enumerate(("marie", "lea", "marie", "claire")):
        with engine.reading() as session:
            actor = actor_for(session, find_person(session, login))
        done = engine.complete(
            item, actor=actor, data={}, outcome="approve", idempotency_key=f"step {number}"
        )
        item = done.next_items[0]
    asked = engine.work_item(item, actor=SYSTEM)
    with engine.reading() as session:
        digest = contract_view(session, int(asked.business_key)).current.digest
    token = issue_link(
        settings.secret_key,
        instance_id=asked.instance_id,
        work_item_id=item,
        digest=digest,
        now=engine.clock.now(),
    )
    return f"/partner/{token}"


SIGNER = {"signer_name": "Carmen Sánchez", "signer_position": "Coordinator"}


def test_it_asks_without_a_menu(app, link):
    page = app.test_client().get(link, headers={"Accept-Language": "en"}).text
    assert "Learning agreement of Lea Test" in page
    assert "this link lives until 1 May 2026" in page
    assert "No account is created" in page
    assert "<nav" not in page


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Ce lien a expiré"), ("es", "Este enlace ha caducado")]
)
def test_it_expires(app, clock, link, language, said):
    clock.advance(LIFE + timedelta(minutes=1))
    answer = app.test_client().get(link, headers={"Accept-Language": language})
    assert answer.status_code == 410
    assert said in answer.text


def test_a_cut_link_says_so(app, link):
    answer = app.test_client().get(link[:-3], headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "not complete" in answer.text


def test_approving_needs_a_name(app, link):
    answer = app.test_client().post(
        link,
        data={"outcome": "approve", "signer_position": "Dean"},
        headers={"Accept-Language": "en"},
    )
    assert answer.status_code == 422
    assert 'value="Dean"' in answer.text
    assert "Please fill this in" in answer.text


def test_rejecting_needs_a_comment(app, link):
    answer = app.test_client().post(link, data={"outcome": "reject", **SIGNER})
    assert answer.status_code == 422
    assert 'id="f-reason_reject"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_an_answered_link_thanks_and_asks_no_more(app, link):
    client = app.test_client()
    client.post("/language", data={"language": "en"})
    assert client.post(link, data={"outcome": "approve", **SIGNER}).status_code == 302
    assert "your answer is recorded" in client.get(link).text
    again = client.post(link, data={"outcome": "reject", "reason_reject": "no", **SIGNER})
    assert again.status_code == 409
    assert "your answer is recorded" in again.text


def test_links_are_tried_only_so_often(app, link):
    client = app.test_client()
    address = {"REMOTE_ADDR": "10.8.8.8"}
    codes = [client.get("/partner/guess", environ_overrides=address).status_code for _ in range(62)]
    assert set(codes[:60]) == {404}
    assert codes[-1] == 429
