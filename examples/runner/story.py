"""Tells the story: starts, interrupts and restarts the services as the seed does, and writes down what happens.

It never judges. A step that does not come to its end in time ends the telling, and the verdict names the reason.
"""
import queue
import time
from typing import Callable, Dict, List

from . import show
from .languages import Language
from .pace import SEED, Pace
from .processes import Service, listening, services
from .record import CHECKOUT, ORDER_PROCESSOR, Line, Record
from .trouble import Trouble


class Story:
    def __init__(self, language: Language, pace: Pace = SEED):
        self._language = language
        self._pace = pace
        self._queue: "queue.Queue[Line]" = queue.Queue()
        self._record = Record()
        self._running: List[Service] = []

    def tell(self) -> Record:
        if listening(self._language.port):
            raise Trouble(
                f"Port {self._language.port} is in use, perhaps by an order-processor that still runs: stop it, or "
                f"choose another port with examples/quickstart {self._language.name} --port N.")
        with services() as self._running:
            self._follow_the_seed()
            for service in self._running:
                if service.name == CHECKOUT and service.gone():
                    self._record.ended = time.monotonic()
                    self._record.exit_code = service.exit_code()
        self._pump()
        return self._record

    def _follow_the_seed(self) -> None:
        record, pace = self._record, self._pace
        show.title("Step 2: Run the order-processor service")
        processor = self._start_order_processor()

        show.title("Step 3: Run the checkout service application with resiliency enabled")
        record.started = time.monotonic()
        checkout = self._start(CHECKOUT)

        show.title("Step 4: View the service invocation outputs")
        patience = self._language.starts_within + pace.before_the_fault + pace.patience()
        if not self._until(lambda: len(record.passed()) >= pace.before_the_fault, patience, checkout):
            return

        show.title(f"Step 5: Introduce a fault ({self._language.interrupt.name} to order-processor, as by Ctrl+C)")
        record.interrupted = time.monotonic()
        processor.signal(self._language.interrupt)
        if not self._until(lambda: processor.gone() and not listening(self._language.port), 5 * pace.late, checkout):
            return
        record.stopped = time.monotonic()
        if not self._until(lambda: record.failed_probes() >= pace.probes, pace.patience(), checkout):
            return

        show.title("Step 6: Remove the fault (order-processor starts again)")
        record.restarted = time.monotonic()
        self._start(ORDER_PROCESSOR)
        patience = self._language.starts_within + pace.orders + pace.patience()
        self._until(checkout.gone, patience)

    def _start(self, name: str) -> Service:
        port = str(self._language.port)
        env: Dict[str, str] = {"APP_PORT": port, "BASE_URL": f"http://localhost:{port}", **self._language.env}
        service = Service(name, self._language.services[name], env, self._queue)
        self._running.append(service)
        return service

    def _start_order_processor(self) -> Service:
        service = self._start(ORDER_PROCESSOR)
        if not self._until(lambda: listening(self._language.port), self._language.starts_within, service):
            self._pump()
            code = service.exit_code()
            what = "does not listen" if code is None else f"ended with exit code {code} instead of listening"
            raise Trouble(f"order-processor {what} on port {self._language.port} after "
                          f"{self._language.starts_within:.0f} s; its own lines, if any, are above.")
        return service

    def _until(self, done: Callable[[], bool], patience: float, *needed: Service) -> bool:
        """Shows and records lines until `done`; False if it takes too long or a `needed` service ends before."""
        deadline = time.monotonic() + patience
        while True:
            self._pump(wait=0.02)
            if done():
                self._pump()
                return True
            if time.monotonic() > deadline or any(service.gone() for service in needed):
                self._pump()
                return done()

    def _pump(self, wait: float = 0.0) -> None:
        """Moves what the services printed to the screen and the record."""
        while True:
            try:
                line = self._queue.get(timeout=wait) if wait else self._queue.get_nowait()
            except queue.Empty:
                return
            self._record.lines.append(line)
            show.line(line)
            wait = 0.0
