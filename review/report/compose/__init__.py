"""Findings + import log + case → Document and Claims: one module a chapter, in reading order."""
