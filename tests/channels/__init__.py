"""How we speak: what each provider is asked, and what each of its answers means."""
