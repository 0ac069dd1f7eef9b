"""Who knocks: each door asks one use case, and what that comes to becomes an answer."""
