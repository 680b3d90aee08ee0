"""What notes say: from markdown to statements, each with the place it came from."""
