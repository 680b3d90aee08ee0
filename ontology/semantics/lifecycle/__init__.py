"""`podLifecycle`: a pod's phase, conditions, columns and restarts, as the kubelet decides them."""
