"""What we remember: one contract, kept by the fakes and by the real table and queue."""
