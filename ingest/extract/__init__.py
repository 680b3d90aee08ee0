"""From a linked note to statements: small rules, one pattern a module."""
