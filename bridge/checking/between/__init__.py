"""One file a check between stems; `every.py` lists them."""
