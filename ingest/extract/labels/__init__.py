"""Labels that are no concept but say how what follows belongs to what is above: `용도: …`, `Scope: …`."""
