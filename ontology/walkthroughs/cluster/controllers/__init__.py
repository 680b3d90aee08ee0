"""The controllers of kube-controller-manager, each one pure function of the objects."""
