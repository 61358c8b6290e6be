import express from 'express';

const app = express();
app.use(express.json());

app.post('/orders', (request, response) => {
  console.log(`Order received: {"orderId": ${request.body.orderId}}`);
  response.sendStatus(200);
});

app.listen(Number(process.env.APP_PORT ?? 5001));
