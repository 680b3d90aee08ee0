"""`podLifecycle.timeline`: a pod's life on a virtual clock, from what the world does to it."""
