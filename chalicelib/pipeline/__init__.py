"""What happens, in order: one verb a file, over ports. No AWS, no web, no clock."""
