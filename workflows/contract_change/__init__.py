"""Changes to a signed learning agreement during the stay."""
