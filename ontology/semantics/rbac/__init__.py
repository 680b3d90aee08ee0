"""RBAC: what a user may do, by whose leave, and what would change it."""
