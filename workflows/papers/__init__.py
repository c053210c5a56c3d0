"""Papers: documents made or uploaded for a case, their seals, and how anybody verifies them."""
