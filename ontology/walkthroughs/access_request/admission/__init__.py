"""Admission: what the API server's plugins change and refuse of a write that is authorized."""
