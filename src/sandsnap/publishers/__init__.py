"""Who else publishes about our vendors: each a folder with publisher.toml, readers.py and pages/, found by being there."""
