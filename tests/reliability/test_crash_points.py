"""A process may die at any SQL statement of any command: nothing is lost, doubled or
half-done, and the same command issued again ends where it would have ended."""

from __future__ import annotations

import pytest

from tests.reliability.commands import COMMANDS
from tests.reliability.crashes import crash_everywhere


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_every_crash_point_of_every_command_recovers(database_url, apart, command):
    assert apart(crash_everywhere, database_url, command) >= 3
