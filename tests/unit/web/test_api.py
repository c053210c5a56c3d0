"""The API: problem documents, ids as text, keys of repetition, the custom header."""

import pytest

HEADERS = {"X-Requested-With": "test"}


def test_description_is_openapi_31(app):
    described = app.test_client().get("/api/v1/openapi.json").json
    assert described["openapi"] == "3.1.0"
    assert len(described["paths"]) == 10


def test_not_signed_in_is_a_problem(app):
    answer = app.test_client().get("/api/v1/work-items", headers={"Accept-Language": "es"})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.json["title"] == "Inicie sesión"
    assert answer.json["status"] == 401


def test_inbox_gives_ids_as_text(sign_in, task):
    page = sign_in("marie").get("/api/v1/work-items").json
    assert [item["id"] for item in page["items"]] == [str(task)]
    assert page["items"][0]["names"]["es"] == "Comprobar la coherencia académica"
    assert page["after"] is None


def test_unsafe_calls_need_the_custom_header(sign_in, task):
    answer = sign_in("marie").post(f"/api/v1/work-items/{task}/claim", json={})
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"


def test_complete_needs_a_key_and_repeats_its_answer(sign_in, task):
    client, path = sign_in("marie"), f"/api/v1/work-items/{task}/complete"
    body = {"outcome": "approve"}
    assert client.post(path, json=body, headers=HEADERS).status_code == 422
    first = client.post(path, json=body, headers={**HEADERS, "Idempotency-Key": "a"})
    again = client.post(path, json=body, headers={**HEADERS, "Idempotency-Key": "a"})
    other = client.post(path, json=body, headers={**HEADERS, "Idempotency-Key": "b"})
    assert first.json == again.json
    assert first.json["outcome"] == "approve"
    assert other.status_code == 409
    assert other.json["code"] == "conflict"


@pytest.mark.parametrize(
    "body",
    [{"outcome": "approve", "more": 1}, {"outcome": 7}, {"data": []}, "text", [1], {"reason": {}}],
)
def test_bodies_of_the_wrong_shape(sign_in, task, body):
    answer = sign_in("marie").post(
        f"/api/v1/work-items/{task}/complete",
        json=body,
        headers={**HEADERS, "Idempotency-Key": "k"},
    )
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"


def test_broken_utf8_and_broken_json(sign_in, task):
    client = sign_in("marie")
    for data in (b'{"outcome": "\xff"}', b"{", b""):
        answer = client.post(
            f"/api/v1/work-items/{task}/complete",
            data=data,
            headers={**HEADERS, "Idempotency-Key": "k"},
            content_type="application/json",
        )
        assert answer.status_code in {400, 422}
        assert answer.mimetype == "application/problem+json"


def test_field_errors_name_the_field(sign_in, task):
    answer = sign_in("marie").post(
        f"/api/v1/work-items/{task}/complete",
        json={"outcome": "return"},
        headers={**HEADERS, "Idempotency-Key": "k"},
    )
    assert answer.status_code == 422
    assert answer.json["errors"]["reason"] == ["Please fill this in."]


def test_start_instance_history(sign_in):
    client = sign_in("lea")
    body = {"department": "lea", "receiving_hei_id": "usal.es", "academic_year": "2026/2027"}
    started = client.post("/api/v1/learning-agreements", json=body, headers=HEADERS)
    assert started.status_code == 201
    case = client.get(f"/api/v1/instances/{started.json['instance_id']}").json
    assert case["status"] == "active"
    events = client.get(f"/api/v1/instances/{case['id']}/history?limit=1").json
    assert [(event["seq"], event["kind"]) for event in events] == [(1, "instance_started")]
    refused = client.get(f"/api/v1/instances/{case['id']}/history?limit=0")
    assert refused.status_code == 422
