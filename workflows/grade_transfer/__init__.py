"""Grade transfer: grades of incoming students, from the sheet to the transcript of records."""
