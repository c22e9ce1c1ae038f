"""The embedded stores: a real mongod and a real Valkey, started by `make run` and by the tests."""

from apps.common.stores.mongod import Mongod, start_mongod
from apps.common.stores.running import RunningStore, StoreError
from apps.common.stores.valkey import Valkey, start_valkey

__all__ = ["Mongod", "RunningStore", "StoreError", "Valkey", "start_mongod", "start_valkey"]
