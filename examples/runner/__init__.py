"""Runs the quickstart of any language that has an examples/<language>/quickstart.json."""
