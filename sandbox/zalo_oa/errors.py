"""Errors as the OpenAPI and OAuth answer them: always HTTP 200, with a negative code."""

_TEXTS = {
    -1: "Internal server error",
    -32: "Application limit has been exceeded",
    -100: "Attachment id is invalid or has expired",
    -201: "Invalid parameter",
    -209: "Api is not supported",
    -210: "Parameter exceeds the allowed limit",
    -211: "Out of quota",
    -213: "User has not followed official account",
    -216: "Access token is invalid",
    -217: "User has blocked the invitation",
    -220: "Access token has expired",
    -224: "Official account needs another package",
    -227: "User is banned or has been inactive for more than 45 days",
    -230: "User has not interacted with the OA in the past 7 days",
    -233: "Message type is not supported",
    -234: "Message cannot be sent at night",
    -237: "Group is disabled or has expired",
    -238: "Asset is in use",
    -240: "MessageV2 API has been shut down, please switch to MessageV3",
    -403: "Official account is not in the group",
}


class OaError(Exception):
    """`status` is HTTP's; anything but 200 is a fault on request."""

    def __init__(self, code: int, detail: str = "", status: int = 200) -> None:
        text = _TEXTS.get(code, "Error on request")
        super().__init__(f"{text}: {detail}" if detail else text)
        self.code = code
        self.status = status

    def body(self) -> dict[str, object]:
        return {"error": self.code, "message": str(self)}


_OAUTH = {
    -14001: "Invalid request",
    -14002: "App is inactive",
    -14003: "Invalid redirect uri",
    -14004: "Invalid secret key",
    -14005: "Invalid app id",
    -14019: "Invalid authorization code",
    -14020: "Invalid refresh token",
}


class OauthError(Exception):
    """-14002, -14003, -14004 and -14020 are Zalo's; the other codes are the sandbox's own."""

    def __init__(self, code: int, reason: str, status: int = 200) -> None:
        super().__init__(reason)
        self.code = code
        self.status = status

    def body(self) -> dict[str, object]:
        name, reason = _OAUTH.get(self.code, "Error on request"), str(self)
        return {
            "error": self.code,
            "error_name": name,
            "error_reason": reason,
            "error_description": f"{name}: {reason}",
        }
