"""A seeded set of defects over clean stems, and how well `check` finds them."""
