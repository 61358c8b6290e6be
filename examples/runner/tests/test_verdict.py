import dataclasses
import unittest

from runner.pace import Pace
from runner.record import CHECKOUT, NEVER, RETRY, Line
from runner.trouble import Deviation
from runner.verdict import judge

from . import records


class TheGoodStory(unittest.TestCase):
    def test_tells_what_was_measured(self):
        self.assertEqual(
            judge(records.good()),
            "10 orders passed in order, none lost, none doubled; breaker opened after 5 failures in 20 s, 2 half-open "
            "probes failed and the next closed it; recovered 5 s after the restart, 45 s in all")

    def test_may_take_another_probe(self):
        self.assertIn("3 half-open probes failed", judge(records.good(probes=3)))

    def test_other_lines_do_not_matter(self):
        record = records.good()
        record.lines.insert(0, Line(records.START, CHECKOUT, "INFO[0000] resiliency loaded"))
        record.lines.insert(0, Line(records.START, CHECKOUT, " * Serving"))
        judge(record)

    def test_an_order_received_may_be_read_after_the_fault(self):
        record = records.good()
        index = records.find(record, 'received: {"orderId": 4}')
        record.lines[index] = dataclasses.replace(record.lines[index], at=records.FAULT + 0.01)
        judge(record)

    def test_a_line_may_be_read_late_and_the_next_one_in_time(self):
        record = records.good()
        index = records.find(record, "closed to open")
        record.lines[index] = dataclasses.replace(record.lines[index], at=record.lines[index].at + 0.9)
        judge(record)


class Deviating(unittest.TestCase):
    def deviates(self, record, *words):
        with self.assertRaises(Deviation) as caught:
            judge(record)
        for word in words:
            self.assertIn(word, str(caught.exception))


class Orders(Deviating):
    def test_lost_by_both(self):
        self.deviates(records.without(records.good(), '"orderId": 7}'),
                      "order 7 was lost: order 8 was received without it")

    def test_lost_before_the_fault(self):
        self.deviates(records.without(records.good(), '"orderId": 3}'), "order 3 was lost")

    def test_passed_without_being_received(self):
        self.deviates(records.without(records.good(), 'received: {"orderId": 5}'),
                      "order 5 was lost: order 6 was received without it")

    def test_received_without_being_passed(self):
        self.deviates(records.without(records.good(), 'passed: {"orderId": 5}'),
                      "order 5 was lost: order 6 was passed without it")

    def test_last_one_missing(self):
        self.deviates(records.without(records.good(), '"orderId": 10}'), "order 10 was never received",
                      "exit code 0")

    def test_doubled(self):
        record = records.good()
        index = records.find(record, 'received: {"orderId": 5}')
        record.lines.insert(index, record.lines[index])
        self.deviates(record, "order 5 was received 2 times")

    def test_one_too_many(self):
        record = records.good()
        records.order(record, record.ended, 11)
        self.deviates(record, "order 11 was received, which is not one of 1 to 10")

    def test_reordered(self):
        record = records.good()
        seven = records.find(record, 'passed: {"orderId": 7}')
        eight = records.find(record, 'passed: {"orderId": 8}')
        record.lines[seven], record.lines[eight] = record.lines[eight], record.lines[seven]
        self.deviates(record, "order 8 was passed before order 7")

    def test_passed_during_the_outage(self):
        record = records.good()
        index = records.find(record, 'passed: {"orderId": 5}')
        record.lines[index] = dataclasses.replace(record.lines[index], at=records.FAULT + 10)
        self.deviates(record, "order 5 was passed before order-processor was back")

    def test_printed_otherwise_than_the_seed(self):
        record = records.good()
        record.lines = [dataclasses.replace(line, text=line.text.replace('": ', '":')) for line in record.lines]
        self.deviates(record, "0 orders passed before the fault where 4 were due")


class TheEngine(Deviating):
    def test_retry_line_missing(self):
        self.deviates(records.without(records.good(), RETRY), "no line `Error processing operation")

    def test_retry_line_repeated(self):
        record = records.good()
        records.log(record, records.START + 9, RETRY)
        self.deviates(record, "came 2 times")

    def test_retry_before_the_fault(self):
        record = records.good()
        record.lines.insert(0, Line(records.START, CHECKOUT, "INFO[0000] " + RETRY))
        self.deviates(record, "before the fault")

    def test_never_opened(self):
        record = records.without(records.good(), "Circuit breaker")
        record.restarted = record.ended = NEVER
        record.exit_code = None
        self.deviates(record, "the breaker never opened")

    def test_opened_too_soon(self):
        self.shifted("closed to open", -5, "the breaker opened 15.0 s after the first failure; due were 20 s")

    def test_opened_too_late(self):
        self.shifted("closed to open", +4, "the breaker opened 24.0 s after the first failure")

    def test_half_open_too_soon(self):
        self.shifted("open to half-open", -1.5, "the breaker went half-open 3.5 s after it opened; due were 5 s")

    def shifted(self, part, by, words):
        record = records.good()
        index = records.find(record, part)
        line = record.lines[index]
        record.lines[index] = dataclasses.replace(line, at=line.at + by)
        self.deviates(record, words)

    def test_too_few_probes(self):
        self.deviates(records.good(probes=1), "1 half-open probes failed where 2 were due")

    def test_opened_after_the_wrong_failure(self):
        record = records.good()
        index = records.find(record, "Recovered")
        line = record.lines[index]
        record.lines[index] = dataclasses.replace(line, text=line.text.replace("after 8", "after 9"))
        self.deviates(record, "after 9 attempts", "at failure 6")

    def test_recovery_not_told(self):
        self.deviates(records.without(records.good(), "Recovered"), "came 0 times")

    def test_stayed_open(self):
        self.deviates(records.without(records.good(), "half-open to closed", "Recovered"),
                      "the breaker stayed half-open")

    def test_skipped_half_open(self):
        self.deviates(records.without(records.good(), "open to half-open"),
                      "changed from half-open to open where from open to half-open was due")

    def test_tripped_again(self):
        record = records.good()
        records.log(record, record.ended, records.CLOSED_OPEN)
        self.deviates(record, "after it had closed again")

    def test_stamps_that_do_not_run_with_the_clock(self):
        record = records.good()
        index = records.find(record, "Recovered")
        record.lines[index] = dataclasses.replace(record.lines[index], text="INFO[0000] " + records.RECOVERED.format(8))
        self.deviates(record, "off the clock")


class TheServices(Deviating):
    def test_checkout_failed(self):
        record = records.good()
        record.exit_code = 1
        self.deviates(record, "checkout ended with exit code 1")

    def test_checkout_did_not_end(self):
        record = records.good()
        record.exit_code = None
        self.deviates(record, "checkout did not end")

    def test_checkout_could_not_start(self):
        record = records.good()
        record.lines, record.exit_code = [], 3
        record.interrupted = record.stopped = record.restarted = NEVER
        self.deviates(record, "0 orders passed before the fault where 4 were due; checkout had ended with exit code 3")

    def test_order_processor_did_not_stop(self):
        record = records.good()
        record.stopped = NEVER
        self.deviates(record, "order-processor did not stop")

    def test_another_pace_is_another_story(self):
        with self.assertRaises(Deviation):
            judge(records.good(), Pace(retry=1.0))


if __name__ == "__main__":
    unittest.main()
