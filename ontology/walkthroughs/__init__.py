"""Walkthroughs: the only code that may combine systems."""
