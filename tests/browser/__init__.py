"""The students' pages in Chromium, as a student meets them."""
