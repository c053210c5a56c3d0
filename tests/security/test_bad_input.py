"""Bad input over HTTP: each is refused in words, nothing is half done, what was typed stays.

The application is the real one over a real database: SQLite for everything, PostgreSQL
too where the two kinds of database differ in what they keep.
"""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from engine.identity import SYSTEM
from tests.builders_domain import draft, sample
from tests.security import bad_input_payloads as bad
from tests.security.bad_input_house import House, fresh_key, said
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


@pytest.fixture
def house(sqlite_house):
    """The application over SQLite; its people and earlier cases are those of the module."""
    return sqlite_house


@pytest.fixture(params=["sqlite", "postgresql"])
def any_house(request, tmp_path):
    """The application over each kind of database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_house")
        return
    made = House(request.getfixturevalue("postgresql_url"), tmp_path)
    yield made
    made.close()


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
        item, before = house.at("draft"), None
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
        before = house.stored()
        answer = submit(
            house, item, "marie", {"outcome": "return", "reason_return": "so " * 1400}
        )
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
    import html

    box = re.search(rf'<input[^>]*?name="{re.escape(field)}"[^>]*?value="([^"]*)"', answer.text)
    return html.unescape(box[1]) if box else None
