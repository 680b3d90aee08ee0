"""Markdown to blocks that keep their place. markdown-it lives here and nowhere else."""
