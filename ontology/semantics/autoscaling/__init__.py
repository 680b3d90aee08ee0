"""Autoscaling: how many pods there should be, and how large each."""
