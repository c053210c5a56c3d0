"""Files that are no learning agreement, or hold odd values."""

import html
import re

import pytest

from tests.builders_domain import sample
from tests.security import bad_input_payloads as bad
from tests.security.bad_input_answers import assert_no_markup, said
from tests.security.bad_input_house import fresh_key
from tests.security.bad_input_requests import file_of


@pytest.fixture
def database_url(sqlite_url):
    """The command line does not depend on the kind of database."""
    return sqlite_url


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
        assert "Please choose a file" in said(answer)
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
    return house.client("claire").post("/contracts/import", **file_of(data, name))


def problems_of(answer):
    """Line and sentence of each problem in the list an import page shows."""
    rows = re.findall(r'<tr>\s*<td class="num">(.*?)</td>\s*<td>(.*?)</td>', answer.text, re.DOTALL)
    return [(where.strip(), html.unescape(text).strip()) for where, text in rows]
