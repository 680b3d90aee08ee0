"""Architecture: the components of a cluster, who talks to whom, and what stops when one is down.

What is known of them stands in the tables of this package (`*.toml`), each with its source; the modules read
them and answer questions from them.
"""
