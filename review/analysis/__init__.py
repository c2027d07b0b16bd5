"""Incident → Analysis(findings, rows). Pure: no file, no clock, no global, no unseeded randomness."""
