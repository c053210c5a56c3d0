"""The process studio: versions of the lifecycles, and the drafts of the next ones."""
