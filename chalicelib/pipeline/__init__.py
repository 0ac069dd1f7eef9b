"""What happens, in order: one class a use case, over ports. No AWS, no web, no clock of its own."""
