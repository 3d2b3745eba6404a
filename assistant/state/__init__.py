"""What the service remembers: conversations, answers, feedback, messages and replies of the bots, tokens, limits.

One database, shared by every worker: a SQLite file in the data directory, or PostgreSQL. Whoever does something only
once (computes an answer, sends a reply, fetches a token) first takes it with one atomic update.
"""
