"""The formats that sessions are read from and written to, a folder or a module each."""
