"""Signing on with dingtalk, as a provider that allauth finds among the installed apps."""
