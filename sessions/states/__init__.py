"""Plugin states, in one neutral form and in the layouts of files."""
