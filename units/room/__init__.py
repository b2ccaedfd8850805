"""The room: what an in-house trainer teaches from, made of the same content as the lessons."""
