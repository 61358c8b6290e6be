"""Stands in for a checkout that uses resil, at a faster pace. DEVIATE makes it go wrong in a way of its own."""
import json
import os
import sys
import time
import urllib.request

PACE = float(os.environ["PACE"])
DEVIATE = os.environ.get("DEVIATE", "")
NAME = "endpoint[order-processor, order-processor:orders]"
began = time.monotonic()


def log(text):
    print(f"INFO[{int(time.monotonic() - began):04d}] {text}  ", flush=True)


def change(before, after):
    log(f'Circuit breaker "order-processor:orders" changed state from {before} to {after}')


def send(order):
    body = urllib.request.Request(os.environ["BASE_URL"] + "/orders", json.dumps(order).encode())
    try:
        return urllib.request.urlopen(body).status == 200
    except OSError:
        return False


def insist(order):
    attempts, state = 1, "closed"
    while not send(order):
        if attempts == 1:
            log(f"Error processing operation {NAME}. Retrying...")
        if state == "half-open":
            change("half-open", "open")
            state = "open"
        elif attempts == 5:
            if DEVIATE == "gives up":
                sys.exit(3)
            change("closed", "open")
            state = "open"
        time.sleep(PACE)
        if DEVIATE == "loses" and attempts == 7:
            return
        if state == "open":
            change("open", "half-open")
            state = "half-open"
        attempts += 1
    if state == "half-open":
        change("half-open", "closed")
    if attempts > 1:
        log(f"Recovered processing operation {NAME} after {attempts} attempts")
    if DEVIATE == "doubles" and attempts > 1:
        send(order)
    print("Order passed: " + json.dumps(order), flush=True)


for number in range(1, 11):
    insist({"orderId": number})
    time.sleep(PACE / 2)
