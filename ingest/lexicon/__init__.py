"""Names in two languages: every written form of every concept, found in one pass over a text."""
