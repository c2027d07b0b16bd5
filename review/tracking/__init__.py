"""Archived records → what became of them: follow-up of actions, the quarter's findings, scores under another rubric. No file is read or written here."""
