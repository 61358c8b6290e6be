'use strict';
// The two services behind the shop, in a process of their own. They know nothing of resil; they note what reached them, and how many
// requests were there at once.

const http = require('node:http');

const seen = { orders: [], most: 0, stock: 0 };
let inside = 0;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function takeOrder(request, response) {
  inside++;
  seen.most = Math.max(seen.most, inside);
  let body = '';
  for await (const part of request) body += part;
  const { orderId, stumbles } = JSON.parse(body);
  await sleep(20);
  inside--; // before the answer leaves: from then on checkout may send the next
  const first = !takeOrder.stumbled.has(orderId) && stumbles;
  takeOrder.stumbled.add(orderId);
  if (!first) seen.orders.push(orderId);
  response.writeHead(first ? 503 : 200).end();
}
takeOrder.stumbled = new Set();

function tellStock(response) {
  seen.stock++;
  response.writeHead(500).end(); // this one is broken, and stays so
}

const server = http.createServer((request, response) => {
  if (request.url === '/orders') takeOrder(request, response);
  else tellStock(response);
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => process.send(seen));
process.on('disconnect', () => process.exit());
