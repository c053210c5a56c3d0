"""Publications of versions, where a second administrator has to approve them."""
