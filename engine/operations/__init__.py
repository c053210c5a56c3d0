"""What operators ask: how much waits, what has failed, who works; and many retries at once."""
