"""Mails that tell people what waits for them and what was decided."""
