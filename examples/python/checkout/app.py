import json
import logging
import os
import time
from pathlib import Path

import requests
import resil

EXAMPLES = Path(__file__).resolve().parents[2]
BASE_URL = os.getenv("BASE_URL", "http://localhost:8001")
ORDERS = int(os.getenv("ORDERS", "10"))


class DaprStyle(logging.Formatter):
    def format(self, record):
        seconds = int(record.relativeCreated / 1000)
        return f"{record.levelname[:4]}[{seconds:04}] {record.getMessage()}  "


handler = logging.StreamHandler()
handler.setFormatter(DaprStyle())
logging.basicConfig(level=logging.INFO, handlers=[handler])

# Where Dapr's quickstart starts a sidecar, this one loads the same files into the process.
engine = resil.Engine.load(EXAMPLES / "resources", app_id="checkout", config=EXAMPLES / "config.yaml")
orders = engine.app("order-processor", "orders").options(wait=True, timeout_arg="timeout")

for i in range(1, ORDERS + 1):
    order = {"orderId": i}
    result = orders.call(requests.post, f"{BASE_URL}/orders", json=order)
    result.raise_for_status()  # an order is passed only when the status says so
    print("Order passed: " + json.dumps(order), flush=True)
    time.sleep(1)
