import axios from 'axios';
import { Engine } from 'resil';
import { attach } from 'resil/axios';

const BASE_URL = process.env.BASE_URL ?? 'http://localhost:5001';
const ORDERS = Number(process.env.ORDERS ?? 10);
const examples = new URL('../../', import.meta.url);

const began = performance.now();
const log = (line) =>
  console.log(`INFO[${String(Math.floor((performance.now() - began) / 1000)).padStart(4, '0')}] ${line}  `);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Where Dapr's quickstart starts a sidecar, this one loads the same files into the process.
const engine = Engine.load(new URL('resources', examples), {
  appId: 'checkout',
  config: new URL('config.yaml', examples),
  log,
});
attach(axios, engine, { waitWhenOpen: true });

// The header says whose policies apply, as it told the sidecar whom to call.
const toOrderProcessor = { headers: { 'dapr-app-id': 'order-processor' } };

for (let i = 1; i <= ORDERS; i++) {
  await axios.post(`${BASE_URL}/orders`, { orderId: i }, toOrderProcessor);
  console.log(`Order passed: {"orderId": ${i}}`);
  await sleep(1000);
}
