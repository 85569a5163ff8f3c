"""The DAWs, one a file."""
