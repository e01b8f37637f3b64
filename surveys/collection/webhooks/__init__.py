"""Other systems are told of changes by HTTP, once each, in order, and again until they say yes.

Nothing of this is on the phone's path. The worker reads the append-only audit log (`outbox`),
puts a row a hook and event into the outbox, and sends what is due (`sending`).
"""
