"""The corner of the Kubernetes API that tells what one may do, as `kubectl auth can-i` speaks to it."""
