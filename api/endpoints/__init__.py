"""HTTP endpoints: each is thin, and speaks for the layers below."""
