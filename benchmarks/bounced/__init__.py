"""Sessions of one construct each, bounced by Ardour and by us."""
