"""SPARQL for people: read-only, in a process of its own that can be stopped, never a cut answer."""
