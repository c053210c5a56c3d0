"""Information meetings: published, signed up for, held, and what was said in them."""
