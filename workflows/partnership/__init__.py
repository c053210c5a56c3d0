"""Agreements with partner universities and double degrees: proposed, approved, renewed."""
