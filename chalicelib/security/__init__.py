"""Who may come in, and what is signed or hashed with the keys of a stage."""
