"""The Pod Security Standards, check by check, in the words of the API server."""
