"""What the domain needs to know of the installation it works for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Office:
    """One installation: its addresses, its secret, its university and its folder of files.

    ``demo`` says that everything in it is invented; ``seal_pkcs12`` and its password are the
    certificate it seals documents with, if one is configured.
    """

    secret_key: str
    base_url: str
    home_hei_id: str
    data_dir: Path
    demo: bool = False
    seal_pkcs12: Path | None = None
    seal_password: str | None = field(default=None, repr=False)

    def task_url(self, work_item_id: int) -> str:
        """Where a work item is done."""
        return f"{self.base_url}/tasks/{work_item_id}"

    def partner_url(self, token: str) -> str:
        """Where a partner answers."""
        return f"{self.base_url}/partner/{token}"

    def case_url(self, instance_id: int) -> str:
        """Where a case is shown."""
        return f"{self.base_url}/cases/{instance_id}"

    @property
    def verification_url(self) -> str:
        """Where anybody verifies a document; its code follows after a slash."""
        return f"{self.base_url}/verify"
