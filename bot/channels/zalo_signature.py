"""The signature of Zalo's webhooks: SHA-256 over app id, body, timestamp and the OA's secret key.

https://developers.zalo.me/docs/official-account/webhook/tong-quan
"""

import json
from hmac import compare_digest

from zalo.sdk.utils.MacUtils import MacUtils

PREFIX = "mac="


def signed(body: bytes, header: str, app_id: str, secret: str) -> bool:
    """Whether the X-ZEvent-Signature of a body, as it came, was made with the secret.

    The header may go without its `mac=`. Never raises.
    """
    if not secret:
        return False
    try:
        text = body.decode()
        timestamp = json.loads(text)["timestamp"]
        mac: str = MacUtils.build_mac(app_id, text, timestamp, secret)
    except (ValueError, TypeError, KeyError, RecursionError):
        return False
    return compare_digest(
        header.removeprefix(PREFIX).lower().encode(errors="replace"), mac.encode()
    )
