"""Signing on with feishu, as a provider that allauth finds among the installed apps."""
