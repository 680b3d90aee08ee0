"""Volumes: which claim gets which volume, and what becomes of both."""
