"""Bad input to the programming interface."""

import pytest

from engine.identity import SYSTEM
from tests.security import bad_input_payloads as bad
from tests.security.bad_input_answers import is_problem
from tests.security.bad_input_house import fresh_key
from tests.security.bad_input_requests import HEADERS, call, submit


class TestTheApi:
    @pytest.mark.parametrize("body", bad.JSON.values(), ids=bad.JSON.keys())
    def test_a_broken_body_is_a_problem_document(self, any_house, body):
        item = any_house.kept("at", "check")
        before = any_house.stored()
        answer = call(any_house, item, body)
        assert answer.status_code in {400, 422}
        assert is_problem(answer, answer.status_code)
        assert any_house.stored() == before

    def test_a_body_of_another_kind_is_not_taken_for_an_empty_one(self, house):
        # An empty body hands in the draft as it was saved, so a body must not be overlooked.
        item = house.kept("at", "draft")
        before = house.stored()
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", ""):
            answer = call(house, item, b'{"data": {"colour": "red"}}', login="lea", kind=kind)
            assert is_problem(answer, 415)
        assert house.stored() == before

    @pytest.mark.parametrize("key", ["", "   ", "x" * 201, "a\x01b", "a\x7fb", "a\u00a0b", None])
    def test_a_key_of_repetition_is_a_short_printable_text(self, any_house, key):
        item = any_house.kept("at", "check")
        before = any_house.stored()
        headers = {**HEADERS, **({} if key is None else {"Idempotency-Key": key})}
        answer = any_house.client("marie").post(
            f"/api/v1/work-items/{item}/complete", json={"outcome": "approve"}, headers=headers
        )
        assert is_problem(answer, 422)
        assert any("Idempotency-Key" in name for name in answer.json["errors"])
        assert any_house.stored() == before

    @pytest.mark.parametrize("key", ["a\x00b", "x" * 201, "a\tb"])
    def test_so_is_the_key_of_a_page(self, any_house, key):
        item = any_house.kept("at", "check")
        before = any_house.stored()
        form = {"outcome": "approve", "idempotency_key": key}
        assert submit(any_house, item, "marie", form).status_code == 400
        assert any_house.stored() == before

    @pytest.mark.parametrize("action", ["claim", "release", "complete"])
    def test_the_custom_header_is_asked_for(self, house, action):
        item = house.kept("at", "check")
        before = house.stored()
        answer = house.client("marie").post(
            f"/api/v1/work-items/{item}/{action}",
            json={"outcome": "approve"},
            headers={"Idempotency-Key": fresh_key()},
        )
        assert is_problem(answer, 400)
        assert house.stored() == before

    @pytest.mark.parametrize("outcome", ["", "APPROVE", "reject", "approve ", "\x00", "x" * 9000])
    def test_an_outcome_is_one_of_those_offered(self, house, outcome):
        item = house.kept("at", "check")
        before = house.stored()
        body = {"outcome": outcome}
        by_api = house.client("marie").post(
            f"/api/v1/work-items/{item}/complete",
            json=body,
            headers={**HEADERS, "Idempotency-Key": fresh_key()},
        )
        assert is_problem(by_api, 422)
        assert submit(house, item, "marie", body).status_code == 422
        assert house.stored() == before

    @pytest.mark.parametrize("value", bad.NUMBERS)
    def test_limits_and_sequence_numbers_are_numbers_in_range(self, house, value):
        item = house.kept("at", "check")
        case = house.engine.work_item(item, actor=SYSTEM).instance_id
        client = house.client("marie")
        allowed = {200, 422} if value == "0" else {422}
        for path in (f"/api/v1/instances/{case}/history?after={value}",):
            assert client.get(path).status_code in allowed
        for path in (f"/api/v1/instances/{case}/history", "/api/v1/work-items"):
            assert is_problem(client.get(f"{path}?limit={value}"), 422)

    @pytest.mark.parametrize("query", ["view=x", "sort=x", "overdue=perhaps", "x=1", "limit=101"])
    def test_a_filter_nobody_knows_is_refused(self, house, query):
        assert is_problem(house.client("marie").get(f"/api/v1/work-items?{query}"), 422)

    def test_its_description_says_what_its_errors_are(self, house):
        described = house.visitor().get("/api/v1/openapi.json").json
        responses = described["components"]["responses"]
        assert {tuple(each["content"]) for each in responses.values()} == {
            ("application/problem+json",)
        }
        shape = described["components"]["schemas"]["Problem"]["properties"]
        assert set(house.visitor().get("/api/v1/work-items").json) <= set(shape)
