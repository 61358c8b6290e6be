'use strict';
// Tickets: 64 bytes each on the native side, known here by number. An operation that ends gives its ticket back; one that is
// lost (a promise that never settles, an attempt nobody ended) gives it back when the collector takes it.

const native = require('./native');

const lost = new FinalizationRegistry((number) => native.giveTicket(number));
const free = [];

class Ticket {
  constructor() {
    this.number = native.takeTicket();
    lost.register(this, this.number); // once in a ticket's life, not once a call
  }
}

const takeTicket = () => free.pop() ?? new Ticket();
const giveTicket = (ticket) => void free.push(ticket);

module.exports = { takeTicket, giveTicket };
