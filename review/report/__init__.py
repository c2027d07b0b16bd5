"""Findings → Claims + Document → PDF, DOCX and HTML bytes."""
