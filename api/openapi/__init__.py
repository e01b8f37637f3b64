"""OpenAPI of every door, made from the addresses themselves: nothing heavy is loaded for it."""
