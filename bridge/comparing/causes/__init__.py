"""Which insert, stem or setting is why two renders differ."""
