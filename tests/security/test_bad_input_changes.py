"""Bad input to changes of a contract and to validation plans: refused at its field, in words."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.identity import SYSTEM
from engine.values import InstanceQuery
from tests.security import bad_input_payloads as bad
from tests.security.bad_input_answers import assert_no_markup, errors_at, is_problem, said
from tests.security.bad_input_house import fresh_key
from tests.security.bad_input_requests import call, submit

ASK = {"party": "student", "about": "components", "reason": "Full.", "writes": "student"}
ADDED = {
    "studied.0.title": "Nuevo",
    "studied.0.term_number": "1",
    "studied.0.total_terms": "2",
    "studied.0.credits.0.value": "6",
    "studied.0.reason_code": "substituting-deleted",
}
PLAN = {
    "start_date": "2026-09-01",
    "end_date": "2027-01-31",
    "conversion_method": "grid",
    "rows.0.unit_title": "Traduction",
    "rows.0.credits": "6",
    "rows.0.term": "semester_1",
    "rows.0.disposition": "replaced",
    "rows.0.failure_rule": "host_resit",
    "rows.0.courses.0.title": "Curso",
}


class TestAskingForAChange:
    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("party", "partner", "choose one of the options"),
            ("party", "everybody", "choose one of the options"),
            ("about", "money", "choose one of the options"),
            ("writes", "nobody", "choose one of the options"),
            ("reason", "  ", "fill this in"),
            ("reason", "x" * 4001, "At most 4000"),
            ("reason", "a\x0bb", "cannot be kept"),
        ],
    )
    def test_a_wrong_value_is_told_and_nothing_begins(self, house, field, value, sentence):
        case = house.kept("signed")
        before = house.stored()
        answer = house.client("lea").post(f"/cases/{case}/change", data={**ASK, field: value})
        assert answer.status_code == 422
        assert sentence in said(answer)
        assert house.stored() == before

    @pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{7*7}} {% raw %}", "\u202e🎓"])
    def test_whatever_is_written_is_shown_as_text(self, any_house, text):
        case = any_house.signed()
        client = any_house.client("lea")
        task = client.post(f"/cases/{case}/change", data={**ASK, "reason": text}).location
        page = client.get(task)
        assert page.status_code == 200
        assert text in said(page)
        assert_no_markup(page.text)

    def test_of_two_at_once_one_begins(self, any_house):
        house = any_house
        case = house.signed()
        key = house.engine.instance(case, actor=SYSTEM).business_key

        def ask(number):
            client = house.new_client("lea")
            data = {**ASK, "reason": f"Reason {number}"}
            return client.post(f"/cases/{case}/change", data=data).status_code

        with ThreadPoolExecutor(4) as pool:
            answers = sorted(pool.map(ask, range(4)))
        assert answers == [302, 422, 422, 422]
        found = house.engine.instances(
            actor=SYSTEM, query=InstanceQuery(process="contract_change", limit=100)
        )
        assert [each.business_key for each in found.items].count(key) == 1

    def test_somebody_elses_case_looks_like_none(self, house):
        case = house.kept("signed")
        before = house.stored()
        for login, path, status in (
            ("tom", "change", 404),
            ("sam", "change", 403),
            ("tom", "change/withdraw", 404),
            ("tom", "correction", 404),
            ("lea", "correction", 403),
        ):
            answer = house.client(login).post(f"/cases/{case}/{path}", data={**ASK})
            assert answer.status_code == status, (login, path)
        assert house.stored() == before


class TestWritingAChange:
    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"studied.0.reason_code": ""}, "studied.0.reason_code", "fill this in"),
            ({"studied.0.reason_code": "x"}, "studied.0.reason_code", "one of the options"),
            ({"studied.0.title": "x" * 1001}, "studied.0.title", "At most 1000"),
            ({"studied.0.credits.0.value": "six"}, "studied.0.credits.0.value", "enter a number"),
            ({"earlier.0.lineage": "of another", "earlier.0.remove": "1"}, None, "options"),
            ({"earlier": "all"}, None, "expected form"),
            ({"end_date": "2030-01-01"}, None, "does not belong"),
            ({"receiving_hei_id": "uu.se"}, None, "does not belong"),
            ({"studied": "x"}, None, "expected form"),
        ],
    )
    def test_a_wrong_value_is_told_and_nothing_is_kept(self, house, changes, field, sentence):
        item = house.kept("changing")
        before = house.stored()
        data = {**ADDED, **changes}
        if "studied" in changes:
            data = changes
        answer = submit(house, item, "lea", data)
        assert answer.status_code == 422
        assert sentence in (errors_at(answer, field) if field else said(answer))
        assert house.stored() == before

    def test_nothing_at_all_is_no_change(self, house):
        item = house.kept("changing")
        answer = submit(house, item, "lea", {})
        assert answer.status_code == 422
        assert "Nothing differs from what is agreed." in said(answer)

    def test_the_api_says_the_same(self, house):
        item = house.kept("changing")
        body = b'{"data": {"earlier": "all", "studied": [{"title": 7}]}}'
        assert is_problem(call(house, item, body, login="lea"), 422)

    @pytest.mark.parametrize("data", bad.CROOKED_DRAFTS[8:], ids=range(len(bad.CROOKED_DRAFTS[8:])))
    def test_a_crooked_draft_of_a_form_still_opens(self, house, data):
        item = house.changing()
        submit(house, item, "lea", {**data, "earlier.0.x.y": "1"}, "draft")
        assert house.client("lea").get(f"/tasks/{item}").status_code == 200

    @pytest.mark.parametrize("kept", [{"earlier": [["x"]]}, {"earlier": "x", "studied": [7]}])
    def test_a_crooked_draft_still_opens(self, house, kept):
        item = house.changing()
        house.engine.save_draft(item, actor=house.actor("lea"), data=kept)
        assert house.client("lea").get(f"/tasks/{item}").status_code == 200

    def test_withdrawn_meanwhile_it_gives_the_text_back(self, house):
        item = house.changing()
        case = house.engine.work_item(item, actor=SYSTEM).instance_id
        house.client("marie").post(f"/cases/{case}/change/withdraw", data={"reason": "No need."})
        stored = house.stored()
        answer = submit(house, item, "lea", {**ADDED, "studied.0.title": "Nuevo <b>"})
        assert answer.status_code == 409
        assert "Nuevo <b>" in said(answer)
        assert house.stored() == stored


class TestSemesterDates:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("hei_id", "<script>alert(1)</script>"),
            ("hei_id", "usal.es\x00"),
            ("academic_year", "2026/2099"),
            ("semester", "9" * 400),
            ("semester", "-1"),
            ("starts_on", "0000-00-00"),
            ("starts_on", "2028-02-30"),
        ],
    )
    def test_a_wrong_value_is_told_and_kept_in_its_box(self, house, field, value):
        form = {
            "hei_id": "usal.es",
            "academic_year": "2026/2027",
            "semester": "1",
            "starts_on": "2026-09-07",
        }
        before = house.stored()
        answer = house.client("claire").post("/semesters", data={**form, field: value})
        assert answer.status_code == 422
        assert errors_at(answer, field)
        assert_no_markup(answer.text)
        assert house.stored() == before


class TestWritingAPlan:
    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({}, "rows.0.teacher_id", "fill this in"),
            ({"rows.0.teacher_id": "1 or 1"}, "rows.0.teacher_id", "one of the options"),
            ({"rows.0.teacher_id": "999999"}, "rows.0.teacher_id", "one of the options"),
            ({"rows.0.disposition": "sold"}, "rows.0.disposition", "one of the options"),
            ({"rows.0.credits": "1e3"}, "rows.0.credits", "enter a number"),
            ({"rows.0.credits": "-6"}, "rows.0.credits", "cannot be negative"),
            ({"rows.0.courses.0.title": "x" * 1001}, "rows.0.courses.0.title", "At most 1000"),
            ({"conversion_method": "dice"}, "conversion_method", "one of the options"),
            ({"end_date": "2026-02-30"}, "end_date", "enter a date"),
        ],
    )
    def test_a_wrong_value_is_told_at_its_field_and_kept(self, house, changes, field, sentence):
        item = house.kept("planning")
        before = house.stored()
        answer = submit(house, item, "lea", {**PLAN, **changes})
        assert answer.status_code == 422
        assert sentence in errors_at(answer, field)
        assert 'value="Traduction"' in answer.text
        assert house.stored() == before

    @pytest.mark.parametrize(
        "action",
        [
            "add:rows",
            "remove:rows:0",
            "remove:rows:x",
            "add:courses:0",
            "add:courses:99",
            "add:courses:٣",
            f"add:courses:{'9' * 5000}",
            "remove:courses:0:0",
            "remove:courses:0",
            "add:signatures",
            "add",
            "",
        ],
    )
    def test_a_row_action_never_breaks_the_page(self, house, action):
        item = house.planning()
        data = {**PLAN, "row_action": action}
        answer = house.client("lea").post(f"/tasks/{item}/complete", data=data)
        assert answer.status_code == 200

    @pytest.mark.parametrize("kept", [{"rows": "x"}, {"rows": [7, {"courses": "x"}]}, {"rows": {}}])
    def test_a_crooked_draft_still_opens(self, house, kept):
        item = house.planning()
        house.engine.save_draft(item, actor=house.actor("lea"), data=kept)
        assert house.client("lea").get(f"/tasks/{item}").status_code == 200

    def test_a_plan_nobody_has_signed_is_not_written_anew(self, house):
        item = house.planning()
        case = house.engine.work_item(item, actor=SYSTEM).instance_id
        before = house.stored()
        answer = house.client("lea").post(
            f"/cases/{case}/plan/reopen", data={"idempotency_key": fresh_key()}
        )
        assert answer.status_code == 302
        assert house.client("tom").post(f"/cases/{case}/plan/reopen").status_code == 404
        assert house.stored() == before
