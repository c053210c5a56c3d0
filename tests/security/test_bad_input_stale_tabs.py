"""Answers from a page that was opened too long ago."""

import html
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.identity import SYSTEM
from tests.builders_domain import draft
from tests.security.bad_input_answers import assert_no_markup, is_problem, said
from tests.security.bad_input_house import fresh_key
from tests.security.bad_input_requests import TASKS, call, flat, submit


class TestStaleTabs:
    @pytest.mark.parametrize(
        ("language", "sentence"),
        [("fr", "Paul Test a effectué"), ("es", "Paul Test completó")],
    )
    def test_done_by_somebody_else(self, house, language, sentence):
        item = house.at("check")
        house.engine.complete(
            item, actor=house.actor("paul"), data={}, outcome="approve", idempotency_key=fresh_key()
        )
        before = house.stored()
        client = house.new_client("marie")
        client.post("/language", data={"language": language})
        stored = house.stored()
        text = 'my "words" <b>\n</textarea>'
        form = {"outcome": "return", "reason_return": text, "idempotency_key": fresh_key()}
        answer = client.post(f"/tasks/{item}/complete", data=form)
        assert answer.status_code == 409
        assert sentence in said(answer)
        assert "2026" in said(answer)
        assert html.escape(text, quote=False).replace('"', "&#34;") in answer.text
        assert house.stored() == stored
        client.post("/language", data={"language": "en"})
        assert before != stored, "the language of a person is kept"

    @pytest.mark.parametrize("step", ["draft", "check"])
    def test_a_draft_saved_too_late_is_given_back(self, house, step):
        item, login = house.at(step), TASKS[step]
        data = flat(draft()) if step == "draft" else {"outcome": "approve"}
        assert submit(house, item, login, data).status_code == 302
        before = house.stored()
        typed = {"studied.0.title": "my words", "reason_return": "my words"}
        for form in (typed, {**typed, "row_action": "add:studied"}):
            answer = submit(house, item, login, form, "draft" if form is typed else "complete")
            assert answer.status_code == 409
            assert "my words" in answer.text
        by_script = house.client(login).post(
            f"/tasks/{item}/draft", data=typed, headers={"Accept": "application/json"}
        )
        assert is_problem(by_script, 409)
        assert house.stored() == before

    @pytest.mark.parametrize("path", ["complete", "draft"])
    def test_a_task_taken_by_a_colleague_gives_the_text_back(self, house, path):
        item = house.at("check")
        house.engine.claim(item, actor=house.actor("paul"))
        before = house.stored()
        answer = submit(
            house, item, "marie", {"outcome": "return", "reason_return": "my words"}, path
        )
        assert answer.status_code == 403
        assert "Paul Test has taken" in said(answer)
        assert "my words" in answer.text
        assert house.stored() == before

    @pytest.mark.parametrize(
        ("step", "login"), [("sign_student", "lea"), ("sign_sending", "marie")]
    )
    @pytest.mark.parametrize("digest", ["x", "0" * 64, "<script>alert(1)</script>"])
    def test_another_content_than_was_shown_is_not_signed(self, house, step, login, digest):
        item = house.at(step)
        before = house.stored()
        answer = submit(house, item, login, {"outcome": "approve", "digest": digest})
        assert answer.status_code == 409
        assert "has changed since you opened it" in said(answer)
        assert_no_markup(answer.text)
        assert house.stored() == before

    def test_a_returned_version_is_not_signed_from_an_old_tab(self, house):
        item = house.at("sign_student")
        page = house.client("lea").get(f"/tasks/{item}")
        digest = re.search(r'name="digest" value="([0-9a-f]+)"', page.text)[1]
        submit(house, item, "lea", {"outcome": "return", "reason_return": "one course less"})
        before = house.stored()
        late = submit(house, item, "lea", {"outcome": "approve", "digest": digest})
        assert late.status_code == 409
        assert house.stored() == before

    @pytest.mark.parametrize("by", ["page", "api"])
    def test_the_same_key_gets_the_same_answer_once(self, any_house, by):
        item, key = any_house.at("check"), fresh_key()
        form = {"outcome": "approve", "idempotency_key": key}

        def once():
            if by == "page":
                return submit(any_house, item, "marie", form)
            return call(any_house, item, b'{"outcome": "approve"}', key=key)

        with ThreadPoolExecutor(4) as pool:
            first, *others = [task.result() for task in [pool.submit(once) for _ in range(4)]]
        before = any_house.stored()
        for answer in (*others, once()):
            assert (answer.status_code, answer.data) == (first.status_code, first.data)
        assert first.status_code < 400
        assert any_house.stored() == before
        case = any_house.engine.work_item(item, actor=SYSTEM).instance_id
        events = any_house.engine.history(case, actor=SYSTEM)
        done = [e for e in events if e.work_item_id == item and e.kind == "work_item_completed"]
        assert len(done) == 1
