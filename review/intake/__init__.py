"""Messy exports and typed files → Incident + ImportLog."""
