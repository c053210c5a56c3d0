"""Free texts: whatever is written is shown as text, and what nobody can receive is refused."""

import pytest

from engine.identity import SYSTEM
from tests.builders_domain import draft
from tests.security import bad_input_payloads as bad
from tests.security.bad_input_answers import assert_no_markup, errors_at, is_problem, said, typed_in
from tests.security.bad_input_requests import SIGNER, call, flat, submit
from workflows.mail.models import MailMessage


class TestFreeTexts:
    @pytest.mark.parametrize("text", [*bad.MARKUP, *bad.LETTERS])
    def test_whatever_is_written_is_shown_as_text(self, any_house, text):
        house = any_house
        item = house.at("draft")
        rows = {**flat(draft()), "studied.0.title": text, "student_family_name": text}
        assert submit(house, item, "lea", rows).status_code == 302
        case = house.engine.work_item(item, actor=SYSTEM).instance_id
        check = house.engine.instance(case, actor=SYSTEM).open_items[0].id
        house.client("marie").post(f"/tasks/{check}/comment", data={"text": text})
        returned = {"outcome": "return", "reason_return": text}
        assert submit(house, check, "marie", returned).status_code == 302
        for login, path in (("lea", f"/cases/{case}"), ("marie", f"/cases/{case}")):
            page = house.client(login).get(path)
            assert said(page).count(text.strip()) >= 4
            assert_no_markup(page.text)
        again = house.engine.instance(case, actor=SYSTEM).open_items[0].id
        page = house.client("lea").get(f"/tasks/{again}")
        assert typed_in(page, "studied.0.title") == text
        assert_no_markup(page.text)
        assert_no_markup(house.client("marie").get("/inbox?view=all").text)
        assert_no_markup(house.client("marie").get("/inbox", query_string={"q": text}).text)

    @pytest.mark.parametrize("text", bad.UNUSABLE)
    def test_a_character_nobody_can_receive_is_refused_at_its_field(self, any_house, text):
        house = any_house
        check, sign = house.at("check"), house.at("sign_sending")
        link = house.link(house.at("partner"))
        before = house.stored()
        answers = {
            "reason_return": submit(
                house, check, "marie", {"outcome": "return", "reason_return": text}
            ),
            "signer_position": submit(
                house, sign, "marie", {"outcome": "approve", "signer_position": text}
            ),
            "reason_reject": house.visitor().post(
                link, data={"outcome": "reject", "reason_reject": text, **SIGNER}
            ),
            "signer_name": house.visitor().post(
                link, data={"outcome": "approve", **SIGNER, "signer_name": text}
            ),
        }
        for field, answer in answers.items():
            assert answer.status_code == 422
            assert "cannot be kept" in errors_at(answer, field)
            assert text.strip() in answer.text
        remark = house.client("marie").post(f"/tasks/{check}/comment", data={"text": text})
        assert remark.status_code == 422
        assert "cannot be kept" in said(remark)
        assert house.stored() == before

    @pytest.mark.parametrize("text", ["", "   \r\n", "x" * 4001, "a\x00b"])
    def test_a_refused_comment_stays_in_its_box(self, house, text):
        item = house.at("check")
        case = house.engine.work_item(item, actor=SYSTEM).instance_id
        before = house.stored()
        for path in (f"/tasks/{item}/comment", f"/cases/{case}/comment"):
            answer = house.client("marie").post(path, data={"text": text})
            assert answer.status_code == 422
            assert 'id="comment-text-error-1"' in answer.text
            assert text.strip() in answer.text
        assert house.stored() == before

    def test_a_reason_has_an_end(self, house):
        item = house.at("check")
        answer = submit(house, item, "marie", {"outcome": "return", "reason_return": "so " * 1400})
        assert answer.status_code == 422
        assert "At most 4000" in errors_at(answer, "reason_return")
        assert "so " * 1399 in answer.text
        unasked = call(house, house.at("draft"), b'{"reason": "%s"}' % (b"x" * 4001), login="lea")
        assert is_problem(unasked, 422)
        assert house.engine.work_item(item, actor=SYSTEM).status == 0

    def test_a_line_end_in_a_name_adds_no_header_to_a_mail(self, house):
        item = house.at("partner")
        data = {**SIGNER, "signer_name": "Carmen\r\nBcc: all@example.org", "outcome": "approve"}
        assert house.visitor().post(house.link(item), data=data).status_code == 302
        house.engine.run_due_jobs(worker="test")
        with house.engine.reading() as rows:
            assert all("\n" not in mail.subject for mail in rows.query(MailMessage))
