"""Tables: the first cell is the subject, the head says how each further cell belongs to it.

A table whose heads are concepts is read by columns; lines of `A / B / C` below such a head line are a
table too.
"""
