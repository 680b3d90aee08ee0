"""Propositions: what learners write of Kubernetes, rightly or wrongly, and what decides it.

Each YAML document of this folder is one proposition: the claims that mean it, the words that say it in either
language, and either trials for the evaluators or what we vouch for with a source. See docs/checks.md.
"""
