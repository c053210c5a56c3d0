"""The job kinds of the office itself, whatever the lifecycle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine import TakeBack
from workflows.notices.arrangements import Arranged
from workflows.notices.delivery import DIGEST
from workflows.notices.digest import SendDigest
from workflows.notices.mentions import Mentioned
from workflows.notices.news import NEWS, News
from workflows.notices.publications import PUBLICATION_REFUSED, PublicationRefused
from workflows.office_work.handing_back import TAKE_BACK, Over
from workflows.office_work.mentions import MENTIONED
from workflows.office_work.substitutions import ARRANGED, OVER

if TYPE_CHECKING:
    from engine.registry import Performer
    from workflows.office import Office


def job_kinds(office: Office) -> Mapping[str, Performer]:
    """News and digests, mentions, publications refused, substitutions that begin and end."""
    return {
        NEWS: News(office),
        DIGEST: SendDigest(office),
        MENTIONED: Mentioned(office),
        PUBLICATION_REFUSED: PublicationRefused(office),
        ARRANGED: Arranged(office),
        OVER: Over(),
        TAKE_BACK: TakeBack(),
    }
