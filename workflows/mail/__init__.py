"""Mail: written down in the transaction that causes it, sent by a job afterwards."""
