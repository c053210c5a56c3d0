"""Starting a contract: one form sent opens one case, however often it is sent."""

import re
import threading

import pytest
from sqlalchemy import func, select

from workflows.mobility.models import Mobility

FORM = {
    "department": "lea",
    "receiving_hei_id": "usal.es",
    "mobility_type": "semester",
    "academic_year": "2026/2027",
}


@pytest.fixture
def count(engine):
    def mobilities():
        with engine.reading() as session:
            return session.scalar(select(func.count()).select_from(Mobility))

    return mobilities


def key_of(client):
    return re.search(r'name="idempotency_key" value="([^"]+)"', client.get("/start").text)[1]


def test_the_same_form_twice_opens_one_case(sign_in, count):
    client = sign_in("lea")
    form = {**FORM, "idempotency_key": key_of(client)}
    first, again = client.post("/start", data=form), client.post("/start", data=form)
    assert first.status_code == again.status_code == 302
    assert first.headers["Location"] == again.headers["Location"]
    assert count() == 1


def test_a_corrected_form_and_a_new_one_open_cases_of_their_own(sign_in, count):
    client = sign_in("lea")
    form = {**FORM, "idempotency_key": key_of(client)}
    client.post("/start", data=form)
    client.post("/start", data={**form, "academic_year": "2027/2028"})
    client.post("/start", data={**form, "idempotency_key": key_of(client)})
    assert count() == 3


def test_a_key_is_its_sender_s(sign_in, count):
    form = {**FORM, "idempotency_key": "the same"}
    sign_in("lea").post("/start", data=form)
    sign_in("claire").post("/start", data={**form, "student": "lea"})
    assert count() == 2


def test_two_at_once_open_one_case(sign_in, count):
    clients = [sign_in("lea") for _ in range(4)]
    form = {**FORM, "idempotency_key": "at once"}
    barrier, answers = threading.Barrier(len(clients)), []

    def send(client):
        barrier.wait()
        answers.append(client.post("/start", data=form))

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert count() == 1


def test_a_refused_form_keeps_its_key(sign_in, count):
    client = sign_in("lea")
    answer = client.post("/start", data={**FORM, "department": "", "idempotency_key": "kept"})
    assert answer.status_code == 422
    assert 'value="kept"' in answer.text
    assert count() == 0


def test_all_that_is_missing_is_told_at_once(sign_in):
    page = sign_in("claire").post("/start", data={}).text
    for name in ("student", "department", "receiving_hei_id", "academic_year"):
        assert f'href="#f-{name}"' in page


def test_the_api_takes_the_same_key(sign_in, count):
    client = sign_in("lea")
    headers = {"X-Requested-With": "test", "Idempotency-Key": "of a program"}
    body = {name: FORM[name] for name in ("department", "receiving_hei_id", "academic_year")}
    answers = [
        client.post("/api/v1/learning-agreements", json=body, headers=headers) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json["instance_id"] == answers[1].json["instance_id"]
    assert count() == 1
