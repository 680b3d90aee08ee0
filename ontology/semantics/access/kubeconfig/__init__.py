"""kubeconfig files: which server, as whom, in which namespace, after merging files and flags."""
