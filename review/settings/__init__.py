"""Settings that are data, not code: TOML files beside their typed loaders."""
