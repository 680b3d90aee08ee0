"""Headings, list items and labels that name a concept: what it is of what stands above."""
