"""Academic difficulties of incoming students: reported, followed, closed, seen by few."""
