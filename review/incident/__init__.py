"""The words of the domain: tables, the typed case, evidence, the import log. Imports nothing else of ours."""
