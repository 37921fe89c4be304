"""A pretend Zalo Official Account over the world: OpenAPI v3, OAuth v4 and webhooks.

Zalo's own documents are few, and sources disagree: every point in dispute is a switch of the
account's console. See docs/sandbox.md.
"""
