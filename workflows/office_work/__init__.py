"""What the people of the office arrange for themselves: substitutes, saved lists, mails."""
