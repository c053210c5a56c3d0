"""One file a command family: what happens inside a command's transaction."""
