"""What the domain adds to the sealed evidence of a case."""
