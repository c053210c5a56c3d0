"""Bodies, methods and headers of requests that no page sends."""

import pytest

from engine.identity import SYSTEM
from tests.security.bad_input_answers import assert_no_markup, is_problem, said
from tests.security.bad_input_requests import call, submit

HERE = {"REMOTE_ADDR": "127.0.0.1"}


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
        item = house.kept("at", "check")
        before = house.stored()
        answer = call(house, item, b'{"reason": "' + b"x" * 13_000_000 + b'"}')
        assert is_problem(answer, 413)
        assert house.stored() == before

    def test_more_fields_than_any_page_has(self, house):
        item = house.kept("at", "check")
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
        item = house.kept("at", "check")
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
        item = house.kept("at", "check")
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


def assert_no_traceback(answer):
    assert answer.status_code < 500
    assert "Traceback" not in answer.text
