"""What is remembered: the RDF store, the read model made from it, search, citations, flashcards."""
