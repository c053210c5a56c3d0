"""Bad input in the fields of tasks, the start page and the partner's page."""

import pytest

from tests.builders_domain import draft
from tests.security import bad_input_payloads as bad
from tests.security.bad_input_answers import errors_at, is_problem, typed_in
from tests.security.bad_input_house import fresh_key
from tests.security.bad_input_requests import HEADERS, SIGNER, TASKS, flat, submit

START = {
    "student": "tom",
    "department": "lea",
    "receiving_hei_id": "usal.es",
    "academic_year": "2026/2027",
    "mobility_type": "semester",
}


class TestFieldsOfTheDraft:
    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            *(("studied.0.credits.0.value", text, "enter a number") for text in bad.NOT_CREDITS),
            *(("studied.0.credits.0.value", text, "from 0 to") for text in bad.BEYOND_CREDITS),
            ("studied.0.credits.0.value", "-6", "cannot be negative"),
            ("studied.0.term_number", "3", "later than the last one"),
            ("studied.0.total_terms", "0", "from 1 to 9"),
            ("studied.0.term_number", "one", "from 1 to 9"),
            ("studied.0.title", "", "fill this in"),
            ("studied.0.title", "x" * 1001, "At most 1000"),
            ("end_date", "2026-08-31", "before the start"),
            ("end_date", "9999-12-31", "enter a date"),
            ("start_date", "0001-01-01", "enter a date"),
            ("start_date", "2026-02-30", "enter a date"),
            ("start_date", "tomorrow", "enter a date"),
            ("student_birth_date", "0004-02-29", "enter a date"),
            ("receiving_contact_email", "a@b.org, c@d.org", "expected form"),
            ("learning_outcomes_url", "javascript:alert(1)", "expected form"),
            ("language", "", "fill this in"),
        ],
    )
    def test_a_wrong_value_is_told_at_its_field_and_kept(self, house, field, value, sentence):
        item = house.kept("at", "draft")
        before = house.stored()
        answer = submit(house, item, "lea", {**flat(draft()), field: value})
        assert answer.status_code == 422
        assert sentence in errors_at(answer, field)
        assert typed_in(answer, field) == value
        assert house.stored() == before

    def test_a_comma_is_a_decimal_point(self, house):
        answer = submit(
            house, house.at("draft"), "lea", {**flat(draft()), "studied.0.credits.0.value": "6,5"}
        )
        assert answer.status_code == 302

    @pytest.mark.parametrize("data", bad.CROOKED_DRAFTS, ids=lambda data: str(data)[:40])
    def test_a_crooked_draft_is_refused_and_its_page_still_opens(self, house, data):
        item = house.at("draft")
        kept = submit(house, item, "lea", data, "draft")
        assert kept.status_code in {302, 422}
        before = house.stored()
        assert submit(house, item, "lea", data).status_code == 422
        assert house.stored() == before
        assert house.client("lea").get(f"/tasks/{item}").status_code == 200

    @pytest.mark.parametrize("action", bad.ROW_ACTIONS, ids=lambda action: repr(action)[:30])
    def test_a_row_action_that_means_nothing_changes_no_row(self, house, action):
        item = house.at("draft")
        rows = {"studied.0.title": "Derecho", "studied.0.credits.x": "1", "row_action": action}
        answer = submit(house, item, "lea", rows)
        assert answer.status_code == 200
        assert "Derecho" in answer.text
        assert house.client("lea").get(f"/tasks/{item}").status_code == 200


class TestFieldsOfOthers:
    @pytest.mark.parametrize("name", [*bad.ROUTING, "anything", "<script>"])
    @pytest.mark.parametrize("step", [*TASKS, "admin"])
    def test_a_page_takes_no_field_that_is_not_its_own(self, house, step, name):
        login = TASKS.get(step, "claire")
        item = house.kept("at", step)
        before = house.stored()
        data = flat(draft()) if step == "draft" else {"outcome": "approve"}
        answer = submit(house, item, login, {**data, name: "5"})
        assert answer.status_code == 422
        assert "does not belong to the form" in answer.text
        assert "<script>" not in answer.text.lower().replace("<script type", "")
        assert house.stored() == before

    @pytest.mark.parametrize("name", bad.ROUTING)
    @pytest.mark.parametrize("step", [*TASKS, "admin"])
    def test_nor_does_the_api(self, house, step, name):
        item = house.kept("at", step)
        before = house.stored()
        body = {"data": {name: 5}} if step == "draft" else {"outcome": "approve", "data": {name: 5}}
        answer = house.client(TASKS.get(step, "claire")).post(
            f"/api/v1/work-items/{item}/complete",
            json=body,
            headers={**HEADERS, "Idempotency-Key": fresh_key()},
        )
        assert is_problem(answer, 422)
        assert answer.json["errors"][name] == ["This field does not belong to the form."]
        assert house.stored() == before

    @pytest.mark.parametrize("name", ["mobility", "entry", "partner", "check_coherence_outcome"])
    def test_nor_do_the_start_page_and_the_partners_page(self, house, name):
        link = house.link(house.kept("at", "partner"))
        before = house.stored()
        started = house.client("claire").post("/start", data={**START, name: "5"})
        signed = house.visitor().post(link, data={"outcome": "approve", **SIGNER, name: "5"})
        assert (started.status_code, signed.status_code) == (422, 422)
        assert "does not belong to the form" in started.text
        assert "does not belong to the form" in signed.text
        assert 'value="tom"' in started.text
        assert 'value="Carmen Sánchez"' in signed.text
        assert house.stored() == before

    def test_the_office_form_takes_values_of_its_own_types(self, house):
        item = house.kept("at", "admin")
        before = house.stored()
        wrong = {"insurance": "maybe", "admin_comment": "x" * 2001, "outcome": "approve"}
        answer = submit(house, item, "claire", wrong)
        assert answer.status_code == 422
        assert "answer yes or no" in errors_at(answer, "insurance")
        assert "At most 2000" in errors_at(answer, "admin_comment")
        assert "x" * 2001 in answer.text
        assert house.stored() == before

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            *(
                ("academic_year", year)
                for year in (
                    "",
                    "2026",
                    "2026/2028",
                    "202²/2023",
                    "２０２６/２０２７",
                    "0001/0002",
                    "9998/9999",
                    "2026/2027\x00",
                )
            ),
            ("student", "nobody"),
            ("student", "a\x00b"),
            ("student", "marie"),
            ("department", "a\x00b"),
            ("department", "physics"),
            ("receiving_hei_id", "univ-tlse2.fr"),
            ("mobility_type", "holiday"),
        ],
    )
    def test_a_case_starts_with_known_things_only(self, any_house, field, value):
        before = any_house.stored()
        answer = any_house.client("claire").post("/start", data={**START, field: value})
        assert answer.status_code == 422
        assert errors_at(answer, field)
        by_api = any_house.client("claire").post(
            "/api/v1/learning-agreements", json={**START, field: value}, headers=HEADERS
        )
        assert is_problem(by_api, 422)
        assert any_house.stored() == before
