"""What Telegram's and Zalo's bots share on the wire: /bot<token>/<method>, its calls and errors."""
