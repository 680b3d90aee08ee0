"""Explanations of a term: `X : Y`, the gloss in `X(Y)`, the first bullet below it, a definition list."""
