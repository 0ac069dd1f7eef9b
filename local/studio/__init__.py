"""What a person opens: the pages and routes under `/local`, the outbox, one-click sign-in."""
