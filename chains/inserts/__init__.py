"""What a chain can insert: settings, and the words for them."""
