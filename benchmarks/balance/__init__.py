"""How well `balance` finds the faders of a rough mix of which all is known, and what it takes."""
