"""Executable semantics: one package per system. They never import each other; they meet in objects."""
