"""Who knocks: foreign shapes become the domain's words here, and errors become answers."""
