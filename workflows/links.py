"""Links by which a partner answers without an account.

A token names one work item and, where there is one, the digest of what it asks about,
signed with the installation's secret key. It opens that work item and nothing else, as
long as that very thing is being asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from engine.errors import EngineError
from engine.identity import Actor
from workflows.people.services import PARTNER_DESK

PURPOSE = "passerelle.partner-link.1"
LIFE = timedelta(days=60)
MAX_TOKEN_LENGTH = 1000


class LinkExpired(EngineError):
    """The link was valid once and is too old now."""

    code = "link_expired"


class LinkInvalid(EngineError):
    """The link was not made here, or something in it has been changed."""

    code = "link_invalid"


@dataclass(frozen=True, slots=True)
class PartnerLink:
    """What a token says; ``expires_at`` is until when it lives."""

    instance_id: int
    work_item_id: int
    digest: str
    expires_at: datetime

    @property
    def actor(self) -> Actor:
        """The actor it stands for: the partner, on that one work item."""
        return Actor(
            id=f"partner:{self.instance_id}",
            groups=frozenset({PARTNER_DESK}),
            only_item=self.work_item_id,
        )


def issue_link(
    secret_key: str, *, instance_id: int, work_item_id: int, digest: str, now: datetime
) -> str:
    """A token for that work item, bound to the digest of what was shown (or none)."""
    return signed(secret_key, PURPOSE, [instance_id, work_item_id, digest], now=now)


def verify_link(
    secret_key: str, token: str, *, now: datetime, life: timedelta = LIFE
) -> PartnerLink:
    """What the token says; raises LinkExpired or LinkInvalid."""
    content, until = read_signed(secret_key, PURPOSE, token, now=now, life=life)
    match content:
        case [int(instance_id), int(work_item_id), str(digest)]:
            return PartnerLink(instance_id, work_item_id, digest, until)
    raise LinkInvalid


def signed(secret_key: str, purpose: str, content: Sequence[object], *, now: datetime) -> str:
    """A token with that content, for one purpose: for any other it is invalid."""
    return str(_serializer(secret_key, purpose, lambda: now).dumps(content))


def read_signed(
    secret_key: str, purpose: str, token: str, *, now: datetime, life: timedelta = LIFE
) -> tuple[object, datetime]:
    """The content of a token and until when it lives; raises LinkExpired or LinkInvalid."""
    if len(token) > MAX_TOKEN_LENGTH:
        raise LinkInvalid
    try:
        content, signed_at = _serializer(secret_key, purpose, lambda: now).loads(
            token, max_age=int(life.total_seconds()), return_timestamp=True
        )
    except SignatureExpired as error:
        raise LinkExpired from error
    except BadSignature as error:
        raise LinkInvalid from error
    return content, _aware(signed_at) + life


def _serializer(
    secret_key: str, purpose: str, now: Callable[[], datetime]
) -> URLSafeTimedSerializer:
    class _Signer(TimestampSigner):
        """Takes the time from the injected clock instead of the machine's."""

        def get_timestamp(self) -> int:
            return int(now().timestamp())

    return URLSafeTimedSerializer(
        secret_key, salt=purpose, signer=_Signer, signer_kwargs={"digest_method": _sha256}
    )


def _sha256(data: bytes = b"") -> object:
    import hashlib

    return hashlib.sha256(data)


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
