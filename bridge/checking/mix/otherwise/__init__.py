"""What else a rough mix is than the sum of its stems."""
