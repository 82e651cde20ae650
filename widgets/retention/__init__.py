"""For how long cases and plates are kept."""
