"""Signing on with wecom, as a provider that allauth finds among the installed apps."""
