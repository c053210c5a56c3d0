"""The mobility domain: one folder a lifecycle, and what the lifecycles share."""
