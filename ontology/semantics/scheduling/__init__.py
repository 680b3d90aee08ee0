"""Scheduling: which node a pod gets, which it does not and why.

`Cluster` keeps nodes as columns; each filter and score is one file and answers for all nodes at once; `cycle`
runs them in the scheduler's order; explanations, counts and changes are read off the same columns.
"""
