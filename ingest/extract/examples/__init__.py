"""Members of a class: `ex) A, B`, `대표적인 C A, B`, `A, B 등`, `such as A, B`, a list below a class."""
