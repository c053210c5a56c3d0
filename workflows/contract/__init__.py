"""The learning agreement before the mobility: from the student's draft to three signatures."""
