"""Records as a perfect run would leave them, for tests to bend."""
from runner.record import CHECKOUT, ORDER_PROCESSOR, RETRY, Line, Record

CLOSED_OPEN = 'Circuit breaker "order-processor:orders" changed state from closed to open'
OPEN_HALF = 'Circuit breaker "order-processor:orders" changed state from open to half-open'
HALF_OPEN = 'Circuit breaker "order-processor:orders" changed state from half-open to open'
HALF_CLOSED = 'Circuit breaker "order-processor:orders" changed state from half-open to closed'
RECOVERED = "Recovered processing operation endpoint[order-processor, order-processor:orders] after {} attempts"

START = 1000.0  # where the runner's clock happens to stand
FAULT = START + 3.1  # order 4 passes at START + 3


def good(probes: int = 2) -> Record:
    record = Record(started=START, interrupted=FAULT, stopped=FAULT + 0.2, exit_code=0)
    for number in range(1, 5):
        order(record, START + number - 1, number)
    first = START + 4
    log(record, first, RETRY)
    opened = first + 20
    log(record, opened, CLOSED_OPEN)
    for probe in range(1, probes + 1):
        log(record, opened + 5 * probe, OPEN_HALF)
        log(record, opened + 5 * probe, HALF_OPEN)
    record.restarted = opened + 5 * probes + 0.1
    back = opened + 5 * (probes + 1)
    log(record, back, OPEN_HALF)
    log(record, back, HALF_CLOSED)
    log(record, back, RECOVERED.format(5 + probes + 1))
    for number in range(5, 11):
        order(record, back + number - 5, number)
    record.ended = back + 6
    return record


def order(record: Record, at: float, number: int) -> None:
    record.lines.append(Line(at, ORDER_PROCESSOR, f'Order received: {{"orderId": {number}}}'))
    record.lines.append(Line(at, CHECKOUT, f'Order passed: {{"orderId": {number}}}'))


def log(record: Record, at: float, text: str) -> None:
    record.lines.append(Line(at, CHECKOUT, f"INFO[{int(at - START):04d}] {text}"))


def without(record: Record, *parts: str) -> Record:
    record.lines = [line for line in record.lines if not any(part in line.text for part in parts)]
    return record


def find(record: Record, part: str) -> int:
    return next(index for index, line in enumerate(record.lines) if part in line.text)
