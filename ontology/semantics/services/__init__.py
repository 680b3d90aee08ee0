"""Services: who stands behind a name, and how a name or a packet finds its way there."""
