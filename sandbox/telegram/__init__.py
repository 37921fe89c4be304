"""A pretend Telegram Bot API over the world, with Telegram's own JSON and errors.

Written from https://core.telegram.org/bots/api, and the texts of errors from the official server,
https://github.com/tdlib/telegram-bot-api.
"""
