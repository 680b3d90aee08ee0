"""Checks: a note's claim, decided by running it, by the schema, by a machine, or by what we vouch for.

The only code above the evaluators: an experiment asks them as any user would.
"""
