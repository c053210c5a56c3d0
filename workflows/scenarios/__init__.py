"""Scenarios: what a lifecycle promises, as stories that are run against a moved clock."""
