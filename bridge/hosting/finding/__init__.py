"""Which plugins and states this machine has, and which of them are trusted."""
