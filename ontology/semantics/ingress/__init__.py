"""Ingress: which backend answers a request, as the API defines it and the NGINX controller fills it in."""
