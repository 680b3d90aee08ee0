"""Network policies: which connections they let through, and which rule decides."""
