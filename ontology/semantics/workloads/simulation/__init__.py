"""A cluster in virtual time: controllers pass after pass, pods that start, work and stop after a while.

What controllers do is what their own modules say; `controllers` only writes it down, `kubelet` starts and
ends pods, and `clock` lets time pass. There is no scheduler: a pod gets the node with the fewest pods.
"""
