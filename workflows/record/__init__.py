"""The record told to people outside: anchors by mail."""
