"""HTTP, queues and schedules: each asks one use case, and what that comes to becomes an answer."""
