"""The mail to the client: what to export again, a line a stem."""
