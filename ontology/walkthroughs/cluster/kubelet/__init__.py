"""The kubelet of each node: containers, probes and what is reported of them."""
