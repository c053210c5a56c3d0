"""The signed link of a partner: what the token in the address opens, and nothing else."""

from __future__ import annotations

from flask import g

from engine.values import WorkItem
from web import current
from workflows.links import PartnerLink, verify_link


def load(token: str) -> None:
    """Keep link and work item for the request.

    Raises LinkInvalid, LinkExpired, or NotFound where the work item is gone.
    """
    link = verify_link(current.settings().secret_key, token, now=current.engine().clock.now())
    g.partner_link = link
    g.work_item = current.engine().work_item(link.work_item_id, actor=link.actor)


def link() -> PartnerLink:
    """The link of the current request."""
    found: PartnerLink = g.partner_link
    return found


def work_item() -> WorkItem:
    """The one work item the link of the current request opens."""
    found: WorkItem = g.work_item
    return found
