"""How anyone talks to kubelore: GraphQL and HTTP, and the command line."""
