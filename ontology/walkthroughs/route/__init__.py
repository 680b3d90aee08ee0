"""The way of a packet: name, Service, kube-proxy, network policies, pod network, hop by hop."""
