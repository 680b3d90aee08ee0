"""Access: who the API server thinks you are, by certificate, kubeconfig or service-account token."""
