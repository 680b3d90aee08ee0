"""Pages for a browser: plain HTML that needs no script, and the bundle of GraphiQL."""
