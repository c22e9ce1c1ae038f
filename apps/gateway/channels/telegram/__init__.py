"""Telegram (Bot API): its words and errors are translated here and pass no further."""
