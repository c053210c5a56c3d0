"""Made-up ids, filters, cursors and hosts in addresses."""

import pytest

from engine.identity import SYSTEM
from tests.security import bad_input_payloads as bad
from tests.security.bad_input_answers import is_problem, said
from tests.security.bad_input_house import fresh_key
from workflows.mail.models import MailMessage


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
            assert "This address cannot be read" in said(answer)
            assert f'href="{path.partition("?")[0]}">Open the page' in answer.text
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
