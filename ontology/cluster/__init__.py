"""Kubernetes objects as far as rules read them: API spelling, frozen, decoded once."""
