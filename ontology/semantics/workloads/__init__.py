"""Workloads: what one pass of a controller writes, and what a run of passes comes to."""
