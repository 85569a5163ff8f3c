"""One file a check of a stem; `every.py` lists them."""
