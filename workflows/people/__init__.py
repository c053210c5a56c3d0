"""Who works here: persons, the groups they belong to, and how they sign in."""
