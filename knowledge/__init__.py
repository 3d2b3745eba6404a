"""Policy documents in, ranked passages that can be cited out. Imports nothing else of this project."""
