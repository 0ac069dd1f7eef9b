"""What operators read: the console's pages, in French."""
