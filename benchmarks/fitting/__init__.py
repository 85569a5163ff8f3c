"""How well `fit` finds hidden settings again, beside optimisers that do it alone."""
