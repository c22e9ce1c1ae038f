"""The published language: frozen values and protocols, the only types that cross an app boundary."""
