"""How well `unmask` finds a band that is known to hide a voice, and what its cuts do."""
