"""The pictures of the README, each made from a real run: `python -m checker author pictures`."""
