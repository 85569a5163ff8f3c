"""Clean stems as microphones bring them: blown, bowed, struck and spoken, and places."""
