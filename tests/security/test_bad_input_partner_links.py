"""Links of partners that were changed, have expired or are answered twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from engine.identity import SYSTEM
from tests.security.bad_input_answers import said
from tests.security.bad_input_requests import SIGNER, cookie_of
from workflows.links import LIFE


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
        link = house.link(house.kept("at", "partner"))
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
