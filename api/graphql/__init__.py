"""The GraphQL schema: windows on one immutable snapshot. They expose and word, they never decide."""
