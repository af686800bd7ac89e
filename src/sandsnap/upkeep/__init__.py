"""Upkeep: the home like a database: what is wrong with it, what mends it, copies, a way back, and making it anew."""
