"""Bad input over HTTP: each is refused in words, nothing is half done, what was typed stays.

The application is the real one over a real database: SQLite for everything, PostgreSQL
too where the two kinds of database differ in what they keep.
"""

import html
import os
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import create_engine

from engine.identity import SYSTEM
from tests.builders_domain import draft, sample
from tests.security import bad_input_payloads as bad
from tests.security.bad_input_house import House, fresh_key, fresh_number, said
from workflows.contract.links import LIFE
from workflows.mail.models import MailMessage

HEADERS = {"X-Requested-With": "tests"}
REFUSED = range(400, 500)
SIGNER = {"signer_name": "Carmen Sánchez", "signer_position": "Coordinator"}
START = {
    "student": "tom",
    "department": "lea",
    "receiving_hei_id": "usal.es",
    "academic_year": "2026/2027",
    "mobility_type": "semester",
}
TASKS = {"draft": "lea", "check": "marie", "sign_student": "lea", "sign_sending": "marie"}


@pytest.fixture(scope="module")
def sqlite_house(_sqlite_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad input")
    path = folder / "passerelle.sqlite3"
    path.write_bytes(_sqlite_template.read_bytes())
    made = House(f"sqlite:///{path}", folder)
    yield made
    made.close()


@pytest.fixture(scope="module")
def postgresql_house(postgresql, tmp_path_factory):
    name = f"bad_input_{os.getpid()}_{fresh_number()}"
    server = create_engine(postgresql.url(), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE passerelle_template")
    server.dispose()
    made = House(postgresql.url(name), tmp_path_factory.mktemp("bad input"))
    yield made
    made.close()


@pytest.fixture
def house(sqlite_house):
    """The application over SQLite; its people and earlier cases are those of the module."""
    return sqlite_house


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def any_house(request):
    """The application over each kind of database."""
    return request.getfixturevalue(f"{request.param}_house")


@pytest.fixture
def database_url(sqlite_url):
    """The command line does not depend on the kind of database."""
    return sqlite_url


def flat(data):
    """A draft as the page's form sends it."""
    fields = {name: text for name, text in data.items() if isinstance(text, str)}
    for part in ("studied", "recognised", "virtual"):
        for number, row in enumerate(data.get(part, [])):
            path = f"{part}.{number}"
            fields |= {f"{path}.{k}": v for k, v in row.items() if isinstance(v, str)}
            for n, each in enumerate(row["credits"]):
                fields |= {f"{path}.credits.{n}.{k}": v for k, v in each.items()}
    return fields


def submit(house, item, login, data, path="complete"):
    form = {"idempotency_key": fresh_key(), **data}
    return house.client(login).post(f"/tasks/{item}/{path}", data=form)


def call(house, item, body, *, login="marie", kind="application/json", key=None, **headers):
    """The API's answer to a completion with ``body`` as it is."""
    return house.client(login).post(
        f"/api/v1/work-items/{item}/complete",
        data=body,
        content_type=kind,
        headers={**HEADERS, "Idempotency-Key": key or fresh_key(), **headers},
    )


def is_problem(answer, status):
    """Whether an answer is a problem document (RFC 9457) that says its own status."""
    return (
        answer.status_code == status
        and answer.content_type == "application/problem+json"
        and answer.json["status"] == status
        and bool(answer.json["title"] and answer.json["detail"])
    )


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
        item = house.at("draft")
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
        item = house.at(step)
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
        item = house.at(step)
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
        link = house.link(house.at("partner"))
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
        item = house.at("admin")
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


class TestBodies:
    @pytest.mark.parametrize(
        ("language", "sentence"),
        [("fr", "trop volumineux"), ("en", "too large"), ("es", "demasiado grande")],
    )
    def test_too_large_is_said_in_the_persons_language(self, house, language, sentence):
        client = house.new_client("claire")
        client.post("/language", data={"language": language})
        # Another browser of the same person, which has not chosen a language of its own.
        with client.session_transaction() as session:
            session.pop("language")
        answer = client.post(
            "/contracts/import",
            data=b"x" * (13 * 1024 * 1024),
            content_type="multipart/form-data; boundary=x",
            headers={"Accept-Language": "de"},
        )
        client.post("/language", data={"language": "en"})
        assert answer.status_code == 413
        assert sentence in said(answer)

    def test_too_large_for_the_api_is_a_problem_document(self, house):
        item = house.at("check")
        before = house.stored()
        answer = call(house, item, b'{"reason": "' + b"x" * 13_000_000 + b'"}')
        assert is_problem(answer, 413)
        assert house.stored() == before

    def test_more_fields_than_any_page_has(self, house):
        item = house.at("check")
        before = house.stored()
        body = "outcome=approve&" + "&".join(f"a{n}=1" for n in range(20_000))
        answer = house.client("marie").post(
            f"/tasks/{item}/complete", data=body, content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code == 413
        many = call(
            house,
            item,
            b'{"outcome": "approve", "data": {%s}}'
            % b",".join(b'"a%d": 1' % n for n in range(20_000)),
        )
        assert is_problem(many, 422)
        assert len(many.data) < 100_000
        assert house.stored() == before

    def test_a_draft_beyond_its_limit_comes_back_with_its_text(self, house):
        item = house.at("check")
        before = house.stored()
        text = "long " * 60_000
        answer = submit(house, item, "marie", {"reason_return": text}, "draft")
        assert answer.status_code == 422
        assert text in answer.text
        assert house.stored() == before

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (b"text=\xff\xfe\xed\xa0\x80", "application/x-www-form-urlencoded"),
            (b"text=%FF%FE%ED%A0%80", "application/x-www-form-urlencoded"),
            (b"&&==&=x&text", "application/x-www-form-urlencoded"),
            (b'{"text": "hello"}', "application/json"),
            (b"text=hello", "text/plain"),
            (b"text=hello", "multipart/form-data"),
            (b"--x\r\nfoo", "multipart/form-data; boundary=x"),
            (b"--x\r\n\r\nfoo\r\n--x--", "multipart/form-data; boundary=x"),
            (b"text=hello", "x; charset=\u00ff"),
        ],
    )
    def test_a_broken_form_is_read_as_far_as_it_goes(self, house, body, kind):
        item = house.at("check")
        for path in ("comment", "complete", "draft"):
            answer = house.client("marie").post(
                f"/tasks/{item}/{path}", data=body, content_type=kind
            )
            assert answer.status_code in {302, 400, 422}
            assert_no_traceback(answer)
        assert house.engine.work_item(item, actor=SYSTEM).status == 0

    @pytest.mark.parametrize("query", ["%ff%fe", "%ed%a0%80", "%00", "%F0%9F%98%80", "%25", "_"])
    def test_a_broken_query_finds_nothing(self, any_house, query):
        client = any_house.client("marie")
        for path in (
            f"/inbox?q={query}&step={query}&process={query}&department={query}&partner={query}",
            f"/cases?q={query}",
            f"/inbox/news?q={query}&since={query}",
            f"/sign-in?next={query}",
            f"/?{query}={query}",
        ):
            assert client.get(path).status_code in {200, 302}
        for name in ("text", "process", "element", "org_unit", "counterparty"):
            assert client.get(f"/api/v1/work-items?{name}={query}").status_code in {200, 422}

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "X" * 30])
    def test_a_method_nobody_offers_changes_nothing(self, house, method):
        item = house.at("check")
        before = house.stored()
        client = house.client("marie")
        page = client.open(f"/tasks/{item}/complete", method=method, data={"outcome": "approve"})
        assert page.status_code == 405
        assert "POST" in page.headers["Allow"]
        assert client.open(f"/api/v1/work-items/{item}", method=method).status_code == 405
        faked = client.get(f"/tasks/{item}", headers={"X-HTTP-Method-Override": "POST"})
        assert faked.status_code == 200
        assert house.stored() == before
        assert method not in client.get("/metrics", environ_base=HERE).text

    @pytest.mark.parametrize(
        "headers",
        [
            {"Accept-Language": "x" * 100_000},
            {"Accept-Language": "en;q=abc, *;q=, ;;"},
            {"Accept": "//;;;q=x"},
            {"Cookie": "session=abc; \u00ff=\u00ff"},
            {"Range": "bytes=0-"},
            {"If-None-Match": '"'},
            {"If-Modified-Since": "yesterday"},
            {"X-Forwarded-For": "'; drop table person; --"},
            {"User-Agent": "<script>alert(1)</script>" * 1000},
            {"HX-Request": "true", "HX-Target": "<script>"},
        ],
        ids=str,
    )
    def test_odd_headers_are_read_over(self, house, headers):
        answer = house.visitor().get("/sign-in", headers=headers)
        assert answer.status_code == 200
        assert_no_markup(answer.text)


class TestTheApi:
    @pytest.mark.parametrize("body", bad.JSON.values(), ids=bad.JSON.keys())
    def test_a_broken_body_is_a_problem_document(self, any_house, body):
        item = any_house.at("check")
        before = any_house.stored()
        answer = call(any_house, item, body)
        assert answer.status_code in {400, 422}
        assert is_problem(answer, answer.status_code)
        assert any_house.stored() == before

    def test_a_body_of_another_kind_is_not_taken_for_an_empty_one(self, house):
        # An empty body hands in the draft as it was saved, so a body must not be overlooked.
        item = house.at("draft")
        before = house.stored()
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", ""):
            answer = call(house, item, b'{"data": {"colour": "red"}}', login="lea", kind=kind)
            assert is_problem(answer, 415)
        assert house.stored() == before

    @pytest.mark.parametrize("key", ["", "   ", "x" * 201, "a\x01b", "a\x7fb", "a\u00a0b", None])
    def test_a_key_of_repetition_is_a_short_printable_text(self, any_house, key):
        item = any_house.at("check")
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
        item = any_house.at("check")
        before = any_house.stored()
        form = {"outcome": "approve", "idempotency_key": key}
        assert submit(any_house, item, "marie", form).status_code == 400
        assert any_house.stored() == before

    @pytest.mark.parametrize("action", ["claim", "release", "complete"])
    def test_the_custom_header_is_asked_for(self, house, action):
        item = house.at("check")
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
        item = house.at("check")
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
        item = house.at("check")
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


class TestPartnerLinks:
    def test_a_link_of_another_secret_or_purpose_opens_nothing(self, house):
        item = house.at("partner")
        link = house.link(item, secret="somebody else's key, 3141592653")
        for path in (link, f"/partner/{cookie_of(house.client('lea'))[1]}"):
            answer = house.visitor().get(path)
            assert answer.status_code == 404
            assert "not complete" in said(answer)

    @pytest.mark.parametrize(
        "change",
        [
            lambda token: token[:-1],
            lambda token: token[1:],
            lambda token: token + "A",
            lambda token: token.replace(".", "", 1),
            lambda token: token.swapcase(),
            lambda token: f".{token}",
            lambda token: token.rpartition(".")[0],
            lambda _: "%00",
            lambda _: "\u00e9" * 50,
            lambda _: "x" * 20_000,
            lambda _: "." * 100,
            lambda _: "%ff.%fe.%fd",
        ],
    )
    def test_a_changed_link_opens_nothing(self, house, change):
        link = house.link(house.at("partner"))
        before = house.stored()
        path = f"/partner/{change(link.removeprefix('/partner/'))}"
        for answer in (
            house.visitor().get(path),
            house.visitor().post(path, data={"outcome": "approve", **SIGNER}),
        ):
            assert answer.status_code == 404
            assert "not complete" in said(answer)
        assert house.stored() == before

    def test_an_expired_link_says_so_and_takes_no_answer(self, house):
        link = house.link(house.at("partner"))
        before, now = house.stored(), house.clock.now()
        house.clock.advance(LIFE + timedelta(seconds=1))
        try:
            for answer in (
                house.visitor().get(link),
                house.visitor().post(link, data={"outcome": "approve", **SIGNER}),
            ):
                assert answer.status_code == 410
                assert "has expired" in said(answer)
        finally:
            house.clock.advance(now - house.clock.now())
        assert house.stored() == before

    def test_a_link_to_a_superseded_version_gives_the_comment_back(self, house):
        item = house.at("partner")
        link = house.link(item, digest="0" * 64)
        before = house.stored()
        assert "no longer open" in said(house.visitor().get(link))
        answer = house.visitor().post(
            link, data={"outcome": "reject", "reason_reject": "my <b>words", **SIGNER}
        )
        assert answer.status_code == 409
        assert "no longer open" in said(answer)
        assert "my &lt;b&gt;words" in answer.text
        assert house.stored() == before

    def test_a_claim_of_the_office_does_not_shut_the_partners_door(self, house):
        item = house.at("partner")
        link = house.link(item)
        house.engine.claim(item, actor=house.actor("claire"))
        answer = house.visitor().post(
            link, data={"outcome": "reject", "reason_reject": "my words", **SIGNER}
        )
        assert answer.status_code == 302
        done = house.engine.work_item(item, actor=house.actor("claire"))
        assert (done.outcome, done.reason) == ("reject", "my words")

    def test_of_two_answers_at_once_one_counts(self, any_house):
        item = any_house.at("partner")
        link = any_house.link(item)
        forms = [
            {"outcome": "approve", **SIGNER},
            {"outcome": "reject", "reason_reject": "my words", **SIGNER},
        ] * 2
        with ThreadPoolExecutor(4) as pool:
            tasks = [pool.submit(any_house.visitor().post, link, data=form) for form in forms]
            codes = sorted(task.result().status_code for task in tasks)
        assert codes == [302, 409, 409, 409]
        assert any_house.engine.work_item(item, actor=SYSTEM).status == 1


class TestAddresses:
    @pytest.mark.parametrize("number", bad.NUMBERS)
    def test_an_id_nobody_has_is_not_found(self, any_house, number):
        client = any_house.client("claire")
        for path in ("/tasks/{}", "/cases/{}", "/inbox/{}/preview", "/cases/{}/diagram.bpmn"):
            answer = client.get(path.format(number))
            assert answer.status_code == 404
            assert "nothing here for you" in said(answer)
        for path in ("/api/v1/work-items/{}", "/api/v1/instances/{}"):
            assert is_problem(client.get(path.format(number)), 404)
        assert client.post(f"/incidents/{number}/retry").status_code == 404
        assert client.post(f"/tasks/{number}/complete").status_code == 404

    def test_ids_of_another_kind_or_person_look_like_unknown_ones(self, house):
        item = house.at("check")
        case = house.engine.work_item(item, actor=SYSTEM).instance_id
        tom, marie = house.client("tom"), house.client("marie")
        answers = [
            marie.get(f"/api/v1/work-items/{case}"),
            marie.get(f"/api/v1/instances/{item}"),
            tom.get(f"/api/v1/work-items/{item}"),
            tom.get(f"/api/v1/instances/{case}"),
            tom.get("/api/v1/instances/1"),
        ]
        assert all(is_problem(answer, 404) for answer in answers)
        assert len({answer.data for answer in answers}) == 1

    @pytest.mark.parametrize("number", [*bad.NUMBERS, "1"])
    def test_made_up_numbers_in_a_selection_change_nothing(self, any_house, number):
        client = any_house.client("marie")
        before = any_house.stored()
        for action in ("claim", "release", "assign", "", "\x00"):
            form = {"item": [number, number], "action": action, "to": "person:1"}
            assert client.post("/inbox/selection", data=form).status_code == 302
        client.get("/inbox")
        assert client.get("/inbox/news", query_string={"since": number}).status_code == 200
        assert any_house.stored() == before

    @pytest.mark.parametrize("cursor", bad.CURSORS, ids=lambda text: repr(text)[:30])
    def test_a_made_up_place_in_a_list_is_told(self, any_house, cursor):
        client = any_house.client("claire")
        for path in ("/inbox", "/inbox?sort=newest", "/cases", "/incidents"):
            joint = "&" if "?" in path else "?"
            answer = client.get(f"{path}{joint}after={cursor}")
            assert answer.status_code == 422
            assert "not acceptable" in said(answer)
        for sort in ("due", "newest"):
            answer = client.get(f"/api/v1/work-items?sort={sort}&after={cursor}")
            assert is_problem(answer, 422)

    @pytest.mark.parametrize(
        "query",
        ["view=x", "sort=x", "due=never", "limit=1000000000", "view=", "a=b&a=c", "status=x"],
    )
    def test_a_made_up_filter_of_a_page_is_left_out(self, house, query):
        for path in ("/inbox", "/cases", "/inbox/news", "/home", "/incidents"):
            assert house.client("claire").get(f"{path}?{query}").status_code == 200

    @pytest.mark.parametrize("target", bad.TARGETS, ids=repr)
    def test_nobody_is_sent_to_another_site(self, house, target):
        item = house.at("check")
        client = house.client("marie")
        password = {"login": "lea", "password": "only the tests know this"}
        answers = [
            client.get("/sign-in", query_string={"next": target}),
            client.post("/language", data={"language": "en", "next": target}),
            client.post(f"/tasks/{item}/claim", data={"next": target}),
            client.post(f"/tasks/{item}/release", data={"next": target}),
            client.post("/inbox/selection", data={"next": target}),
        ]
        assert [answer.headers["Location"] for answer in answers] == ["/"] * len(answers)
        visitor = house.visitor()
        entered = visitor.post("/sign-in", data={**password, "next": target})
        assert entered.headers["Location"] == "/"

    @pytest.mark.parametrize("host", ["evil.example", "evil[", "a:b:c", "", "x" * 5000, "<script>"])
    def test_no_link_takes_its_host_from_the_request(self, house, host):
        client = house.client("marie")
        page = client.get("/inbox", headers={"Host": host})
        assert page.status_code in {200, 302, 400}
        assert "evil" not in page.text
        assert "evil" not in page.headers.get("Location", "")
        item = house.at("admin")
        answer = house.client("claire").post(
            f"/tasks/{item}/complete",
            data={"outcome": "approve", "idempotency_key": fresh_key()},
            headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"},
        )
        assert answer.status_code == 302
        while house.engine.run_due_jobs(worker="test"):
            pass
        with house.engine.reading() as rows:
            bodies = [mail.body for mail in rows.query(MailMessage)]
        assert any("https://passerelle.example.org/partner/" in body for body in bodies)
        assert not any("evil.example" in body for body in bodies)


class TestSessions:
    def test_a_tampered_cookie_is_nobodys(self, house):
        name, cookie = cookie_of(house.client("marie"))
        for place in range(0, len(cookie), 9):
            changed = cookie[:place] + ("A" if cookie[place] != "A" else "B") + cookie[place + 1 :]
            for value in (changed, cookie[:place]):
                visitor = house.visitor()
                visitor.set_cookie(name, value)
                assert visitor.get("/inbox").status_code == 302

    @pytest.mark.parametrize("token", ["missing", "another session's", "made up"])
    def test_a_form_of_another_session_changes_nothing(self, house, token):
        item = house.at("check")
        client = house.client("marie")
        before = house.stored()
        house.app.config["WTF_CSRF_ENABLED"] = True
        try:
            mine, theirs = (token_of(house.client(login)) for login in ("marie", "paul"))
            value = {"missing": "", "another session's": theirs, "made up": "x"}[token]
            form = {"csrf_token": value, "outcome": "approve", "idempotency_key": fresh_key()}
            refused = client.post(f"/tasks/{item}/complete", data=form)
            assert refused.status_code == 400
            assert "could not read this request" in said(refused)
            assert house.stored() == before
            done = client.post(f"/tasks/{item}/complete", data={**form, "csrf_token": mine})
        finally:
            house.app.config["WTF_CSRF_ENABLED"] = False
        assert done.status_code == 302

    @pytest.mark.parametrize("login", ["", "a\x00b", "x" * 10_000, "' or 1=1 --", "\U0001f393"])
    def test_a_login_nobody_has(self, any_house, login):
        for password in ("", "a\x00b", "x" * 100_000):
            answer = any_house.visitor().post(
                "/sign-in", data={"login": login, "password": password}
            )
            assert answer.status_code == 401
            assert_no_markup(answer.text)

    @pytest.mark.parametrize("person", bad.NUMBERS)
    def test_a_demo_person_nobody_is(self, any_house, person):
        settings = any_house.app.extensions["passerelle"].settings
        object.__setattr__(settings, "demo", True)
        try:
            answer = any_house.visitor().post("/sign-in/demo", data={"person": person})
        finally:
            object.__setattr__(settings, "demo", False)
        assert answer.status_code == 404

    @pytest.mark.parametrize("language", ["", "de", "fr\x00", "../fr", "x" * 9000])
    def test_a_language_nobody_speaks(self, house, language):
        before = house.stored()
        answer = house.client("marie").post("/language", data={"language": language})
        assert answer.status_code == 400
        assert house.stored() == before


class TestImports:
    @pytest.mark.parametrize("data", bad.FILES.values(), ids=bad.FILES.keys())
    def test_a_file_that_is_no_agreement_is_refused_by_line(self, house, data):
        before = house.stored()
        answer = upload(house, data)
        assert answer.status_code == 422
        assert problems_of(answer)
        assert "root:" not in answer.text
        assert_no_markup(answer.text)
        assert house.stored() == before

    @pytest.mark.parametrize(
        ("name", "line", "sentence"),
        [
            ("not closed", "3", "not well-formed"),
            ("DOCTYPE", "1", "DOCTYPE"),
            ("external entity", "2", "DOCTYPE"),
            ("a billion laughs", "2", "DOCTYPE"),
            ("another root", "1", "not a learning agreement"),
            ("deep", "1", "too deep"),
        ],
    )
    def test_the_line_is_the_one_in_the_file(self, house, name, line, sentence):
        found = problems_of(upload(house, bad.FILES[name]))
        assert any(line == where and sentence in text for where, text in found)

    def test_the_command_says_the_same_and_stores_nothing(self, cli, tmp_path):
        for number, data in enumerate(bad.FILES.values()):
            file = tmp_path / f"{number}.xml"
            file.write_bytes(data)
            answer = cli("contract", "import", file, "--json")
            assert answer.code == 1
            assert answer.json[0]["created"] == 0
            assert answer.json[0]["errors"][0]["message"]
            assert "Traceback" not in answer.err

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("term-number", "9" * 5000),
            ("total-terms", "99999999999999999999"),
            ("start-year-month", "0001-01"),
            ("end-year-month", "9999-12"),
            ("value", "9" * 400),
            ("value", "-1e400"),
            ("value", "NaN"),
            ("timestamp", "9999-12-31T23:59:59-14:00"),
            ("timestamp", "0001-01-01T00:00:00+14:00"),
            ("timestamp", "-0044-03-15T00:00:00Z"),
            ("timestamp", "2026-01-01T24:00:00Z"),
            ("title", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("title", "\u202e\U0001f393"),
            ("given-names", "A&#10;Bcc: all@example.org"),
            ("email", "a@b.org, c@d.org"),
            ("receiving-academic-year-id", "0001/0002"),
            ("omobility-id", "x" * 20_000),
        ],
        ids=lambda text: text[:30],
    )
    def test_an_odd_value_is_kept_or_refused_and_every_page_opens(self, any_house, field, value):
        house = any_house
        text = sample("ola-ex1").decode()
        odd = re.sub(rf"(<{field}[^>]*>)[^<]*(</{field}>)", rf"\g<1>{value}\g<2>", text)
        assert odd != text
        if field != "omobility-id":
            own = f"odd {fresh_key()}"
            odd = re.sub(r"(<omobility-id>)[^<]*(</omobility-id>)", rf"\g<1>{own}\g<2>", odd)
        before = house.stored()
        answer = upload(house, odd.encode())
        assert answer.status_code in {200, 422}
        assert_no_markup(answer.text)
        if answer.status_code == 422:
            assert problems_of(answer)
            assert house.stored() == before
        else:
            for case in set(re.findall(r"/cases/(\d+)", answer.text)):
                page = house.client("claire").get(f"/cases/{case}")
                assert page.status_code == 200
                assert_no_markup(page.text)
            assert house.client("claire").get("/inbox?view=all").status_code == 200

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (b"", "multipart/form-data; boundary=x"),
            (b"x", "multipart/form-data"),
            (b"--x\r\n\r\nfoo\r\n--x--", "multipart/form-data; boundary=x"),
            (
                b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n<la/>\r\n--x--',
                "multipart/form-data; boundary=x",
            ),
            (
                b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n<la',
                "multipart/form-data; boundary=x",
            ),
            (b"file=%3Cla%2F%3E", "application/x-www-form-urlencoded"),
            (b"<la/>", "application/xml"),
        ],
    )
    # The form parser leaves the temporary file of a cut part to the garbage collector.
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    def test_an_upload_cut_on_its_way_stores_nothing(self, house, body, kind):
        before = house.stored()
        answer = house.client("claire").post("/contracts/import", data=body, content_type=kind)
        assert answer.status_code == 422
        assert "file is empty" in said(answer)
        assert house.stored() == before

    @pytest.mark.parametrize(
        "name",
        ["../../etc/passwd", "<script>alert(1)</script>", "a\x01\u202e.xml", "x" * 5000, "..", "/"],
    )
    def test_a_file_name_is_only_shown(self, house, name):
        answer = upload(house, b"<la/>", name)
        assert answer.status_code == 422
        assert_no_markup(answer.text)
        assert "etc/" not in answer.text


def upload(house, data, name="agreement.xml"):
    # Written by hand: the test client would keep a large file open.
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return house.client("claire").post(
        "/contracts/import",
        data=head.encode() + data + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )


def problems_of(answer):
    """Line and sentence of each problem in the list an import page shows."""
    rows = re.findall(r'<tr>\s*<td class="num">(.*?)</td>\s*<td>(.*?)</td>', answer.text, re.DOTALL)
    return [(where.strip(), html.unescape(text).strip()) for where, text in rows]


def cookie_of(client):
    """Name and value of the cookie that holds a session."""
    name = client.application.config["SESSION_COOKIE_NAME"]
    return name, client.get_cookie(name).value


def token_of(client):
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get("/inbox").text)[1]


HERE = {"REMOTE_ADDR": "127.0.0.1"}


def assert_no_markup(page):
    """Nothing of the payloads has become an element, an attribute or a template's result."""
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<svg/onload" not in page
    assert 'href="javascript' not in page
    assert "49 {% raw %}" not in page


def assert_no_traceback(answer):
    assert answer.status_code < 500
    assert "Traceback" not in answer.text


def errors_at(answer, field):
    """The sentences at a field, as its own description says them."""
    identifier = f"f-{field}".replace(".", "-")
    found = re.findall(
        rf'<p class="field-error" id="{re.escape(identifier)}-error-\d+">(.*?)</p>',
        answer.text,
        re.DOTALL,
    )
    return " ".join(re.sub(r"<[^>]+>|\s+", " ", text) for text in found)


def typed_in(answer, field):
    """What stands in the box of a field."""
    box = re.search(rf'<input[^>]*?name="{re.escape(field)}"[^>]*?value="([^"]*)"', answer.text)
    return html.unescape(box[1]) if box else None
