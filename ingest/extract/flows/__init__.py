"""Flows: `A ► B ► C` in a line, arrows at the ends of successive lines, numbered procedures, `A ⊃ B`."""
