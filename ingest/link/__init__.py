"""From words to concepts: what a name means where it stands."""
