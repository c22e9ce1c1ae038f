"""One folder per channel kind. A folder with an `adapter.py` that names `ADAPTER` is a channel; nothing else registers it."""
