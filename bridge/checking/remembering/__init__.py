"""What a stem check came to, kept in the store: a song that is known is not heard again."""
