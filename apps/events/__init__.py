"""The bus: records, delivers, retries, redelivers and dead-letters events."""
