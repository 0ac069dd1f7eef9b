"""AWS and what triggers a Lambda, embedded in one process."""
