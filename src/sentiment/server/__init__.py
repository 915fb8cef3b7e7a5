"""`sentiment serve`: HTTP and a page."""
