"""Mails each anchor, with its file, to addresses outside: who has it can prove a rewritten past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from engine.history import anchoring
from engine.history.anchor_files import MEDIA_TYPE, file_name, lines
from workflows.mail.outbox import Attachment, Mail, send_later

if TYPE_CHECKING:
    from engine import Job, JobContext, Value
    from engine.history.anchoring import Anchor

KIND = "anchor_mail"
MOST_BYTES = 10 * 1024 * 1024
"""More than that, mail servers refuse; the signed statement alone goes always."""

LANGUAGES = ("fr", "en", "es")


class AnchorMail:
    """The job that mails an anchor; an address gets each one once, and once more stamped."""

    def __init__(self, addresses: Sequence[str], issuer: str) -> None:
        self._addresses = addresses
        self._issuer = issuer

    def perform(self, job: Job) -> Value:
        """Nothing to do outside: the outbox sends."""
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Write the mails down."""
        payload: Any = ctx.job.payload
        connection = ctx.unit.connection
        anchor = anchoring.numbered(connection, payload["number"])
        if anchor is None or not self._addresses:
            return {}
        stamped = bool(payload["stamped"])
        content = _within(lines(connection, anchor), MOST_BYTES)
        whole = content is not None
        if content is None:
            content = b"".join(islice(lines(connection, anchor), 2))
        attachment = Attachment(file_name(anchor), MEDIA_TYPE, content)
        for address in self._addresses:
            send_later(ctx.unit, self._mail(address, anchor, attachment, stamped, whole))
        return {}

    def _mail(
        self, address: str, anchor: Anchor, attachment: Attachment, stamped: bool, whole: bool
    ) -> Mail:
        values = {
            "number": anchor.number,
            "issuer": self._issuer,
            "at": f"{anchor.at:%Y-%m-%d %H:%M} UTC",
            "key": anchor.key_id,
        }
        said = [
            "\n\n".join([text["body"] % values, *([] if whole else [text["short"]])])
            for text in (_words()[language] for language in LANGUAGES)
        ]
        return Mail(
            to=address,
            to_name="",
            subject=_words()[LANGUAGES[0]]["stamped" if stamped else "subject"] % values,
            body="\n\n".join(said) + "\n",
            language=LANGUAGES[0],
            news=f"anchor-{anchor.number}-{'stamped' if stamped else 'made'}",
            attachment=attachment,
        )


def _within(parts: Iterable[bytes], most: int) -> bytes | None:
    """The parts together; None where they are more than ``most`` bytes."""
    found = bytearray()
    for part in parts:
        found += part
        if len(found) > most:
            return None
    return bytes(found)


@cache
def _words() -> dict[str, dict[str, str]]:
    path = Path(__file__).with_name("words.json")
    said: dict[str, dict[str, str]] = orjson.loads(path.read_bytes())
    return said
