"""Application of outgoing students: campaign, eligibility, ranking, allocation, nomination."""
