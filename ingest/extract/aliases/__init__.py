"""Second names: an abbreviation, a full name or a translation that the notes themselves give."""
