"""How passwords are kept: Argon2id with OWASP's second recommended setting."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: OWASP Password Storage Cheat Sheet; kind to two cores."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
