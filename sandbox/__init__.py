"""Pretend messengers on real HTTP, with a chat page to play every part.

It knows nothing of the bots that talk to it. See docs/sandbox.md.
"""

from sandbox.serve import Running, Sandbox, serve
from sandbox.telegram.limits import Rates

__all__ = ["Rates", "Running", "Sandbox", "serve"]
