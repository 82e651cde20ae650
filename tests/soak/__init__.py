"""The soak: hours of cameras that fail in every way, under observation."""
